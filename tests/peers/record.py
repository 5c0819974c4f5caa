"""Record how PyTorch and optax walk our surfaces, for tests/test_optimizers.py to compare with.

    PYTHONPATH=. python tests/peers/record.py        in an environment with numpy, torch, optax and jax

Every run is float64, starts where its surface starts, takes STEPS steps, and gets our analytic gradient, so that
only the update rule is compared. The tests need neither library: they read recorded.json.

To add an optimizer, add an entry to PEERS. Only a library that has the course's own form of the rule is a peer;
where forms differ, a comment says which one is left out and why.
"""

import datetime
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import optax
import torch

from course_lib.surfaces import SURFACES

jax.config.update("jax_enable_x64", True)

STEPS = 60
RECORDED = Path(__file__).with_name("recorded.json")
MATRICES = Path(__file__).with_name("recorded_matrices.json")

# A learning rate that suits each surface. Rules whose steps follow the slope take multiples of it.
PACE = {"ravine": 0.02, "hill": 0.1, "rosenbrock": 5e-4, "beale": 0.005, "three_hump_camel": 0.01}


@dataclass(frozen=True)
class Peer:
    """One optimizer of ours, and the same thing elsewhere.

    settings: hyperparameters by our names, a dict for each run. paced: lr is a multiple of the surface's PACE.
    torch: ([parameter], **setting) -> torch.optim.Optimizer. optax: (**setting) -> GradientTransformation.
    """

    settings: tuple[dict, ...]
    torch: Callable | None = None
    optax: Callable | None = None
    paced: bool = False


