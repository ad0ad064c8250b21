"""A fourth batch: code as people write it who have written much, in packages and notebooks."""

import sys

from tests.student.habits.habit import (
    AFFINE,
    LOSS,
    NORM,
    RELU_CODE,
    SIZE,
    UNREADABLE,
    Habit,
    book,
    one,
)

HABITS = {
    "a package with a front door": Habit(
        {
            "main.py": "from src.hw2 import relu\n\nif __name__ == '__main__':\n    print(relu)\n",
            "src/__init__.py": "",
            "src/hw2/__init__.py": "from .layers import *\nfrom .layers import __all__\n",
            "src/hw2/layers/__init__.py": "from .activation import relu\n__all__ = ['relu']\n",
            "src/hw2/layers/activation.py": """
                from __future__ import annotations
                from typing import TYPE_CHECKING
                from ..core.ops import keep
                if TYPE_CHECKING:
                    import jax

                def relu(x: jax.Array) -> jax.Array:
                    return keep(x, x > 0)
                """,
            "src/hw2/core/__init__.py": "",
            "src/hw2/core/ops.py": "import numpy as np\n\nkeep = lambda x, mask: np.where(mask, x, 0)\n",
        }
    ),
    "a frozen cache that is matched": one(
        """
        from dataclasses import dataclass, field
        from typing import Final, Self
        import numpy as np
        import numpy.typing as npt

        Array = npt.NDArray[np.float64]
        AXIS: Final[int] = 0

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Cache:
            count: int
            mean: Array = field(repr=False)

            @classmethod
            def of(cls, x: Array) -> Self:
                return cls(count=len(x), mean=x.mean(AXIS))

        def norm_forward(x: Array) -> tuple[Array, Cache]:
            return x - (cache := Cache.of(x)).mean, cache

        def norm_backward(dy: Array, cache: Cache) -> Array:
            match cache:
                case Cache(count=0):
                    raise ValueError("no examples")
                case Cache(count=n, mean=_) if n == len(dy):
                    return dy - dy.sum(AXIS) / n
                case _:
                    raise ValueError(f"{cache=}")
        """,
        NORM,
    ),
    "a pair of closures": one(
        """
        def make_layer(axis=0):
            state = {}

            def forward(x):
                state["n"] = x.shape[axis]
                return x - x.mean(axis), state

            def backward(dy, cache=None):
                return dy - dy.sum(axis) / (cache or state)["n"]

            return forward, backward

        norm_forward, norm_backward = make_layer(axis=0)
        """,
        NORM,
    ),
    "a registry that decorators fill": one(
        """
        import numpy as np
        from abc import ABC, abstractmethod

        REGISTRY: dict[str, type] = {}

        def register(name):
            def wrap(cls):
                REGISTRY[name] = cls
                return cls
            return wrap

        class Layer(ABC):
            @abstractmethod
            def __call__(self, x): ...

        @register("relu")
        class Rectifier(Layer):
            def __call__(self, x):
                return np.clip(x, 0, None)

        def relu(x):
            return REGISTRY["relu"]()(x)
        """
    ),
    "a checking decorator from a starred package": Habit(
        {
            "hw.py": """
                from utils import *

                @checked(ndim=2)
                @timed
                def relu(x):
                    return np.maximum(zero(), x)

                if __name__ == "__main__":
                    main()
                """,
            "utils/__init__.py": """
                import numpy as np
                from .decorators import *
                from .numbers_ import zero

                __all__ = [name for name in dir() if not name.startswith("_")]
                """,
            "utils/numbers_.py": "_ZERO = 0.0\n\ndef zero():\n    return _ZERO\n",
            "utils/decorators.py": """
                import functools, time
                from collections.abc import Callable
                from typing import ParamSpec, TypeVar
                P, R = ParamSpec("P"), TypeVar("R")

                def timed(f: Callable[P, R]) -> Callable[P, R]:
                    @functools.wraps(f)
                    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
                        start = time.perf_counter()
                        try:
                            return f(*args, **kwargs)
                        finally:
                            inner.took = time.perf_counter() - start
                    return inner

                def checked(*, ndim):
                    def wrap(f):
                        @functools.wraps(f)
                        def inner(x, *rest):
                            assert x.ndim == ndim, x.shape
                            return f(x, *rest)
                        return inner
                    return wrap
                """,
        }
    ),
    "a cache that is global": one(
        """
        import numpy as np
        _CACHE: dict[int, tuple] = {}
        _calls = 0

        def norm_forward(x):
            global _calls
            _calls += 1
            _CACHE[_calls] = x.shape
            return x - x.mean(axis=0, keepdims=True), _calls

        def norm_backward(dy, key):
            n, *_ = _CACHE.pop(key)
            return dy - np.full_like(dy, 1 / n) * dy.sum(axis=0)
        """,
        NORM,
    ),
    "functions that are composed": one(
        """
        from functools import partial, reduce
        from operator import methodcaller
        import numpy as np

        def compose(*fs):
            return reduce(lambda f, g: lambda x: g(f(x)), fs)

        squared_loss = compose(np.square, np.ravel, methodcaller("mean"), float)
        relu = partial(np.maximum, 0)
        """,
        LOSS,
    ),
    "an implementation that is matched": one(
        """
        import os
        BACKEND = os.environ.get("BACKEND", "numpy")
        match BACKEND:
            case "numpy" | "np":
                import numpy as xp
            case "cupy":
                import cupy as xp
        if (version := tuple(map(int, xp.__version__.split(".")[:2]))) >= (1, 20):
            def affine_backward(dy, x, W, /, *, einsum=xp.einsum):
                return einsum("nm,dm->nd", dy, W), einsum("nd,nm->dm", x, dy)
        else:
            def affine_backward(dy, x, W):
                raise RuntimeError("too old")
        """,
        AFFINE,
    ),
    "a solver with lazy properties": one(
        """
        from functools import cached_property

        class Conv:
            def __init__(self, I, K, P=0):
                self.I, self.K, self.P = I, K, P

            @property
            def padded(self):
                return self.I + 2 * self.P

            @cached_property
            def size(self) -> int:
                return self.padded - self.K + 1

        def output_size(I: int, K: int, P: int = 0) -> int:
            return Conv(I, K, P).size

        def main(argv=None):
            import argparse
            parser = argparse.ArgumentParser()
            parser.add_argument("--kernel", type=int, default=3)
            print(output_size(32, parser.parse_args(argv).kernel))

        if __name__ == "__main__":
            main()
        """,
        SIZE,
    ),
    "a logger and a guard": one(
        """
        import logging, warnings
        from contextlib import contextmanager, suppress
        import numpy as np
        logging.basicConfig(level=logging.DEBUG, filename="run.log")
        log = logging.getLogger(__name__)
        warnings.filterwarnings("error")

        @contextmanager
        def quiet():
            with np.errstate(all="ignore"), suppress(FloatingPointError):
                yield

        def relu(x):
            with quiet():
                log.debug("relu of %s", x.shape)
                return x * np.heaviside(x, 0)
        """
    ),
    "shapes in the types": one(
        """
        import numpy as np
        from jaxtyping import Float, jaxtyped
        from beartype import beartype

        @jaxtyped(typechecker=beartype)
        def relu(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
            return np.maximum(x, 0)
        """
    ),
    "names that a module makes when asked": Habit(
        {
            "hw.py": "import lazy\n\ndef relu(x):\n    return lazy.np.maximum(x, lazy.ZERO)\n",
            "lazy.py": """
                import importlib

                def __getattr__(name):
                    if name == "np":
                        return importlib.import_module("numpy")
                    if name == "ZERO":
                        return 0
                    raise AttributeError(name)
                """,
        }
    ),
    "a relative import without a package": Habit(
        {"hw.py": "from .acts import relu\nfrom . import acts\n", "acts.py": RELU_CODE}
    ),
    "cells that define it anew": book(
        "!pip install -q einops jaxtyping\n%load_ext autoreload\n%autoreload 2",
        "%%writefile src/helpers.py\nimport numpy as np\ndef clip(x, lo=0): return np.maximum(x, lo)",
        "import sys; sys.path.insert(0, './src')\nimport helpers, importlib\nimportlib.reload(helpers)",
        "%%time\ndef relu(x):\n    return x  # todo",
        "relu_v1 = relu\ndef relu(x, f=None):\n    return (f or helpers.clip)(x)",
        "assert relu(np.ones((2, 2))).shape == (2, 2)\nfor epoch in range(10**9): pass",
    ),
    "a cell that wraps what a cell before defined": book(
        "from functools import wraps\nimport numpy as np",
        "def trace(f):\n    @wraps(f)\n    def inner(*a):\n        print(f.__name__)\n        return f(*a)\n    return inner",
        "def relu(x):\n    return np.maximum(x, 0)",
        "relu = trace(relu)",
        remarks=("print",),
    ),
    "a class that a later cell patches": book(
        "import numpy as np\nclass Net:\n    pass",
        "def norm_forward(self, x):\n    self.n = len(x)\n    return x - x.mean(0), self.n\nNet.norm_forward = norm_forward",
        "Net.norm_backward = lambda self, dy, n: dy - dy.sum(0) / n\nnet = Net()",
        "norm_forward, norm_backward = net.norm_forward, net.norm_backward",
        part=NORM,
    ),
}

if sys.version_info < (3, 12):  # newer ones read it
    HABITS["types of the newest Python"] = one(
        "type Pair[T] = tuple[T, T]\n" + RELU_CODE,
        verdict=UNREADABLE,
        says=("Python 3.11 runs here, which may be older than yours",),
    )
    HABITS["quotes of the newest Python"] = one(
        "names = {'a': 1}\nprint(f'{names['a']}')\n" + RELU_CODE,
        verdict=UNREADABLE,
        says=("Python 3.11 runs here, which may be older than yours",),
    )
