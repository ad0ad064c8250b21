"""Further habits, of all kinds, that were written after the others had been made to pass."""

from tests.student.habits.habit import (
    AFFINE,
    COUNT,
    LOSS,
    MISSING,
    NORM,
    RAISED,
    RELU_CODE,
    SIZE,
    UNREADABLE,
    WRONG,
    Habit,
    book,
    one,
)

HABITS = {
    "a layer zoo": one(
        """
        import numpy as np

        class Layer(object):
            def forward(self, x): raise NotImplementedError
            def backward(self, dy): raise NotImplementedError

        class ReLU(Layer):
            def forward(self, x):
                self.x = x
                return np.maximum(0, x)
            def backward(self, dy):
                return dy * (self.x > 0)

        def relu(x):
            return ReLU().forward(x)
        """
    ),
    "an instance with the asked name": one(
        "class ReLU:\n    def __call__(self, x):\n        return x * (x > 0)\n\nrelu = ReLU()\n"
    ),
    "a bound method with the asked name": one(
        "class Net:\n    def act(self, x):\n        return x * (x > 0)\n\nnet = Net()\nrelu = net.act\n"
    ),
    "state of the class": one(
        """
        class Norm:
            n = None
            @classmethod
            def norm_forward(cls, x):
                cls.n = len(x)
                return x - x.mean(0), cls
            @staticmethod
            def norm_backward(dy, cache):
                return dy - dy.sum(0) / cache.n
        """,
        NORM,
        remarks=("Norm",),
    ),
    "a config at the top": one(
        """
        import os, json, logging, warnings
        warnings.filterwarnings('ignore')
        logging.basicConfig(level=logging.INFO)
        os.environ['CUDA_VISIBLE_DEVICES'] = '0'
        CONFIG = json.loads(open('config.json').read())
        LOW = CONFIG.get('low', 0)
        import numpy as np
        def relu(x, low=None):
            low = LOW if low is None else low
            logging.info('called')
            return np.maximum(x, low)
        """,
        verdict=RAISED,
        says=("config.json", "only the files of the submission"),
    ),
    "a config that is there": Habit(
        {
            "sub/hw.py": """
            import json, os
            here = os.path.dirname(os.path.abspath(__file__))
            with open(os.path.join(here, 'config.json')) as file:
                config = json.load(file)
            import numpy as np
            def relu(x):
                return np.maximum(x, config['low'])
            """,
            "sub/config.json": '{"low": 0}',
        }
    ),
    "with a timer": one(
        """
        import time
        import numpy as np
        start = time.time()
        for i in range(3):
            time.sleep(0)
        elapsed = time.time() - start
        def relu(x):
            global elapsed
            elapsed += 1
            return np.maximum(x, 0)
        """
    ),
    "nonlocal and closures": one(
        """
        def make():
            calls = 0
            def inner(x):
                nonlocal calls
                calls += 1
                return x * (x > 0)
            return inner
        relu = make()
        """
    ),
    "a walrus and a match": one(
        """
        import numpy as np
        def relu(x):
            match x.ndim:
                case 2:
                    if (n := x.shape[0]) > 0:
                        return np.array([[v if v > 0 else 0 for v in row] for row in x[:n]])
                case _:
                    return x
        """
    ),
    "a generator within": one(
        "def relu(x):\n    def rows():\n        for r in x:\n            yield [max(v, 0) for v in r]\n    return list(rows())\n"
    ),
    "a recursion": one(
        "def output_size(I, K, P):\n    if P == 0:\n        return I - K + 1\n    return 2 + output_size(I, K, P - 1)\n",
        SIZE,
    ),
    "eval of a text": one("def relu(x):\n    return eval('x * (x > 0)')\n"),
    "docstring with a test": one(
        '''
        def output_size(I, K, P):
            """
            >>> output_size(5, 3, 0)
            4
            """
            return I - K + 2*P + 1
        import doctest
        doctest.testmod()
        ''',
        SIZE,
    ),
    "unittest beside it": Habit(
        {
            "hw.py": RELU_CODE,
            "test_hw.py": "import unittest, pytest\nfrom hw import relu\nclass T(unittest.TestCase):\n    def relu(self): pass\nunittest.main()\n",
        }
    ),
    "its own copy of the old name": one(
        "import numpy as np\nnp.float = float\nnp.int = int\ndef relu(x):\n    return np.maximum(x.astype(np.float), 0)\n"
    ),
    "numpy under two names": one(
        "import numpy as np\nfrom numpy import maximum as mx, zeros, Inf\ndef relu(x):\n    return mx(x, zeros(1)).clip(0, Inf)\n",
        remarks=("Inf",),
    ),
    "a dtype of old NumPy in a default": one(
        "import numpy as np\ndef relu(x, dtype=np.float):\n    return np.maximum(x, 0).astype(dtype)\n",
        remarks=("np.float",),
    ),
    "a vector of one element as an index": one(
        """
        import numpy as np
        def squared_loss(x):
            acc = np.zeros((1, 1))
            for v in x.ravel():
                acc[0] += v ** 2
            result = np.zeros(3)
            result[1] = acc
            return result[1] / x.size
        """,
        LOSS,
    ),
    "a loss of shape (1, 1)": one(
        "import numpy as np\ndef squared_loss(x):\n    return (x ** 2).mean(keepdims=True)\n",
        LOSS,
        verdict=WRONG,
    ),
    "the division of Python 2": one(
        "from __future__ import division\nfrom past.utils import old_div\ndef output_size(I, K, P):\n    return old_div(2*I + 4*P - 2*K + 2, 2)\n",
        SIZE,
        remarks=("past",),
    ),
    "map of Python 2": one(
        "def relu(x):\n    rows = map(lambda r: r * (r > 0), x)\n    return [rows[i] for i in range(len(x))]\n",
        verdict=RAISED,
        says=("list(map(",),
    ),
    "print with a percent": one(
        "def relu(x):\n    print 'norm: %f' % x.sum()\n    return x\n",
        verdict=UNREADABLE,
        says=("line 2", "Python 2"),
    ),
    "exec of Python 2": one(
        "exec 'a = 1'\n" + RELU_CODE, verdict=UNREADABLE, says=("line 1", "Python 2")
    ),
    "an indent that slipped": one(
        "def relu(x):\nreturn x\n", verdict=UNREADABLE, says=("line 2", "indented block")
    ),
    "smart quotes": one(
        "def relu(x):\n    name = \u2018relu\u2019\n    return x * (x > 0)\n",
        verdict=UNREADABLE,
        says=("line 2", "\u2018"),
    ),
    "a conflict of git": one(
        "<<<<<<< HEAD\ndef relu(x):\n    return x\n=======\n" + RELU_CODE + ">>>>>>> main\n",
        verdict=UNREADABLE,
        says=("line 1",),
    ),
    "a prompt copied along": one(
        ">>> def relu(x):\n...     return x * (x > 0)\n", verdict=UNREADABLE, says=("line 1",)
    ),
    "letters that look alike": one("def relu(x):\n    \u0445 = x * (x > 0)\n    return \u0445\n"),
    "a form feed and no last line end": one(b"\x0c\ndef relu(x):\n    return x * (x > 0)"),
    "a shebang and a coding line for Windows": one(
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nEURO = '\x80'\ndef relu(x):\n    return x * (x > 0)\n"
    ),
    "a null byte": one(b"def relu(x):\n    return x\n\x00", verdict=UNREADABLE, says=("hw.py",)),
    "two folders with the same answer": Habit(
        {
            "v1/act.py": "def relu(x):\n    return x\n",
            "v2/act.py": "def relu(x):\n    return x * (x > 0)\n",
        },
        verdict=UNREADABLE,
        says=("v1/act.py", "v2/act.py", "keep one"),
    ),
    "the same file twice": Habit({"act.py": RELU_CODE, "backup/act.py": RELU_CODE}),
    "an import of the answer elsewhere": Habit(
        {
            "act.py": RELU_CODE,
            "train.py": "from act import relu\nrelu_out = relu(3)\nrelu = None\n",
        }
    ),
    "a result under the asked name elsewhere": Habit(
        {
            "act.py": RELU_CODE,
            "train.py": "import act\nrelu = act.relu(act.np.ones(3))\n",
        }
    ),
    "star args and keywords": one(
        "def relu(*args, **kwargs):\n    x, = args\n    return x * (x > 0)\n"
    ),
    "positional only": one(
        "def relu(x, /, *, slope=0):\n    return x * (x > 0) + slope * x * (x < 0)\n"
    ),
    "self by mistake": one(
        "def relu(self, x):\n    return x * (x > 0)\n",
        verdict=RAISED,
        says=("relu(self, x) can not be called as relu(x)",),
    ),
    "abbreviated underscores": one(
        "def Output_Size(I, K, P):\n    return I + 2*P - K + 1\n",
        SIZE,
        verdict=MISSING,
        says=("did you mean output_size",),
    ),
    "a typo in the name": one(
        "def affine_bakward(dy, x, W):\n    return dy @ W.T, x.T @ dy\n",
        AFFINE,
        verdict=MISSING,
        says=("affine_bakward", "did you mean"),
    ),
    "a named tuple inside a list": one(
        "import numpy as np\ndef affine_backward(dy, x, W):\n    return [np.asmatrix(dy @ W.T), np.asmatrix(x.T @ dy)]\n",
        AFFINE,
    ),
    "values of a dict": one(
        "def affine_backward(dy, x, W):\n    grads = {'a': dy @ W.T, 'b': x.T @ dy}\n    return grads.values()\n",
        AFFINE,
    ),
    "an ordered dict": one(
        "from collections import OrderedDict\ndef affine_backward(dy, x, W):\n    return OrderedDict(dW=x.T @ dy, dx=dy @ W.T)\n",
        AFFINE,
    ),
    "a dict with other names": one(
        "def affine_backward(dy, x, W):\n    return {'gx': dy @ W.T, 'gW': x.T @ dy}\n",
        AFFINE,
        verdict=WRONG,
        says=("gx", "dx, dW"),
    ),
    "a set": one(
        "def affine_backward(dy, x, W):\n    return {1, 2}\n",
        AFFINE,
        verdict=WRONG,
        says=("a set",),
    ),
    "a complex array": one(
        "import numpy as np\ndef relu(x):\n    return np.fft.ifft(np.fft.fft(np.maximum(x, 0)))\n",
        verdict=WRONG,
    ),
    # --- notebooks --------------------------------------------------------------------------
    "exported with prompts": Habit(
        {
            "hw.py": "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nget_ipython().run_line_magic('matplotlib', 'inline')\n"
            "import numpy as np\n\n\n# In[2]:\n\n\ndef relu(x):\n    return np.maximum(x, 0)\n\n\n# In[3]:\n\n\nget_ipython().system('ls')\n"
        }
    ),
    "display and widgets": book(
        "from IPython.display import display, HTML, clear_output\nimport ipywidgets as widgets\ndisplay(HTML('<b>x</b>'))",
        "import numpy as np\ndef relu(x):\n    clear_output(wait=True)\n    return np.maximum(x, 0)",
        verdict=RAISED,
        says=("IPython is not allowed", "cell 1"),
    ),
    "a class over several cells": book(
        "class Net:\n    pass",
        "def act(self, x):\n    return x * (x > 0)\nNet.act = act",
        "def relu(x):\n    return Net().act(x)",
    ),
    "a cell of tests from nbgrader": book(
        (
            "def relu(x):\n    ### BEGIN SOLUTION\n    return x * (x > 0)\n    ### END SOLUTION",
            {"nbgrader": {"grade_id": "relu", "solution": True}},
        ),
        (
            "from nose.tools import assert_equal\nassert_equal(relu(3), 99)",
            {"nbgrader": {"grade_id": "t1", "grade": True, "locked": True}},
        ),
    ),
    "otter at both ends": book(
        "# Initialize Otter\nimport otter\ngrader = otter.Notebook('hw.ipynb')",
        RELU_CODE,
        "grader.check('q1')",
        "grader.check_all()\ngrader.export(force_save=True, run_tests=True)",
    ),
    "cells of shell and HTML": book(
        "%%sh\necho hi",
        "%%HTML\n<i>def relu(x)</i>",
        "%%time\n" + RELU_CODE,
        "!!ls\n!pip install --upgrade numpy; echo ok",
        "from google.colab import output\noutput.clear()",
    ),
    "an answer in a raw and a code cell": book(
        "answer_6 = {\n  'depthwise': 3 * 3 * 3 + 3,  # with biases\n  'pointwise': 3*128 + 128,\n  'total': (3*3*3 + 3) + (3*128 + 128),\n}",
        part=COUNT,
    ),
    "sums of lists": book(
        "parts = [30, 512]",
        "answer_6 = {'depthwise': parts[0], 'pointwise': parts[1], 'total': sum(parts)}",
        part=COUNT,
        verdict=UNREADABLE,
        says=("parts",),
    ),
    "names that are printed as well": book(
        "depthwise = 30; pointwise = 512; total = depthwise + pointwise\nprint(depthwise, pointwise, total)\ntotal",
        "answer_6 = dict(depthwise=depthwise, pointwise=pointwise, total=total)",
        part=COUNT,
    ),
    "whole numbers as floats": book(
        "a = 3.0 * 9\nanswer_6 = {'depthwise': a + 3, 'pointwise': 512.0, 'total': 542.0}",
        part=COUNT,
    ),
}
