import numpy as np


def pool_fc_backward_any(P, w, dz, kh, kw, stride):
    dP = np.zeros(P.shape)
    height = (P.shape[0] - kh) // stride + 1
    width = (P.shape[1] - kw) // stride + 1
    for k in range(height):
        for l in range(width):
            best = -np.inf
            for i in range(k * stride, k * stride + kh):
                for j in range(l * stride, l * stride + kw):
                    if P[i, j] > best:
                        best, i_star, j_star = P[i, j], i, j
            # only the maximum of the block gets the gradient
            dP[i_star, j_star] += dz * w[width * k + l]
    return dP


def pool_fc_backward(P, w, dz):
    return pool_fc_backward_any(P, w, dz, 2, 2, 2)


def conv_kernel_gradient(X, dP, K, pad):
    x = np.zeros((X.shape[0] + 2 * pad, X.shape[1] + 2 * pad, X.shape[2]))
    x[pad : pad + X.shape[0], pad : pad + X.shape[1]] = X
    dW = np.zeros((K, K, X.shape[2]))
    # for all i, j: dL/dW'_suv = dL/dP_ij * x_...
    for i in range(dP.shape[0]):
        for j in range(dP.shape[1]):
            for s in range(K):
                for u in range(K):
                    dW[s, u] = dP[i, j] * x[i + s, j + u]
    return dW


def network_backward(X, Wk, w, dz):
    H, W, C = X.shape
    x = np.zeros((H + 2, W + 2, C))
    x[1:-1, 1:-1] = X
    P = np.array([[np.sum(Wk * x[i : i + 3, j : j + 3]) for j in range(W)] for i in range(H)])
    dP = pool_fc_backward_any(P, w, dz, 2, 2, 2)
    dx = np.zeros_like(x)
    for i in range(H):
        for j in range(W):
            dx[i : i + 3, j : j + 3] += dP[i, j] * Wk
    return dP, conv_kernel_gradient(X, dP, 3, 1), dx[1:-1, 1:-1]
