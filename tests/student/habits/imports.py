"""Modules beside the answer, libraries that are absent, and names that shadow them."""

from tests.student.habits.habit import (
    AFFINE,
    MISSING,
    RAISED,
    RELU_CODE,
    TIMED_OUT,
    UNREADABLE,
    WRONG,
    Habit,
    one,
)

HABITS = {
    "helpers beside it": Habit(
        {
            "hw.py": "from utils import *\nimport helpers.more as hm\ndef relu(x):\n    return hm.both(clip(x))\n",
            "utils.py": "import numpy as np\ndef clip(x):\n    return np.maximum(x, 0)\n",
            "helpers/more.py": "def both(x):\n    return x\n",
        }
    ),
    "nested packages": Habit(
        {
            "src/hw/model/layers/act.py": "from ..core.base import clip\nfrom . import extra\nfrom .extra import *\n"
            "def relu(x):\n    return extra.same(clip(same(x)))\n",
            "src/hw/model/core/base.py": "from hw.model.core import floor\nclip = floor.clip\n",
            "src/hw/model/core/floor.py": RELU_CODE.replace("relu", "clip"),
            "src/hw/model/layers/extra.py": "def same(x): return x\n",
            "src/hw/__init__.py": "",
            "src/hw/model/__init__.py": "from hw.model.layers.act import relu\n",
        }
    ),
    "a path that is added": Habit(
        {
            "answers/hw.py": "import os, sys\nsys.path.append('../lib')\n"
            "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))\n"
            "from mylib import clip\ndef relu(x): return clip(x)\n",
            "lib/mylib.py": RELU_CODE.replace("relu", "clip"),
        }
    ),
    "a helper run as text": Habit(
        {
            "hw.py": "exec(open('helper.py').read())\ndef relu(x): return clip(x)\n",
            "helper.py": RELU_CODE.replace("relu", "clip"),
        }
    ),
    "a sibling that is no Python": Habit(
        {"hw.py": RELU_CODE, "old.py": "def relu(x:\n  print 'a'\n"}
    ),
    "a sibling that fails": Habit({"hw.py": "import broken\n" + RELU_CODE, "broken.py": "1 / 0\n"}),
    "two imports of one another": Habit(
        {
            "a.py": "import b\nimport numpy as np\ndef relu(x): return b.clip(x)\ndef base(x): return np.maximum(x, 0)\n",
            "b.py": "import a\ndef clip(x): return a.base(x)\n",
        }
    ),
    "plots": one(
        """
        import numpy as np
        import matplotlib.pyplot as plt
        from mpl_toolkits.mplot3d import Axes3D
        import seaborn as sns; sns.set()
        plt.style.use('ggplot')
        plt.rcParams['figure.figsize'] = (10.0, 8.0)
        def show(x):
            plt.plot(x)
        def relu(x):
            return np.maximum(x, 0)
        show(relu(np.linspace(-1, 1)))
        plt.show()
        """
    ),
    "a plot inside": one(
        """
        import numpy as np
        import matplotlib.pyplot as plt
        def relu(x):
            plt.plot(x)
            return np.maximum(x, 0)
        """,
        verdict=RAISED,
        says=("matplotlib is not allowed", "line 3"),
    ),
    "a progress bar": one(
        """
        from tqdm import tqdm, trange
        import numpy as np
        def relu(x):
            out = np.zeros_like(x)
            for i in tqdm(range(len(x)), desc='rows'):
                for j in trange(x.shape[1]):
                    out[i, j] = max(0, x[i, j])
            return out
        """,
        remarks=("tqdm",),
    ),
    "a compiler of the absent kind": one(
        """
        import numba
        from numba import jit
        import numpy as np
        @jit(nopython=True)
        def clip(v):
            return v if v > 0 else 0.0
        @numba.njit
        def relu(x):
            return np.array([[clip(v) for v in row] for row in x])
        """,
        remarks=("numba",),
    ),
    "torch where it may be": one(
        """
        import numpy as np
        try:
            import torch
            HAS_TORCH = True
        except ImportError:
            HAS_TORCH = False
        def relu(x):
            if HAS_TORCH and isinstance(x, torch.Tensor):
                return torch.relu(x)
            return np.maximum(x, 0)
        """
    ),
    "torch where it is found": one(
        """
        import importlib.util
        import numpy as np
        HAS_TORCH = importlib.util.find_spec('torch') is not None
        if HAS_TORCH:
            import torch
        def relu(x):
            if HAS_TORCH:
                return torch.relu(torch.from_numpy(x)).numpy()
            return np.maximum(x, 0)
        """
    ),
    "torch beside the answer": one(
        """
        import numpy as np
        import torch
        from torch import nn, Tensor
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 4)
            def forward(self, x: Tensor) -> Tensor:
                return self.fc(x)
        @torch.no_grad()
        def check(x: torch.Tensor) -> torch.Tensor:
            return torch.relu(x)
        def relu(x):
            return np.maximum(x, 0)
        if __name__ == '__main__':
            net = Net().to(device)
            print(net(torch.ones(3)))
        """
    ),
    "torch with no_grad on the answer": one(
        "import torch\nimport numpy as np\n@torch.no_grad()\ndef relu(x):\n    return np.maximum(x, 0)\n",
        remarks=("torch",),
    ),
    "a compiled helper that is not there": one(
        """
        import numpy as np
        try:
            from .im2col_cython import relu_cython
        except ImportError:
            print('run the following: python setup.py build_ext --inplace')
        def relu_fast(x):
            return relu_cython(x)
        def relu(x):
            return np.maximum(x, 0)
        """
    ),
    "a compiled helper that is needed": one(
        "from cs_lib.fast_layers import relu_cython\ndef relu(x):\n    return relu_cython(x)\n",
        verdict=RAISED,
        says=("cs_lib", "no file of the submission is called"),
    ),
    "a scipy that is used": one(
        "from scipy.signal import convolve\ndef relu(x):\n    return convolve(x, x)\n",
        verdict=RAISED,
        says=("scipy is not allowed in this part",),
    ),
    "the answer in numpy.py": Habit(
        {"numpy.py": RELU_CODE, "main.py": "import numpy\nprint(numpy.ones(3))\n"}
    ),
    "the answer in random.py": Habit(
        {
            "random.py": RELU_CODE,
            "math.py": "def nothing(): pass\n",
            "copy.py": "import copy\nfrom random import relu\nfrom math import sqrt\n"
            "def affine_backward(dy, x, W):\n    return copy.deepcopy(dy) @ W.T, relu(x.T) @ dy - relu(-x.T) @ dy\n",
        },
        AFFINE,
    ),
    "a helper with a name of the library": Habit(
        {
            "hw.py": "from test import clip\nfrom types import twice\ndef relu(x): return twice(clip(x)) / 2\n",
            "test.py": RELU_CODE.replace("relu", "clip"),
            "types.py": "def twice(x): return 2 * x\n",
        }
    ),
    "a module with a name of the library": Habit(
        {
            "hw.py": "import code\ndef relu(x): return code.clip(x)\n",
            "code.py": RELU_CODE.replace("relu", "clip"),
        },
        verdict=RAISED,
        says=("code", "another name"),
    ),
    "spaces and brackets in names": Habit({"my homework (1)/week 2 final.py": RELU_CODE}),
    "a text file": Habit({"relu.py.txt": RELU_CODE}),
    "capitals": Habit({"HW1.PY": RELU_CODE}),
    "what a Mac leaves": Habit(
        {
            "hw.py": RELU_CODE,
            "._hw.py": b"\x00\x05\x16\x07\x00def relu",
            "__MACOSX/._hw.py": b"\x00\x05\x16\x07",
            "__pycache__/hw.cpython-311.pyc": b"\xa7\r\r\n",
            ".ipynb_checkpoints/hw-checkpoint.py": "def relu(x): return None\n",
            ".DS_Store": b"\x00\x00\x00\x01Bud1",
        }
    ),
    "Windows line ends": one(RELU_CODE.replace("\n", "\r\n").encode()),
    "old Mac line ends": one(RELU_CODE.replace("\n", "\r").encode()),
    "a byte order mark": one(b"\xef\xbb\xbf" + RELU_CODE.replace("\n", "\r\n").encode()),
    "tabs": one(RELU_CODE.replace("    ", "\t")),
    "Latin-1 with its line": one(
        b"# -*- coding: latin-1 -*-\n# Gr\xf6\xdfe\nimport numpy as np\ndef relu(x):\n    gr\xf6\xdfe = x\n"
        b"    return np.maximum(gr\xf6\xdfe, 0)\n"
    ),
    "Latin-1 in a comment": one(b"# Gr\xf6\xdfe\n" + RELU_CODE.encode()),
    "Latin-1 in a text": one(
        b"name = 'Gr\xf6\xdfe'\n" + RELU_CODE.encode(), verdict=UNREADABLE, says=("line 1", "UTF-8")
    ),
    "UTF-16": one(RELU_CODE.encode("utf-16"), verdict=UNREADABLE, says=("UTF-16", "UTF-8")),
    "an empty file": one("", verdict=MISSING, says=("a function relu",)),
    "limits that are swallowed": one(
        """
        def relu(x):
            while True:
                try:
                    while True:
                        x = x + 0
                except:
                    pass
        """,
        verdict=TIMED_OUT,
    ),
    "a wide try": one(
        """
        import numpy as np
        def relu(x):
            try:
                y = np.maximum(x, 0)
                return y
            except:
                return None
        """
    ),
    "a wide try that hides an error": one(
        """
        import numpy as np
        def relu(x):
            try:
                return np.maximum(x, zero)
            except Exception as e:
                print('error:', e)
        """,
        verdict=WRONG,
        says=("None",),
    ),
}
