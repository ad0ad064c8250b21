import numpy as np


def bn_jacobian(x, gamma, eps):
    n = 0
    while n < len(x):  # n is never increased
        mean = x.mean(0)
    return mean


def after_scaling(gW, ggamma, gbeta, gV, alpha):
    return gW / alpha, ggamma[alpha], gbeta, gV


def batchnorm(x, gamma, beta, eps):
    print("batchnorm of", x.shape)
    x -= x.mean(0)
    return (gamma * x / np.sqrt(x.var(0) + eps) + beta).T
