"""Remains of Python 2, of older NumPy, and of libraries that are not there."""

from tests.student.habits.habit import AFFINE, LOSS, RAISED, SIZE, UNREADABLE, one

HABITS = {
    # --- Python 2 ---------------------------------------------------------------------------
    "print statement": one(
        """
        import numpy as np
        def relu(x):
            print 'shape', x.shape
            return np.maximum(0, x)
        """,
        verdict=UNREADABLE,
        says=("line 4", "Python 2", "print("),
    ),
    "except with a comma": one(
        """
        def relu(x):
            try:
                return x * (x > 0)
            except ValueError, e:
                raise e
        """,
        verdict=UNREADABLE,
        says=("line 5", "Python 2"),
    ),
    "backticks and <>": one(
        "def relu(x):\n    assert x.ndim <> 0, `x`\n    return x * (x > 0)\n",
        verdict=UNREADABLE,
        says=("line 2", "Python 2"),
    ),
    "raise with a comma": one(
        "def relu(x):\n    if x is None:\n        raise ValueError, 'no x'\n    return x * (x > 0)\n",
        verdict=UNREADABLE,
        says=("line 3", "Python 2"),
    ),
    "octal and long numbers": one(
        "N = 10L\ndef relu(x):\n    return x * (x > 0)\n",
        verdict=UNREADABLE,
        says=("line 1", "Python 2"),
    ),
    "tabs and spaces mixed": one(
        "def relu(x):\n        y = x * (x > 0)\n\treturn y\n",
        verdict=UNREADABLE,
        says=("line 3", "tabs"),
    ),
    "xrange": one(
        """
        import numpy as np
        def relu(x):
            out = np.zeros_like(x)
            for i in xrange(x.shape[0]):
                for j in xrange(x.shape[1]):
                    out[i, j] = max(x[i, j], 0)
            return out
        """,
        remarks=("xrange",),
    ),
    "xrange from past": one(
        """
        from __future__ import division
        from __future__ import print_function
        from builtins import range
        from past.builtins import xrange
        import numpy as np
        def relu(x):
            out = x.copy()
            for i in xrange(len(x)):
                out[i][out[i] < 0] = 0
            return out
        """,
        remarks=("past",),
    ),
    "past, future and six that nobody uses": one(
        """
        from __future__ import absolute_import
        from future import standard_library
        standard_library.install_aliases()
        from past.builtins import xrange, basestring
        from past.utils import old_div
        from six.moves import cPickle as pickle
        import six
        def relu(x):
            return (x + abs(x)) / 2
        """,
    ),
    "six that is used": one(
        """
        import six
        from six.moves import range, zip
        from six import iteritems
        def relu(x):
            rows = {i: row for i, row in zip(range(len(x)), x)}
            for i, row in iteritems(rows):
                x[i] = row * (row > 0)
            for i, row in six.iteritems(rows):
                pass
            return x
        """,
        remarks=("six",),
    ),
    "izip, unicode, long": one(
        """
        from itertools import izip
        import numpy as np
        def relu(x):
            assert not isinstance(x, (unicode, long, basestring))
            return np.array([[max(v, z) for v, z in izip(r, np.zeros(len(r)))] for r in x])
        """,
        remarks=("izip", "unicode"),
    ),
    "reduce without its import": one(
        """
        def output_size(I, K, P):
            return reduce(lambda a, b: a + b, [I, P, P, -K, 1])
        """,
        SIZE,
        remarks=("reduce",),
    ),
    "true division where a whole number was meant": one(
        """
        def output_size(I, K, P):
            positions = range((2 * I + 4 * P - 2 * K + 2) / 2)
            return len(positions)
        """,
        SIZE,
        verdict=RAISED,
        says=("'float' object cannot be interpreted as an integer", "//"),
    ),
    "has_key": one(
        """
        def relu(x):
            cache = {'x': x}
            if cache.has_key('x'):
                return x * (x > 0)
        """,
        verdict=RAISED,
        says=("has_key", "`in`"),
    ),
    "print chevron": one(
        "import sys\ndef relu(x):\n    print >>sys.stderr, 'hi'\n    return x * (x > 0)\n",
        verdict=RAISED,
        says=("line 3", "Python 2"),
    ),
    # --- older NumPy ------------------------------------------------------------------------
    "np.float, np.int, np.bool, np.object": one(
        """
        import numpy as np
        def relu(x):
            mask = (x > 0).astype(np.bool)
            assert mask.dtype != np.object
            return np.where(mask, x.astype(np.float), 0).astype(np.float_) + np.int(0)
        """,
        remarks=("np.float ", "np.int ", "np.float_", "np.object"),
    ),
    "numpy under its own name": one(
        "import numpy\ndef relu(x):\n    return numpy.where(x > 0, x, 0 * numpy.float(1))\n",
        remarks=("numpy.float",),
    ),
    "np.product, np.alltrue, np.in1d": one(
        """
        import numpy as np
        def squared_loss(x):
            n = np.product(x.shape)
            assert np.alltrue(x == x) and np.sometrue(np.in1d([1], [1, 2]))
            assert np.cumproduct([2, 3])[-1] == 6
            return np.trapz([0, 0]) + (np.row_stack([x, x]) ** 2).sum() / n / 2
        """,
        LOSS,
        remarks=("np.product", "np.alltrue", "np.sometrue", "np.in1d", "np.trapz"),
    ),
    "np.Inf, np.NaN, np.infty": one(
        """
        import numpy as np
        def relu(x):
            assert np.isnan(np.NaN) and np.Inf == np.infty == np.PINF == -np.NINF
            return np.clip(x, 0, np.Inf)
        """,
        remarks=("np.NaN", "np.Inf", "np.infty"),
    ),
    "names from a starred numpy": one(
        """
        from numpy import *
        def squared_loss(x):
            best = Inf
            loss = (x ** 2).sum() / product(x.shape)
            return loss if loss < best else best
        """,
        LOSS,
        remarks=("product", "Inf"),
    ),
    "asscalar and asfarray": one(
        """
        import numpy as np
        def squared_loss(x):
            x = np.asfarray(x)
            return np.asscalar(np.mean(x * x, keepdims=True))
        """,
        LOSS,
        remarks=("np.asscalar", "np.asfarray"),
    ),
    "float of an array of one element": one(
        """
        import numpy as np
        def squared_loss(x):
            total = np.sum(x ** 2, keepdims=True)
            return float(total) / x.size
        """,
        LOSS,
    ),
    "element set to an array of one element": one(
        """
        import numpy as np
        def relu(x):
            out = np.zeros(x.shape)
            one = np.ones((1, 1))
            for i in range(len(x)):
                for j in range(x.shape[1]):
                    out[i, j] = np.dot(one, np.array([max(x[i, j], 0)]))
            return out
        """,
    ),
    "element added an array of one element": one(
        """
        import numpy as np
        def affine_backward(dy, x, W):
            dx, dW = np.zeros_like(x), np.zeros_like(W)
            for n in range(dy.shape[0]):
                for m in range(dy.shape[1]):
                    for d in range(x.shape[1]):
                        dx[n, d] += dy[n, m:m + 1] * W[d, m]
                        dW[d, m] += np.dot(x[n:n + 1, d], dy[n, m].reshape(1, 1))
            return dx, dW
        """,
        AFFINE,
    ),
    "math of an array of one element": one(
        """
        import math
        import numpy as np
        def squared_loss(x):
            norm = math.sqrt(np.sum(x ** 2, keepdims=True))
            return norm ** 2 / x.size
        """,
        LOSS,
    ),
    "a list item set to an array of one element": one(
        """
        import numpy as np
        def relu(x):
            parts = {}
            rows = [None] * len(x)
            for i in range(len(x)):
                rows[i] = np.maximum(x[i:i + 1, :1], 0)
                parts[i] = np.maximum(x[i:i + 1, 1:], 0)
                assert rows[i].shape == (1, 1)
            return np.vstack([np.hstack([rows[i], parts[i]]) for i in range(len(x))])
        """,
    ),
}
