"""The oracle of gradients: autograd in float64 through an author's forward pass.

The only module of ours that imports torch, and only when it is called.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.student.signature import Signature


def gradients(
    signature: Signature,
    forward: Callable[..., Any],
    inputs: dict[str, Any],
    shapes: dict[str, tuple[int, ...]],
) -> tuple[Any, ...]:
    """The signature's outputs, by autograd.

    Outputs named `d<parameter>` or `g<parameter>` are gradients with respect to the forward's
    positional parameter; other outputs are what the forward returns, in order. Inputs that the
    forward does not take are the upstream gradients of what it returns.

    Args:
        inputs: per input its value; floating arrays in float64.
        shapes: per output its shape, for parameters that only their gradient names (a bias).
    """
    import torch

    tensors, plain = _arguments(forward, inputs, shapes)
    returned = forward(**tensors, **plain)
    values = list(returned) if isinstance(returned, tuple | list) else [returned]
    left = [inputs[v.name] for v in signature.inputs if v.name not in {**tensors, **plain}]
    upstream = [torch.as_tensor(np.asarray(g), dtype=torch.float64) for g in left]
    if upstream:
        differentiated, seeds = (
            values[: len(upstream)],
            [g.reshape(v.shape) for g, v in zip(upstream, values, strict=False)],
        )
    else:
        differentiated, seeds = values[:1], [torch.ones_like(values[0])]
    found = torch.autograd.grad(
        differentiated, list(tensors.values()), seeds, allow_unused=True, materialize_grads=True
    )
    by_parameter = dict(zip(tensors, found, strict=True))
    plain_values = iter(values)
    return tuple(
        by_parameter[v.name[1:]] if _is_gradient(v.name, by_parameter) else next(plain_values)
        for v in signature.outputs
    )


def _is_gradient(output: str, parameters: dict[str, Any]) -> bool:
    return output[0] in "dg" and output[1:] in parameters


def _arguments(
    forward: Callable[..., Any], inputs: dict[str, Any], shapes: dict[str, tuple[int, ...]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The forward's tensors that require gradients, and its keyword-only arguments as they are."""
    import torch

    tensors, plain = {}, {}
    for name, parameter in inspect.signature(forward).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            if name not in inputs:
                continue  # fixed by the author, in a special case
            value = inputs[name]
            plain[name] = torch.as_tensor(value) if isinstance(value, np.ndarray) else value
        elif name in inputs:
            tensor = torch.as_tensor(np.asarray(inputs[name]), dtype=torch.float64).clone()
            tensors[name] = tensor.requires_grad_()
        else:
            shape = shapes.get(f"d{name}", shapes.get(f"g{name}", ()))
            generator = torch.Generator().manual_seed(0)
            tensor = torch.randn(shape, generator=generator, dtype=torch.float64)
            tensors[name] = tensor.requires_grad_()
    return tensors, plain
