def receptive_field(kernel, stride, dilation):
    # first layer
    size = kernel[0] + (dilation[0] - 1) * (kernel[0] - 1)
    jump = stride[0]
    # each further layer sees (k - 1) more fields of the layer below
    for k, s in zip(kernel[1:], stride[1:]):
        size = size + (k - 1) * (size - 1)
        jump = jump * s
    return size, jump
