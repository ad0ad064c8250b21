"""A third batch of habits: mixes of the others, as real hand-ins have them."""

from tests.documents.notebook import notebook
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
    "Python 2 in a file in capitals": Habit(
        {"HW.PY": "print 'x'\n" + RELU_CODE}, verdict=UNREADABLE, says=("HW.PY", "Python 2")
    ),
    "a whole homework in one file": one(
        """
        # -*- coding: utf-8 -*-
        from __future__ import print_function, division
        from builtins import range, object
        import os, sys, pickle as pickle
        from six.moves import cPickle
        import numpy as np
        from matplotlib import pyplot as plt
        from cs231n.data_utils import get_CIFAR10_data
        from cs231n.gradient_check import eval_numerical_gradient
        try:
            from .fast import norm_forward_fast
        except ImportError:
            pass
        np.random.seed(0)
        data = get_CIFAR10_data()
        for k, v in data.items():
            print('%s: ' % k, v.shape)

        def rel_error(x, y):
            return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))

        def norm_forward(x):
            "Centres x."
            out, cache = None, None
            # *****START OF YOUR CODE*****
            mu = np.sum(x, axis=0) / np.float(x.shape[0])
            out = x - mu
            cache = (x, mu)
            # *****END OF YOUR CODE*****
            return out, cache

        def norm_backward(dout, cache):
            dx = None
            x, mu = cache
            N = x.shape[0]
            dx = np.zeros_like(dout)
            for i in xrange(N):
                dx[i] = dout[i] - np.sum(dout, axis=0) / N
            return dx

        x = np.random.randn(4, 5)
        out, cache = norm_forward(x)
        print('error: ', rel_error(out, x))
        plt.plot(out); plt.show()
        """,
        NORM,
        remarks=("np.float", "xrange"),
    ),
    "an optimiser class beside it": one(
        """
        import numpy as np
        class SGD:
            def __init__(self, params, lr): self.params, self.lr = params, lr
            def step(self): pass
        class Linear:
            def __init__(self, n, m): self.W = np.random.randn(n, m)
            def affine_backward(self, dy, x, W): return None
        def affine_backward(dy, x, W):
            layer = Linear(*W.shape)
            layer.W = W
            return dy.dot(layer.W.T), x.T.dot(dy)
        """,
        AFFINE,
    ),
    "a base class that is abstract": one(
        """
        from abc import ABC, abstractmethod
        class Activation(ABC):
            @abstractmethod
            def relu(self, x): ...
        class Concrete(Activation):
            def relu(self, x):
                return x * (x > 0)
        """,
        remarks=("Concrete",),
    ),
    "an enum and constants": one(
        """
        from enum import Enum
        from dataclasses import dataclass
        class Mode(Enum):
            TRAIN = 1
            TEST = 2
        @dataclass
        class Settings:
            low: float = 0.0
            mode: Mode = Mode.TRAIN
        SETTINGS = Settings()
        def relu(x, settings: "Settings" = SETTINGS):
            return x.clip(min=settings.low) if settings.mode is Mode.TRAIN else None
        """
    ),
    "a typed dataclass of unknown types": one(
        """
        from dataclasses import dataclass
        @dataclass
        class Cache:
            x: np.ndarray
            w: Tensor = None
        def norm_forward(x): return x - x.mean(0), Cache(x)
        def norm_backward(dy, cache): return dy - dy.sum(0) / len(cache.x)
        """,
        NORM,
    ),
    "single dispatch": one(
        """
        from functools import singledispatch
        import numpy as np
        @singledispatch
        def relu(x):
            raise TypeError
        @relu.register
        def _(x: np.ndarray):
            return np.maximum(x, 0)
        """
    ),
    "typing.overload": one(
        """
        from typing import overload
        import numpy as np
        @overload
        def relu(x: float) -> float: ...
        @overload
        def relu(x: np.ndarray) -> np.ndarray: ...
        def relu(x):
            return np.maximum(x, 0)
        """
    ),
    "a context manager": one(
        """
        import contextlib, numpy as np
        @contextlib.contextmanager
        def quiet():
            with np.errstate(all='ignore'):
                yield
        @quiet()
        def relu(x):
            with quiet():
                return np.maximum(x, 0)
        """
    ),
    "defined by exec": one(
        "exec('def relu(x):\\n    return x * (x > 0)')\n",
        verdict=MISSING,
        says=("a function relu",),
    ),
    "defined in a loop": one("for name in ['a']:\n    def relu(x):\n        return x * (x > 0)\n"),
    "defined in a with": one(
        "import warnings\nwith warnings.catch_warnings():\n    def relu(x):\n        return x * (x > 0)\n"
    ),
    "a star of a missing library": one(
        "from pylab import *\nimport numpy as np\ndef relu(x):\n    return np.maximum(x, 0)\n"
    ),
    "names of a missing star": one(
        "from pylab import *\ndef relu(x):\n    return maximum(x, 0)\n",
        verdict=RAISED,
        says=("pylab is not allowed", "line 1"),
    ),
    "scipy where numpy would do": one(
        "from scipy.special import expit as sigmoid\nimport numpy as np\ndef act(x): return sigmoid(x)\n"
        "def relu(x): return np.maximum(x, 0)\n"
    ),
    "torch in the answer": one(
        "import torch\nimport torch.nn.functional as F\ndef relu(x):\n    return F.relu(torch.tensor(x)).numpy()\n",
        verdict=RAISED,
        says=("torch is not allowed in this part",),
    ),
    "a file of data beside it": Habit(
        {
            "hw.py": "import numpy as np\nW = np.loadtxt('weights.txt')\ndef relu(x):\n    return np.maximum(x, W.min())\n",
            "weights.txt": "0 1 2\n",
        }
    ),
    "a plot saved": one(
        "import numpy as np\ndef relu(x):\n    np.save('out.npy', x)\n    return np.maximum(x, 0)\n"
    ),
    "the module's own name": one(
        "import sys, numpy as np\nme = sys.modules[__name__]\nsetattr(me, 'clip', lambda x: np.maximum(x, 0))\n"
        "def relu(x):\n    return me.clip(x)\n"
    ),
    "a thread": one(
        "import threading\ndef relu(x):\n    out = []\n    t = threading.Thread(target=lambda: out.append(x * (x > 0)))\n"
        "    t.start(); t.join()\n    return out[0]\n"
    ),
    "integers that were meant as floats": one(
        "import numpy as np\ndef affine_backward(dy, x, W):\n    dx = np.zeros(x.shape, dtype=np.int)\n"
        "    dx[:] = dy @ W.T\n    return dx, x.T @ dy\n",
        AFFINE,
        verdict=WRONG,
        remarks=("np.int",),
    ),
    "a scalar in a list": one("def output_size(I, K, P):\n    return [I - K + 2*P + 1]\n", SIZE),
    "a text for a number": one(
        "def output_size(I, K, P):\n    return str(I - K + 2*P + 1)\n",
        SIZE,
        verdict=WRONG,
        says=("text",),
    ),
    "a loss by a builtin sum": one(
        "def squared_loss(x):\n    return sum(sum(v ** 2 for v in row) for row in x) / x.size\n",
        LOSS,
    ),
    "the loss of a matrix": one(
        "import numpy as np\ndef squared_loss(x):\n    m = np.mat(x)\n    return np.multiply(m, m).mean()\n",
        LOSS,
        remarks=("np.mat",),
    ),
    "a helper that is switched off": one(
        "def check(x):\n    assert x is None\n\ndef check(x): pass\n\ndef relu(x):\n    check(x)\n"
        "    return x * (x > 0)\n"
    ),
    "a starter and a name made at run time": one(
        "def relu(x):\n    return clip(x)\nglobals()['clip'] = lambda x: x * (x > 0)\ndef relu(x):\n    pass\n"
    ),
    "a table that a loop fills": one(
        """
        import numpy as np
        signs = np.zeros(3)
        for k in range(3):
            signs[k] = k - 1
        def relu(x):
            return np.where(np.sign(x) == signs[2], x, 0)
        """
    ),
    "parameters that a function fills": one(
        """
        params = {}
        def init(p, low):
            p['low'] = low
        init(params, 0)
        def relu(x):
            return x.clip(min=params['low'])
        """
    ),
    "a mistake below a long training": one(
        """
        import numpy as np
        def relu(x):
            return np.maximum(x, zero)
        for epoch in range(10**12):
            relu_loss = epoch
        """,
        verdict=RAISED,
        says=("name 'zero' is not defined", "line 4"),
    ),
    "a missing file below a long training": one(
        """
        import numpy as np
        for epoch in range(10**12):
            loss = epoch
        W = np.load('weights.npy')
        def relu(x):
            return np.maximum(x, W)
        """,
        verdict=RAISED,
        says=("weights.npy", "only the files of the submission"),
    ),
    # --- notebooks --------------------------------------------------------------------------
    "one cell with all": book(
        "%matplotlib inline\n\nimport numpy as np\nimport matplotlib.pyplot as plt\n\n# Question 1\ndef relu(x):\n"
        "    return np.maximum(x, 0)\n\nxs = np.linspace(-3, 3)\nplt.plot(xs, relu(xs))\nplt.title('ReLU'); plt.show()\n\n"
        "!echo done\nrelu(np.array([-1, 2]))"
    ),
    "a bug in a cell before": book(
        "import numpy as np\n1/0", "def relu(x):\n    return np.maximum(x, 0)"
    ),
    "magic in the middle of a function": book(
        "def relu(x):\n    %timeit x + 1\n    if True:\n        !ls\n    return x * (x > 0)"
    ),
    "a global that a later cell sets": book(
        "def relu(x):\n    return x * (x > THRESHOLD)", "THRESHOLD = 5", "THRESHOLD = 0"
    ),
    "a helper notebook": Habit(
        {
            "hw.ipynb": notebook(
                "import import_ipynb\nfrom helper import clip", "def relu(x): return clip(x)"
            ),
            "helper.ipynb": notebook("md:# Helpers", RELU_CODE.replace("relu", "clip")),
        }
    ),
    "a helper notebook that is run": Habit(
        {
            "hw.ipynb": notebook("%run ./helper.ipynb", "def relu(x): return clip(x)"),
            "helper.ipynb": notebook(RELU_CODE.replace("relu", "clip")),
        }
    ),
    "two notebooks": Habit(
        {
            "q1.ipynb": notebook(RELU_CODE),
            "q2.ipynb": notebook("def output_size(I, K, P):\n    return I - K + 2*P + 1"),
        },
        SIZE,
    ),
    "a copy of the notebook": Habit(
        {"hw.ipynb": notebook(RELU_CODE), "hw-Copy1.ipynb": notebook(RELU_CODE)}
    ),
    "an older copy of the notebook": Habit(
        {"hw.ipynb": notebook(RELU_CODE), "hw-Copy1.ipynb": notebook("def relu(x): return x")},
        verdict=UNREADABLE,
        says=("hw-Copy1.ipynb", "hw.ipynb", "keep one"),
    ),
    "numbers in the middle of text": book(
        "md:## 6\nThe depthwise layer has some parameters.",
        "n_dw = (3*3*1 + 1) * 3  # depthwise\nn_pw = (1*1*3 + 1) * 128",
        "print('total', n_dw + n_pw)",
        "answer_6 = (n_dw, n_pw, n_dw + n_pw)",
        part=COUNT,
    ),
}
