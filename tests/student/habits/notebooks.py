"""Functions in notebooks: magics, order, versions, tools."""

import json

from tests.documents.notebook import notebook
from tests.student.habits.habit import MISSING, RAISED, RELU_CODE, UNREADABLE, Habit, book

STUB = "def relu(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def version_3(*codes: str) -> bytes:
    """A notebook as IPython 2 wrote it."""
    cells = [{"cell_type": "heading", "level": 1, "source": "Homework"}]
    cells += [{"cell_type": "code", "input": [code], "language": "python"} for code in codes]
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()


HABITS = {
    "a file written by a cell": book(
        "%%writefile utils.py\nimport numpy as np\ndef clip(x):\n    return np.maximum(x, 0)",
        "from utils import clip\nimport utils",
        "def relu(x):\n    return utils.clip(clip(x))",
    ),
    "the answer written by a cell": book(
        "%%writefile -a relu.py\n" + RELU_CODE, "!python relu.py\n%run relu.py"
    ),
    "a file that is run": Habit(
        {
            "hw.ipynb": notebook(
                "%run -i helper.py\n%matplotlib inline", "def relu(x): return clip(x)"
            ),
            "helper.py": RELU_CODE.replace("relu", "clip"),
        }
    ),
    "helpers beside it": Habit(
        {
            "week1/hw.ipynb": notebook("from helper import *", "def relu(x): return clip(x)"),
            "week1/helper.py": RELU_CODE.replace("relu", "clip"),
        }
    ),
    "waiting at the top": book(
        "import asyncio\nasync def fetch(): return 0",
        "low = await fetch()\nasync with lock: pass",
        "await asyncio.sleep(100)",
        "import numpy as np\ndef relu(x):\n    return np.maximum(x, eval('zero'))",
        "zero = 0",
    ),
    "magic of all kinds": book(
        "%matplotlib inline\n%config InlineBackend.figure_format='retina'\n!pip install -q \\\n    torch \\\n    tqdm\n"
        "%load_ext autoreload\n%autoreload 2\n?np.dot\nhelp?\nnp.dot??\nfiles = !ls *.py\ntook = %timeit -o 1+1",
        "%%time\n%%capture out\nimport numpy as np\ndef relu(x):\n    %time y = np.maximum(x, 0)\n    return y_of(x)",
        "%%bash\nfor f in *; do echo $f; done",
        "%%javascript\nalert(1)",
        "def y_of(x):\n    rest = (x.size\n        % 2)\n    !echo done\n    return np.maximum(x, 0)",
        "%timeit relu(np.ones((3, 3)))\n%%latex\nx",
        "cd ..\nls -la\npwd",
    ),
    "Colab forms": book(
        "#@title Set-up { display-mode: 'form' }\nfrom google.colab import files, drive\ndrive.mount('/content/drive')\n"
        "n = 3 #@param {type:'integer'}\nuploaded = files.upload()",
        "%cd /content/drive/MyDrive\n!wget -q https://example.org/data.zip && unzip -o data.zip\n%tensorflow_version 2.x",
        "#@title The answer\n" + RELU_CODE,
    ),
    "out of order": book(
        "print(relu(np.ones(3)))",
        "def relu(x):\n    return clip(x, LOW)",
        "LOW = 0\ndef clip(x, low):\n    return np.maximum(x, low)",
        "import numpy as np",
    ),
    "defined anew": book("def relu(x):\n    return x", "def relu(x):\n    return x * (x > 0)"),
    "the starter in a later cell": book(RELU_CODE, "md:## Template, do not remove", STUB),
    "the starter in an earlier cell": book(STUB, RELU_CODE),
    "training and plots": book(
        "import torch, torchvision, matplotlib.pyplot as plt\nimport numpy as np",
        "train = torchvision.datasets.MNIST('.', download=True)",
        "for x, y in train:\n    loss = relu(x)\n    loss.backward()\nplt.plot(loss); plt.show()",
        "def relu(x):\n    return np.maximum(x, 0)",
        "raise SystemExit",
    ),
    "Python 2 in the answer": book(
        "import numpy as np",
        "def relu(x):\n    print 'relu'\n    return np.maximum(x, 0)",
        verdict=UNREADABLE,
        says=("cell 2 line 2", "Python 2"),
    ),
    "Python 2 elsewhere": book("print 'hello'", RELU_CODE),
    "version 3": Habit(
        {"hw.ipynb": version_3(*RELU_CODE.splitlines(keepends=True)[:1], RELU_CODE)}
    ),
    "a byte order mark": Habit({"hw.ipynb": b"\xef\xbb\xbf" + notebook(RELU_CODE)}),
    "spaces in its name": book(RELU_CODE, name="Homework 1 (final).ipynb"),
    "a text file": book(RELU_CODE, name="hw.ipynb.txt"),
    "checkpoints": Habit(
        {
            "hw.ipynb": notebook(RELU_CODE),
            ".ipynb_checkpoints/hw-checkpoint.ipynb": notebook(STUB),
        }
    ),
    "a script of the notebook beside it": Habit(
        {"hw.ipynb": notebook(RELU_CODE), "hw.py": "# coding: utf-8\n# In[1]:\n" + RELU_CODE}
    ),
    "an error in the answer": book(
        "md:# Homework",
        "import numpy as np",
        "LOW = 0\n\ndef relu(x):\n    return np.maximum(x, low)\n",
        verdict=RAISED,
        says=("line 4 of hw.ipynb cell 3", "low"),
    ),
    "a name that is deleted": book(
        "import numpy as np\nlow = 0",
        "def relu(x):\n    return np.maximum(x, low)",
        "del low",
    ),
    "nothing but text": book("md:The function is max(x, 0).", verdict=MISSING),
    "raw cells": Habit(
        {
            "hw.ipynb": json.dumps(
                {
                    "nbformat": 4,
                    "cells": [
                        {
                            "cell_type": "raw",
                            "metadata": {},
                            "source": "# BEGIN QUESTION\nname: q1",
                        },
                        {"cell_type": "code", "metadata": None, "source": RELU_CODE, "outputs": []},
                        {"cell_type": "raw", "metadata": {}, "source": "# END QUESTION"},
                    ],
                }
            ).encode()
        }
    ),
}
