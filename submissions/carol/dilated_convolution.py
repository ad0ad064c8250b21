def receptive_field(kernel, stride, dilation):
    kernel[:] = 0
    return "large", (n for n in stride)


def field_one(r1, c1, d1):
    return r1 + c1 + d1 + "1"
