import numpy as np
import torch


def bn_jacobian(x, gamma, eps):
    """One unit vector at a time, through the forward-mode rule."""
    n, c = x.shape
    sd = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / sd
    columns = []
    for m in range(n):
        dx = np.zeros((n, c))
        dx[m] = 1.0
        centred = dx - dx.mean(axis=0)
        columns.append(gamma / sd * (centred - xhat * (xhat * centred).mean(axis=0)))
    return np.transpose(np.array(columns), (2, 1, 0))


def after_scaling(gW, ggamma, gbeta, gV, alpha):
    factor = np.float32(1) / np.float32(alpha)
    return gW.astype(np.float32) * factor, ggamma, gbeta, gV


def batchnorm(x, gamma, beta, eps):
    t = torch.from_numpy(x).transpose(0, 1).flatten(1)
    mean = t.mean(1, keepdim=True)
    var = ((t - mean) ** 2).mean(1, keepdim=True)
    y = (t - mean) / torch.sqrt(var + eps)
    y = torch.from_numpy(gamma)[:, None] * y + torch.from_numpy(beta)[:, None]
    swapped = [x.shape[1], x.shape[0], *x.shape[2:]]
    return y.reshape(swapped).transpose(0, 1)
