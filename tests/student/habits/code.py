"""Shapes of code: classes, decorators, aliases, stubs, scripts, and names that are nearly right."""

from tests.student.habits.habit import AFFINE, MISSING, RAISED, RELU_CODE, SIZE, Habit, one

HABITS = {
    "a script around it": one(
        """
        #!/usr/bin/env python3
        import argparse, os, sys, time
        import numpy as np
        np.random.seed(231)
        EPS = 1e-12
        data = np.load('cifar10.npz')
        name = input('your name: ')
        assert len(sys.argv) > 1
        def main():
            parser = argparse.ArgumentParser()
            print(parser.parse_args())
        def relu(x, eps=EPS, *, verbose=False, **more):
            print('called')
            return clip(x, 0)
        main()
        for epoch in range(10**9):
            relu(data)
        def clip(x, low):
            return np.maximum(x, low)
        if __name__ == '__main__':
            main()
        """,
        remarks=("prints while it runs",),
    ),
    "a test at the end that fails": one(
        RELU_CODE
        + "x = np.array([1.0])\nassert relu(x) == 7, 'wrong'\nrelu = relu(x)\nprint(relu)\n"
    ),
    "the name is used again for a result": one(
        """
        def output_size(I, K, P):
            return I + 2 * P - K + 1
        output_size = output_size(32, 3, 1)
        print('size', output_size)
        """,
        SIZE,
    ),
    "a class that is called": one(
        """
        import numpy as np
        class relu:
            def __init__(self, floor=0):
                self.floor = floor
            def __call__(self, x):
                return np.maximum(x, self.floor)
        """,
        remarks=("class",),
    ),
    "a class with forward and backward": one(
        """
        import numpy as np
        class relu(object):
            def __init__(self):
                self.mask = None
            def forward(self, x):
                self.mask = x > 0
                return x * self.mask
            def backward(self, dy):
                return dy * self.mask
        """,
        remarks=("class",),
    ),
    "a class of another spelling": one(
        """
        import numpy as np
        class ReLU:
            def forward(self, x):
                return np.maximum(x, 0)
        """,
        verdict=MISSING,
        says=("ReLU", "did you mean relu"),
    ),
    "a method of a class": one(
        """
        import numpy as np
        class Solution(object):
            def __init__(self):
                self.low = 0
            def clip(self, x):
                return np.maximum(x, self.low)
            def relu(self, x: np.ndarray) -> np.ndarray:
                return self.clip(x)
        """,
        remarks=("Solution",),
    ),
    "a static method": one(
        """
        import numpy as np
        class Layers:
            @staticmethod
            def affine_backward(dy, x, W):
                return dy.dot(W.T), x.T.dot(dy)
        """,
        AFFINE,
        remarks=("Layers",),
    ),
    "a class method": one(
        "class L:\n    low = 0\n    @classmethod\n    def relu(cls, x):\n        return x * (x > cls.low)\n",
        remarks=("L",),
    ),
    "a method without self": one(
        "class Hw:\n    def output_size(I, K, P):\n        return I + 2*P - K + 1\n",
        SIZE,
        remarks=("Hw",),
    ),
    "a method of a class that takes values": one(
        "class Net:\n    def __init__(self, n, m):\n        self.n = n\n    def relu(self, x):\n        return x * (x > 0)\n",
        verdict=RAISED,
        says=("relu is a method of the class Net", "def relu(x)"),
    ),
    "a method beside the function": Habit(
        {
            "a.py": RELU_CODE,
            "net.py": "class Net:\n    def relu(self, x):\n        raise ValueError\n",
        }
    ),
    "a function within a function": one(
        "def main():\n    def relu(x):\n        return x\n    print(relu(3))\nmain()\n",
        verdict=MISSING,
        says=("line 2", "inside main"),
    ),
    "a function under the main guard": one(
        "if __name__ == '__main__':\n    def relu(x):\n        return x * (x > 0)\n    print(relu(3))\n",
        verdict=MISSING,
        says=("line 2", "__name__"),
    ),
    "a cache of calls": one(
        """
        from functools import lru_cache
        @lru_cache(maxsize=None)
        def relu(x):
            return x * (x > 0)
        """,
        verdict=RAISED,
        says=("lru_cache", "array"),
    ),
    "a cache of calls of numbers": one(
        """
        import functools
        @functools.lru_cache(None)
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        @functools.cache
        def output_size(I, K, P):
            return I + 2 * P - K + fib(2)
        """,
        SIZE,
    ),
    "decorators of one's own": one(
        """
        import time
        from functools import wraps
        import numpy as np
        REGISTRY = {}
        def register(name):
            def deco(f):
                REGISTRY[name] = f
                return f
            return deco
        def timeit(f):
            @wraps(f)
            def wrapper(*args, **kwargs):
                start = time.time()
                result = f(*args, **kwargs)
                print(f'{f.__name__} took {time.time() - start:.3f}s')
                return result
            return wrapper
        @register('relu')
        @timeit
        def relu(x):
            return np.maximum(x, 0)
        """,
        remarks=("prints while it runs",),
    ),
    "hints that are not imported": one(
        """
        import numpy as np
        def relu(x: NDArray[np.float64], inplace: Optional[bool] = None) -> Tuple[Tensor, "Cache"]:
            y: List[Tensor] = np.maximum(x, 0)
            return y
        """
    ),
    "hints from typing": one(
        """
        from __future__ import annotations
        import typing as t
        from typing import Tuple, Optional, TypeVar
        import numpy.typing as npt
        T = TypeVar('T', bound='npt.NDArray')
        Grads = Tuple[npt.NDArray, npt.NDArray]
        def affine_backward(dy: T, x: T, W: T) -> Grads:
            dx: npt.NDArray = dy @ W.T
            return dx, x.T @ dy
        """,
        AFFINE,
    ),
    "under if and try": one(
        """
        import sys
        if sys.version_info[0] >= 3:
            try:
                import cupy as np
                def relu(x):
                    return np.maximum(np.asarray(x), 0).get()
            except ImportError:
                import numpy as np
                def relu(x):
                    return np.maximum(x, 0)
        else:
            relu = None
        """
    ),
    "a second attempt below the first": one(
        "def relu(x):\n    return -x\n\n# better:\ndef relu(x):\n    return x * (x > 0)\n",
        remarks=("line 1",),
    ),
    "the starter below the answer": one(
        RELU_CODE
        + "\n# TODO\ndef relu(x):\n    '''Returns max(x, 0).'''\n    raise NotImplementedError\n",
        remarks=("line 7", "starter"),
    ),
    "the starter beside the answer": Habit(
        {
            "hw.py": RELU_CODE,
            "starter.py": "def relu(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n",
            "layers.py": "def relu(x):\n    out = None\n    # TODO: your code\n    pass\n    return out\n",
        }
    ),
    "the starter alone": one(
        "def relu(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n",
        verdict=RAISED,
        says=("NotImplementedError", "starter"),
    ),
    "the starter's last line kept": one(
        "def relu(x):\n    y = x * (x > 0)\n    raise NotImplementedError\n    return y\n",
        verdict=RAISED,
        says=("line 3", "remove the line"),
    ),
    "lambdas and partials": one(
        """
        from functools import partial
        import numpy as np
        clip = lambda x, low: np.maximum(x, low)
        ReLU = partial(clip, low=0)
        relu = Relu = ReLU
        """
    ),
    "a pair of lambdas": one("relu, drelu = (lambda x: x * (x > 0)), (lambda x: x > 0)\n"),
    "a choice of two": one(
        "FAST = True\ndef fast(x): return x * (x > 0)\ndef slow(x): return None\nrelu = fast if FAST else slow\n"
    ),
    "an entry of a table": one("acts = {'relu': lambda x: x * (x > 0)}\nrelu = acts['relu']\n"),
    "np.vectorize": one("import numpy as np\nrelu = np.vectorize(lambda v: max(v, 0.0))\n"),
    "other names for the arguments": one("def relu(inputs): return inputs * (inputs > 0)\n"),
    "arguments in a bunch": one(
        "def affine_backward(*args):\n    dout, X, w = args\n    return dout @ w.T, X.T @ dout\n",
        AFFINE,
    ),
    "keywords only": one(
        "def affine_backward(*, dy, x, W):\n    return dy @ W.T, x.T @ dy\n", AFFINE
    ),
    "arguments in another order": one(
        "def affine_backward(x, W, dy):\n    return dy @ W.T, x.T @ dy\n",
        AFFINE,
        verdict=RAISED,
        remarks=("takes x, W, dy", "dy, x, W"),
    ),
    "one argument too many": one(
        "def relu(x, W):\n    return x * (x > 0)\n",
        verdict=RAISED,
        says=("relu(x, W) can not be called as relu(x)",),
    ),
    "capitals in the name": one(
        "def ReLu(x):\n    return x * (x > 0)\n", verdict=MISSING, says=("did you mean relu",)
    ),
    "camels in the name": one(
        "def affineBackward(dy, x, W):\n    return dy @ W.T, x.T @ dy\n",
        AFFINE,
        verdict=MISSING,
        says=("did you mean affine_backward",),
    ),
    "a word more in the name": one(
        "def relu_forward(x):\n    return x * (x > 0)\n", verdict=MISSING, says=("relu_forward",)
    ),
    "a name of state": one(
        """
        import numpy as np
        calls = 0
        buffer = []
        def relu(x):
            global calls
            calls += 1
            buffer.append(x)
            return np.maximum(buffer.pop(), 0)
        """
    ),
    "the answers joined in one place": Habit(
        {
            "main.py": "from activations import relu\nfrom sizes import output_size\nprint(relu(1), output_size(1, 1, 1))\n",
            "activations.py": RELU_CODE,
            "sizes.py": "def output_size(I, K, P): return I + 2*P - K + 1\n",
        }
    ),
}
