import math


def weights_of(filters, kernel):
    """Count one by one."""
    return sum(math.prod(kernel) for _ in range(filters))


def separable_parameters(Cin, Cout, K, bias):
    biases = {True: 1, False: 0}[bias]
    depthwise = weights_of(Cin, (1, K, K)) + biases * Cin
    pointwise = weights_of(Cout, (Cin, 1, 1)) + biases * Cout
    return {
        "depthwise": depthwise,
        "pointwise": pointwise,
        "standard": weights_of(Cout, (Cin, K, K)) + biases * Cout,
        "total": depthwise + pointwise,
    }


def v1_multiply_adds():
    depthwise = pointwise = standard = 0
    for _ in range(28 * 28):
        depthwise += weights_of(3, (1, 3, 3))
        pointwise += weights_of(128, (3, 1, 1))
        standard += weights_of(128, (3, 3, 3))
    return [depthwise, pointwise, depthwise + pointwise, standard]