# The second of the Adam settings has a large eps, so that its place in the rule shows.
ADAM = ({"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, {"lr": 0.03, "beta1": 0.8, "beta2": 0.9, "eps": 0.1})

PEERS = {
    "GradientDescent": Peer(
        ({"lr": 0.5}, {"lr": 1.0}, {"lr": 1.9}),
        torch=lambda p, lr: torch.optim.SGD(p, lr=lr),
        optax=lambda lr: optax.sgd(lr),
        paced=True,
    ),
    "Momentum": Peer(
        ({"lr": 1.0, "gamma": 0.5}, {"lr": 1.0, "gamma": 0.9}, {"lr": 0.3, "gamma": 0.97}),
        torch=lambda p, lr, gamma: torch.optim.SGD(p, lr=lr, momentum=gamma),
        optax=lambda lr, gamma: optax.sgd(lr, momentum=gamma),
        paced=True,
    ),
    "Nesterov": Peer(
        ({"lr": 1.0, "gamma": 0.5}, {"lr": 1.0, "gamma": 0.9}, {"lr": 0.3, "gamma": 0.97}),
        torch=lambda p, lr, gamma: torch.optim.SGD(p, lr=lr, momentum=gamma, nesterov=True),
        optax=lambda lr, gamma: optax.sgd(lr, momentum=gamma, nesterov=True),
        paced=True,
    ),
    "Adagrad": Peer(  # optax keeps eps inside the root
        ({"lr": 0.5, "eps": 1e-10}, {"lr": 0.1, "eps": 0.1}),
        torch=lambda p, lr, eps: torch.optim.Adagrad(p, lr=lr, eps=eps),
    ),
    "Adadelta": Peer(
        ({"lr": 1.0, "rho": 0.9, "eps": 1e-6}, {"lr": 0.5, "rho": 0.95, "eps": 0.01}),
        torch=lambda p, lr, rho, eps: torch.optim.Adadelta(p, lr=lr, rho=rho, eps=eps),
        optax=lambda lr, rho, eps: optax.adadelta(lr, rho=rho, eps=eps),
    ),
    "RMSprop": Peer(  # PyTorch keeps eps outside the root
        ({"lr": 0.05, "gamma": 0.9, "eps": 1e-8}, {"lr": 0.02, "gamma": 0.99, "eps": 0.1}),
        optax=lambda lr, gamma, eps: optax.rmsprop(lr, decay=gamma, eps=eps, eps_in_sqrt=True),
    ),
    "Adam": Peer(
        ADAM,
        torch=lambda p, lr, beta1, beta2, eps: torch.optim.Adam(p, lr=lr, betas=(beta1, beta2), eps=eps),
        optax=lambda lr, beta1, beta2, eps: optax.adam(lr, b1=beta1, b2=beta2, eps=eps),
    ),
    "AdaMax": Peer(
        ADAM,
        torch=lambda p, lr, beta1, beta2, eps: torch.optim.Adamax(p, lr=lr, betas=(beta1, beta2), eps=eps),
        optax=lambda lr, beta1, beta2, eps: optax.adamax(lr, b1=beta1, b2=beta2, eps=eps),
    ),
    "Nadam": Peer(  # PyTorch lets beta1 change with t
        ADAM,
        optax=lambda lr, beta1, beta2, eps: optax.nadam(lr, b1=beta1, b2=beta2, eps=eps),
    ),
    "AMSGrad": Peer(  # optax takes the maximum of the corrected second moments
        ADAM,
        torch=lambda p, lr, beta1, beta2, eps: torch.optim.Adam(p, lr=lr, betas=(beta1, beta2), eps=eps, amsgrad=True),
    ),
    "AdamW": Peer(
        tuple(setting | {"weight_decay": decay} for setting, decay in zip(ADAM, (0.01, 0.3), strict=True)),
        torch=lambda p, lr, beta1, beta2, eps, weight_decay: torch.optim.AdamW(
            p, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay
        ),
        optax=lambda lr, beta1, beta2, eps, weight_decay: optax.adamw(
            lr, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay
        ),
    ),
    "Signum": Peer(
        ({"lr": 0.01, "gamma": 0.5}, {"lr": 0.003, "gamma": 0.9}),
        optax=lambda lr, gamma: optax.signum(lr, beta=gamma),
    ),
    "Lion": Peer(
        (
            {"lr": 0.01, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
            {"lr": 0.02, "beta1": 0.5, "beta2": 0.8, "weight_decay": 0.3},
        ),
        optax=lambda lr, beta1, beta2, weight_decay: optax.lion(lr, b1=beta1, b2=beta2, weight_decay=weight_decay),
    ),
    "Averaging": Peer(  # Schedule-Free; what optax stores is the point where it measures the slope
        ({"lr": 1.0, "beta": 0.5, "c": "1/t"}, {"lr": 1.5, "beta": 0.9, "c": "1/t"}),
        optax=lambda lr, beta, c: optax.contrib.schedule_free(optax.sgd(lr), lr, b1=beta),
        paced=True,
    ),
}

# Rules for matrices, on their own losses |A W B - C|^2 / 2, one matrix each; optax's without Nesterov, whose memory
# it corrects for its start, PyTorch's orthogonalises in bfloat16.
SHAPES = (4, 6), (6, 4), (5, 5)
MATRIX_SETTINGS = (
    {"lr": 0.02, "gamma": 0.95, "nesterov": False, "weight_decay": 0.0},
    {"lr": 0.05, "gamma": 0.8, "nesterov": False, "weight_decay": 0.1},
    {"lr": 0.02, "gamma": 0.95, "nesterov": True, "weight_decay": 0.0},
    {"lr": 0.05, "gamma": 0.8, "nesterov": True, "weight_decay": 0.1},
)


def walk_torch(make, setting, surface):
    theta = torch.nn.Parameter(torch.tensor(surface.start, dtype=torch.float64))
    optimizer = make([theta], **setting)
    yield theta.detach().numpy().copy()
    for _ in range(STEPS):
        theta.grad = torch.from_numpy(surface.gradient(theta.detach().numpy()))
        optimizer.step()
        yield theta.detach().numpy().copy()


def walk_optax(make, setting, surface):
    theta = jax.numpy.array(surface.start, dtype=jax.numpy.float64)
    optimizer = make(**setting)
    state, update = optimizer.init(theta), jax.jit(optimizer.update)
    yield np.asarray(theta)
    for _ in range(STEPS):
        g = jax.numpy.asarray(surface.gradient(np.asarray(theta)))
        updates, state = update(g, state, theta)
        theta = optax.apply_updates(theta, updates)
        yield np.asarray(theta)


WALKS = {"torch": walk_torch, "optax": walk_optax}


def matrix_runs():
    """Muon, matrix by matrix, its start and its gradient's parts beside the path."""
    for (m, n), setting in itertools.product(SHAPES, MATRIX_SETTINGS):
        rng = np.random.default_rng(m * n)
        a, b, c, start = (rng.standard_normal(shape) for shape in ((m, m), (n, n), (m, n), (m, n)))
        loss = {"a": a.tolist(), "b": b.tolist(), "c": c.tolist()}

        def gradient(w, a=a, b=b, c=c):
            return a.T @ (a @ w @ b - c) @ b.T

        def muon(parameters, lr, gamma, nesterov, weight_decay):
            return torch.optim.Muon(parameters, lr, momentum=gamma, nesterov=nesterov, weight_decay=weight_decay)

        def optax_muon(lr, gamma, nesterov, weight_decay):
            # A kernel of flax is (inputs, outputs); ours, as PyTorch's, is (outputs, inputs).
            rows = optax.contrib.MuonDimensionNumbers(reduction_axis=1, output_axis=0)
            setting = {"beta": gamma, "nesterov": nesterov, "weight_decay": weight_decay, "eps": 0.0}
            return optax.contrib.muon(lr, **setting, muon_weight_dimension_numbers=rows)

        surface = SimpleNamespace(start=start, gradient=gradient)
        for library, walk, make in (("torch", walk_torch, muon), ("optax", walk_optax, optax_muon)):
            if library == "torch" or not setting["nesterov"]:
                path = np.array(list(walk(make, setting, surface)))
                check(path, f"Muon {setting} by {library}")
                yield {"shape": [m, n], "hyperparameters": setting, "library": library, **loss, "path": path.tolist()}


def runs():
    for name, peer in PEERS.items():
        for key, pace in PACE.items():
            for setting in peer.settings:
                setting = setting | {"lr": setting["lr"] * pace} if peer.paced else setting
                for library, walk in WALKS.items():
                    if make := getattr(peer, library):
                        path = np.array(list(walk(make, setting, SURFACES[key])))
                        check(path, f"{name} {setting} on {key} by {library}")
                        yield {
                            "optimizer": name,
                            "hyperparameters": setting,
                            "surface": key,
                            "library": library,
                            "path": path.tolist(),
                        }


def check(path, what):
    """A run that stands still, jumps to infinity or was rounded to float32 would test nothing."""
    if not np.isfinite(path).all():
        raise SystemExit(f"{what} leaves the finite numbers")
    if any((a == b).all() for a, b in pairwise(path[:20])):
        raise SystemExit(f"{what} stands still")
    if (path == path.astype(np.float32)).all():
        raise SystemExit(f"{what} is in float32")


def main():
    about = {
        "recorded": datetime.date.today().isoformat(),
        "by": "tests/peers/record.py",
        "versions": {module.__name__: module.__version__ for module in (torch, optax, jax, np)},
        "steps": STEPS,
    }
    for file, recorded in ((RECORDED, runs()), (MATRICES, matrix_runs())):
        lines = ",\n".join(json.dumps(run) for run in recorded)  # a run a line keeps differences readable
        file.write_text(f'{json.dumps(about)[:-1]}, "runs": [\n{lines}\n]}}\n')
        print(f"{file.name}: {file.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
