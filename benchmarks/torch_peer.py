"""The jobs as a user of PyTorch would write them, on one thread."""

import numpy as np


def torch():
    import torch

    torch.set_num_threads(1)
    return torch


def optimizer(name, theta, lr):
    optim = torch().optim
    if name == "Adam":
        return optim.Adam([theta], lr=lr)
    return optim.SGD([theta], lr=lr, momentum=0.9, nesterov=name == "Nesterov")


def trajectory(name, land, lr, steps, derived=False):
    """The path and its loss; the gradient is analytic, or derived by autograd."""
    library = torch()
    theta = library.tensor(land.start, dtype=library.float64, requires_grad=derived)
    rule, path = optimizer(name, theta, lr), [theta.detach().clone()]
    for _ in range(steps):
        if derived:
            rule.zero_grad()
            land.value(theta).backward()
        else:
            theta.grad = library.stack(land.slopes(*theta))
        rule.step()
        path.append(theta.detach().clone())
    path = library.stack(path)
    return path.numpy(), land.value(path.T).numpy()


def loop(lrs, gammas, start, curvature, steps):
    """The final loss for every learning rate and momentum, one run after the other."""
    library = torch()
    losses = np.empty((len(lrs), len(gammas)))
    curvature = library.tensor(curvature, dtype=library.float64)
    for i, j in np.ndindex(losses.shape):
        theta = library.tensor(start, dtype=library.float64)
        rule = library.optim.SGD([theta], lr=float(lrs[i]), momentum=float(gammas[j]))
        for _ in range(steps):
            theta.grad = curvature * theta
            rule.step()
        losses[i, j] = (curvature * theta**2).sum() / 2
    return (losses,)


def batched(lrs, gammas, start, curvature, steps):
    """All runs at once, as tensors (2, lrs, gammas), in place; torch.optim takes one learning rate only."""
    library = torch()
    lr, gamma = library.tensor(lrs)[:, None], library.tensor(gammas)
    curvature = library.tensor(curvature, dtype=library.float64)[:, None, None]
    theta = library.tensor(start, dtype=library.float64)[:, None, None].repeat(1, len(lrs), len(gammas))
    pull, delta = lr * curvature, library.zeros_like(theta)
    for _ in range(steps):
        delta.mul_(gamma).addcmul_(pull, theta)
        theta.sub_(delta)
    return ((curvature * theta**2).sum(dim=0).numpy() / 2,)
