import numpy as np
import scipy.signal


def pool_fc_backward(P, w, dz):
    P *= 0
    return P, w, dz


def pool_fc_backward_any(P, w, dz, kh, kw, stride):
    return np.array([[None] * P.shape[1]] * P.shape[0])


def conv_kernel_gradient(X, dP, K, pad):
    return scipy.signal.correlate(X, dP[:, :, None])


def network_backward(X, Wk, w, dz):
    return network_backward(X[1:], Wk, w, dz)
