"""Follow the cells themselves."""


def receptive_field(kernel, stride, dilation):
    layers = list(zip(kernel.tolist(), stride.tolist(), dilation.tolist()))
    first, last = cells(layers, 0)
    next_first, _ = cells(layers, 1)
    return {"jump": next_first - first, "size": last - first + 1}


def cells(layers, output):
    """The first and the last input cell that an output sees."""
    low = high = output
    for k, s, d in reversed(layers):
        low, high = low * s, high * s + (k - 1) * d
    return low, high
