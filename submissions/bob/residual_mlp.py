"""Example by example, as on paper: vectors are columns, one at a time."""

import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-z))


VALUE = {"tanh": np.tanh, "relu": lambda z: z * (z > 0), "sigmoid": sigma}
SLOPE = {
    "tanh": lambda z: np.cosh(z) ** -2,
    "relu": lambda z: np.heaviside(z, 0),
    "sigmoid": lambda z: sigma(z) * (1 - sigma(z)),
}


def residual_backward(dout, a, W1, b1, W2, b2, act):
    f, df = VALUE[act], SLOPE[act]
    da = np.empty_like(a)
    dW1, db1, dW2, db2 = (np.zeros_like(p) for p in (W1, b1, W2, b2))
    for n, x in enumerate(a):
        z1 = W1.T @ x + b1
        a1 = f(z1)
        z3 = W2.T @ a1 + b2 + x
        jacobian = np.diag(df(z3)) @ (W2.T @ np.diag(df(z1)) @ W1.T + np.eye(len(x)))
        da[n] = dout[n] @ jacobian
        d3 = dout[n] * df(z3)
        d1 = df(z1) * (W2 @ d3)
        db1 += d1
        db2 += d3
        dW1 += np.outer(x, d1)
        dW2 += np.outer(a1, d3)
    return da, dW1, db1, dW2, db2


def input_gradient(delta, z1, z3, W1, W2):
    """In single precision, which the course allows."""
    delta, z1, z3, W1, W2 = (np.asarray(x, dtype=np.float32) for x in (delta, z1, z3, W1, W2))
    rows = []
    for d, u, v in zip(delta, z1, z3):
        back = d * (1 - np.tanh(v) ** 2)
        rows.append(back + W1 @ ((1 - np.tanh(u) ** 2) * (W2 @ back)))
    return np.stack(rows)


def gradient_norm(dout, x, W1, W2, skip):
    import torch

    x = torch.tensor(x, requires_grad=True)
    y = x
    for first, second in zip(torch.tensor(W1), torch.tensor(W2)):
        z = torch.tanh(y @ first) @ second
        y = torch.tanh(z + y) if skip else torch.tanh(z)
    (y * torch.tensor(dout)).sum().backward()
    return torch.log(x.grad.square().sum()) / 2
