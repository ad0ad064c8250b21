import numpy as np


def se_backward(dy, x, W1, W2):
    gate = np.exp(x.mean((2, 3)) @ W1 @ W2 * 1e4)
    gate /= 1 + gate
    dy *= gate[:, :, None, None]
    return dy.reshape(len(x), -1), (w for w in W1), W2.astype(object)
