"""What functions return, and the caches that they pass on."""

from tests.student.habits.habit import AFFINE, LOSS, NORM, RAISED, SIZE, WRONG, one

GRADIENTS = "dy @ W.T, x.T @ dy"

HABITS = {
    "a list": one(f"def affine_backward(dy, x, W):\n    return [{GRADIENTS}]\n", AFFINE),
    "a dict": one(
        "def affine_backward(dy, x, W):\n    return dict(dW=x.T @ dy, dx=dy @ W.T)\n", AFFINE
    ),
    "a named tuple": one(
        f"""
        from collections import namedtuple
        Grads = namedtuple('Grads', ['first', 'second'])
        def affine_backward(dy, x, W):
            return Grads({GRADIENTS})
        """,
        AFFINE,
    ),
    "a named tuple by its names": one(
        """
        from typing import NamedTuple
        class Grads(NamedTuple):
            dW: object
            dx: object
        def affine_backward(dy, x, W):
            return Grads(dx=dy @ W.T, dW=x.T @ dy)
        """,
        AFFINE,
    ),
    "a dataclass": one(
        """
        from dataclasses import dataclass
        import numpy as np
        @dataclass
        class Grads:
            dW: np.ndarray
            dx: np.ndarray
        def affine_backward(dy, x, W):
            return Grads(dx=dy @ W.T, dW=x.T @ dy)
        """,
        AFFINE,
    ),
    "yields": one(
        "def affine_backward(dy, x, W):\n    yield dy @ W.T\n    yield x.T @ dy\n", AFFINE
    ),
    "a map": one(
        "def affine_backward(dy, x, W):\n    return map(lambda p: p[0] @ p[1], [(dy, W.T), (x.T, dy)])\n",
        AFFINE,
    ),
    "one yield": one(
        "def relu(x):\n    yield x * (x > 0)\n",
        verdict=WRONG,
        says=("a generator", "yield"),
    ),
    "an array of objects": one(
        """
        import numpy as np
        def affine_backward(dy, x, W):
            out = np.empty(2, dtype=object)
            out[0], out[1] = dy @ W.T, x.T @ dy
            return out
        """,
        AFFINE,
    ),
    "numbers in an array of objects": one(
        "import numpy as np\ndef relu(x):\n    return np.array([[max(v, 0) for v in r] for r in x], dtype=object)\n"
    ),
    "a matrix": one("import numpy as np\ndef relu(x):\n    return np.matrix(np.maximum(x, 0))\n"),
    "a masked array": one(
        "import numpy as np\ndef relu(x):\n    return np.ma.array(x, mask=x < 0).filled(0)\n"
    ),
    "long doubles": one(
        "import numpy as np\ndef relu(x):\n    return np.maximum(x, 0).astype(np.longdouble)\n"
    ),
    "lists of lists": one("def relu(x):\n    return [[max(v, 0) for v in row] for row in x]\n"),
    "an array of no axes": one(
        "import numpy as np\ndef squared_loss(x):\n    return np.array((x ** 2).mean())\n", LOSS
    ),
    "a scalar of numpy": one(
        "import numpy as np\ndef output_size(I, K, P):\n    return np.int32(I + 2 * P - K + 1)\n",
        SIZE,
    ),
    "a whole float": one("def output_size(I, K, P):\n    return (2*I + 4*P - 2*K + 2) / 2\n", SIZE),
    "the function itself": one(
        "def affine_backward(dy, x, W):\n    def inner():\n        return 1\n    return inner\n",
        AFFINE,
        verdict=WRONG,
        says=("a function",),
    ),
    "a print in place of a return": one(
        "def relu(x):\n    print(x * (x > 0))\n", verdict=WRONG, says=("None", "return")
    ),
    "an object of one's own": one(
        "class Box:\n    def __init__(self, v): self.v = v\ndef relu(x):\n    return Box(x)\n",
        verdict=WRONG,
        says=("a Box",),
    ),
    # --- caches -----------------------------------------------------------------------------
    "a cache in a dict": one(
        """
        def norm_forward(x):
            cache = {}
            cache['mean'] = x.mean(axis=0)
            return x - cache['mean'], cache
        def norm_backward(dout, cache):
            return dout - dout.mean(axis=0) + 0 * cache['mean']
        """,
        NORM,
    ),
    "a cache of None": one(
        "def norm_forward(x): return x - x.mean(0), None\ndef norm_backward(dy, _): return dy - dy.mean(0)\n",
        NORM,
    ),
    "a cache in a list that is popped": one(
        """
        def norm_forward(x):
            stack = [x.shape[0], x]
            return x - x.mean(0), stack
        def norm_backward(dy, stack):
            x = stack.pop()
            n = stack.pop()
            return dy - dy.sum(0) / n
        """,
        NORM,
    ),
    "a stack of the module": one(
        """
        import numpy as np
        _stack = []
        def norm_forward(x):
            _stack.append(x)
            return x - x.mean(0), None
        def norm_backward(dy, cache=None):
            x = _stack.pop()
            return dy - dy.mean(0)
        """,
        NORM,
    ),
    "a dataclass as a cache": one(
        """
        from dataclasses import dataclass, field
        from typing import NamedTuple
        @dataclass(frozen=True)
        class Cache:
            n: int
            more: list = field(default_factory=list)
        class Pair(NamedTuple):
            out: object
            cache: Cache
        def norm_forward(x):
            return Pair(x - x.mean(0), Cache(n=len(x)))
        def norm_backward(dy, cache):
            return dy - dy.sum(0) / cache.n
        """,
        NORM,
    ),
    "an object as a cache": one(
        """
        class Layer:
            def forward(self, x):
                self.n = len(x)
                return x - x.mean(0)
            def backward(self, dy):
                return dy - dy.sum(0) / self.n
        def norm_forward(x):
            layer = Layer()
            return layer.forward(x), layer
        def norm_backward(dy, layer):
            return layer.backward(dy)
        """,
        NORM,
    ),
    "methods of one class": one(
        """
        class Norm:
            def norm_forward(self, x):
                self.n = len(x)
                return x - x.mean(0), None
            def norm_backward(self, dy, cache):
                return dy - dy.sum(0) / self.n
        """,
        NORM,
        remarks=("Norm",),
    ),
    "a forward without a cache": one(
        "def norm_forward(x): return x - x.mean(0)\ndef norm_backward(dy, c): return dy - dy.mean(0)\n",
        NORM,
        verdict=RAISED,
        says=("out, cache = norm_forward(x)",),
    ),
}
