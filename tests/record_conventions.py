"""Record what PyTorch, Keras and optax themselves do, for test_conventions.py; run by hand, with the three installed.

    pip install torch==2.13.0 keras==3.15.1 optax==0.2.8 && python tests/record_conventions.py

A ravine J = (x^2 + 25 y^2) / 2 from (-4, 2) in float64; 8 steps at lr 0.02 and momentum 0.9, then 4 at lr 0.002.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax.numpy as jnp
import keras
import numpy as np
import optax
import torch

CURVATURE, START = np.array([1.0, 25.0]), [-4.0, 2.0]
LR, MOMENTUM, RATES = 0.02, 0.9, [0.02] * 8 + [0.002] * 4


def torch_path(**settings):
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=LR, momentum=MOMENTUM, **settings)
    for lr in RATES:
        optimizer.param_groups[0]["lr"] = lr
        theta.grad = torch.tensor(CURVATURE) * theta.detach()
        optimizer.step()
        yield theta.tolist()


def keras_path(**settings):
    theta = keras.Variable(np.array(START), dtype="float64")
    optimizer = keras.optimizers.SGD(learning_rate=LR, momentum=MOMENTUM, **settings)
    for lr in RATES:
        optimizer.learning_rate = lr
        optimizer.apply([torch.tensor(CURVATURE) * theta.value.detach()], [theta])
        yield theta.numpy().tolist()


def optax_path(rule):
    theta = jnp.array(START)
    optimizer = optax.chain(rule, optax.scale_by_learning_rate(lambda count: jnp.array(RATES)[count]))
    state = optimizer.init(theta)
    for _ in RATES:
        updates, state = optimizer.update(CURVATURE * theta, state)
        theta = optax.apply_updates(theta, updates)
        yield theta.tolist()


RUNS = {
    "torch": torch_path(),
    "torch dampening=0.5": torch_path(dampening=0.5),
    "torch nesterov": torch_path(nesterov=True),
    "keras": keras_path(),
    "keras nesterov": keras_path(nesterov=True),
    "optax": optax_path(optax.trace(MOMENTUM)),
    "optax nesterov": optax_path(optax.trace(MOMENTUM, nesterov=True)),
}

if __name__ == "__main__":
    versions = {library.__name__: library.__version__.split("+")[0] for library in (torch, keras, optax)}
    paths = {name: list(path) for name, path in RUNS.items()}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in {"versions": versions, **paths}.items()]
    Path(__file__).with_name("recorded_conventions.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
