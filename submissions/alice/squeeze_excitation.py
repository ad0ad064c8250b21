import numpy as np


def se_backward(dy, x, W1, W2):
    N, C, H, W = x.shape
    s = x.mean(axis=(2, 3))
    u = np.dot(s, W1)
    h = np.where(u > 0, u, 0.0)
    e = 1 / (1 + np.exp(-np.dot(h, W2)))

    de = np.einsum("nchw,nchw->nc", dy, x)
    dv = de * e * (1 - e)
    dW2 = np.dot(h.T, dv)
    du = np.dot(dv, W2.T)
    du[u <= 0] = 0
    dW1 = np.dot(s.T, du)
    ds = np.dot(du, W1.T)

    dx = dy * e.reshape(N, C, 1, 1)
    dx += ds.reshape(N, C, 1, 1) / (H * W)
    return dx, dW1, dW2
