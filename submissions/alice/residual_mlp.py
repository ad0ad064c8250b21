import numpy as np


def activate(name, z):
    """The activation and its derivative."""
    if name == "tanh":
        return np.tanh(z), 1 - np.tanh(z) ** 2
    if name == "relu":
        return np.where(z > 0, z, 0.0), (z > 0).astype(float)
    s = 1 / (1 + np.exp(-z))
    return s, s * (1 - s)


def residual_backward(dout, a, W1, b1, W2, b2, act):
    a1, slope1 = activate(act, np.dot(a, W1) + b1)
    z2 = np.dot(a1, W2) + b2
    a2, slope3 = activate(act, z2 + a)

    # dL/da = dL/da2 * Act'(z3) * (1 + w2 * Act'(z1) * w1)
    dz3 = dout * slope3
    dz1 = np.dot(dz3, W2) * slope1
    da = dz3 + np.dot(dz1, W1)

    dW2, db2 = np.dot(a1.T, dz3), np.sum(dz3, axis=0)
    dW1, db1 = np.dot(a.T, dz1), np.sum(dz1, axis=0)
    return da, dW1, db1, dW2, db2


def gradient_norm(dout, x, W1, W2, skip):
    """Natural logarithm of the norm of the gradient at x."""
    inputs = []
    for l in range(len(W1)):
        z1 = np.dot(x, W1[l])
        z3 = np.dot(np.tanh(z1), W2[l]) + (x if skip else 0)
        inputs.append((z1, z3))
        x = np.tanh(z3)

    for l in reversed(range(len(W1))):
        z1, z3 = inputs[l]
        dz3 = dout * (1 - np.tanh(z3) ** 2)
        dz1 = np.dot(dz3, W2[l].T) * (1 - np.tanh(z1) ** 2)
        dout = np.dot(dz1, W1[l].T) + (dz3 if skip else 0)
    return np.log(np.sqrt((dout**2).sum()))
