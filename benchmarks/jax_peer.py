"""The jobs as a user of optax and JAX would write them, in float64 on the processor."""

from functools import cache

import numpy as np


@cache
def libraries():
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    return jax, optax


def optimizer(name, lr):
    _, optax = libraries()
    return optax.adam(lr) if name == "Adam" else optax.sgd(lr, momentum=0.9, nesterov=name == "Nesterov")


def begun(name, land, lr):
    """The start, and a function (theta, state) -> the next."""
    jax, optax = libraries()
    rule = optimizer(name, lr)

    def step(theta, state):
        updates, state = rule.update(jax.numpy.stack(land.slopes(*theta)), state)
        return optax.apply_updates(theta, updates), state

    theta = jax.numpy.array(land.start)
    return theta, rule.init(theta), step


@cache
def compiled_step(name, land, lr):
    theta, state, step = begun(name, land, lr)
    return theta, state, libraries()[0].jit(step)


def stepwise(name, land, lr, steps):
    """One compiled step after the other; the path is gathered at the end."""
    theta, state, step = compiled_step(name, land, lr)
    path = [theta]
    for _ in range(steps):
        theta, state = step(theta, state)
        path.append(theta)
    path = np.array([np.asarray(point) for point in path])
    return path, land.value(path.T)


def whole_run(name, land, lr, steps):
    """A compiled function start -> path and loss."""
    jax, _ = libraries()
    theta, state, step = begun(name, land, lr)

    def run(theta):
        def turn(carry, _):
            carry = step(*carry)
            return carry, carry[0]

        _, path = jax.lax.scan(turn, (theta, state), length=steps)
        path = jax.numpy.concatenate([theta[None], path])
        return path, land.value(path.T)

    return jax.jit(run).lower(theta).compile()


KNOWN = {}


def scanned(name, land, lr, steps, anew=False):
    """The whole run compiled; anew: the compilation included."""
    if anew or (name, land, lr) not in KNOWN:
        KNOWN[name, land, lr] = whole_run(name, land, lr, steps)
    return tuple(map(np.asarray, KNOWN[name, land, lr](np.array(land.start))))


def whole_sweep(lrs, gammas, start, curvature, steps):
    """A compiled function lrs, gammas -> the final losses (lrs, gammas)."""
    jax, optax = libraries()
    start, curvature = jax.numpy.array(start), jax.numpy.array(curvature)

    def run(lr, gamma):
        rule = optax.sgd(lr, momentum=gamma)

        def turn(carry, _):
            theta, state = carry
            updates, state = rule.update(curvature * theta, state)
            return (optax.apply_updates(theta, updates), state), None

        (theta, _), _ = jax.lax.scan(turn, (start, rule.init(start)), length=steps)
        return (curvature * theta**2).sum() / 2

    grid = jax.vmap(jax.vmap(run, (None, 0)), (0, None))
    return jax.jit(grid).lower(lrs, gammas).compile()


SWEEPS = {}


def swept(lrs, gammas, start, curvature, steps, draws=1, anew=False):
    """The final losses, `draws` times; anew: the compilation included."""
    if anew or steps not in SWEEPS:
        SWEEPS[steps] = whole_sweep(lrs, gammas, start, curvature, steps)
    for _ in range(draws):
        losses = np.asarray(SWEEPS[steps](lrs, gammas))
    return (losses,)
