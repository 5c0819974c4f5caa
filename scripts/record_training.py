"""Record the longer trainings that lessons 05 and 07 show, in course_lib/training/recorded.json.

python -m scripts.record_training [NAME ...]     of STUDIES, all when none
"""

import json
import math
import sys
from dataclasses import replace
from functools import partial

import numpy as np

from course_lib import data
from course_lib.conventions import Averaged
from course_lib.curvature import largest_curvature
from course_lib.networks import Network
from course_lib.optimizers import Adagrad, Adam, Averaging, GradientDescent, Momentum, Nesterov, RMSprop
from course_lib.training import cosine, coursera, scheduled, train, tune, warm_up
from course_lib.training.records import PATH

# -- the published table

TABLE = {
    "gradient descent, 0.0007": GradientDescent(lr=0.0007),
    "averaged momentum, 0.0007": Averaged(lr=0.0007, beta=0.9),
    "the deck's momentum, 0.0007": Momentum(lr=0.0007, gamma=0.9),
    "gradient descent, 0.007": GradientDescent(lr=0.007),
    "Adam, 0.0007": Adam(lr=0.0007),
}


def table(epochs=10_000, every=500):
    """What each method of the published table has reached: {name: [[epoch, share read correctly, loss], ...]}."""
    return {name: coursera.right(rule, epochs, every) for name, rule in TABLE.items()}


# -- the race on the digits, each with 12 tries

NETWORK, EPOCHS = Network((64, 32, 10)), 10
SEARCHED, JUDGED = range(5), range(100, 120)  # seeds of start and order
FINE, COARSE = np.geomspace(0.03, 3, 12), np.geomspace(0.03, 1, 4)
RACE = {
    "gradient descent": (GradientDescent, {"lr": FINE}),
    "Adagrad": (Adagrad, {"lr": FINE / 10}),
    "RMSprop": (RMSprop, {"lr": COARSE / 30, "gamma": [0.9, 0.99, 0.999]}),
    "momentum": (Momentum, {"lr": COARSE, "gamma": [0.5, 0.9, 0.97]}),
    "Nesterov": (Nesterov, {"lr": COARSE, "gamma": [0.5, 0.9, 0.97]}),
    "Adam": (Adam, {"lr": COARSE / 12, "beta1": [0.5, 0.9, 0.97]}),
}


def race(names=tuple(RACE), searched=SEARCHED, judged=JUDGED):
    """Each method's tries on the validation images, the best of them, and its runs on the test images."""
    held_out, found = data.digits().validation(), {}
    for name in names:
        rule, settings = RACE[name]
        tried = tune(rule, settings, NETWORK, held_out, seeds=searched, epochs=EPOCHS, every=10**6)
        best = tried.best("test_loss")
        chosen = {key: best[key] for key in settings}
        found[name] = {
            "tries": [[setting[key] for key in settings] + [setting["test_loss"]] for setting in tried.settings()],
            "chosen": chosen,
            "runs": [judge(rule(**chosen), seed) for seed in judged],
        }
    return found


def judge(rule, seed, network=NETWORK):
    """[loss on the images it learned from, loss and share of errors on the test images] of one run."""
    run = train(rule, network, judging(), epochs=EPOCHS, seed=seed, every=10**6)
    return [float(run.loss[-1]), float(run.test_loss[-1]), float(1 - run.test_accuracy[-1])]


def judging():
    """The images that settings were chosen on, without those held out, and the test images."""
    digits = data.digits()
    return replace(digits.validation(), test_inputs=digits.test_inputs, test_targets=digits.test_targets)


def steps_of(epochs, batch, images):
    """How many minibatches so many epochs have."""
    return epochs * math.ceil(images / batch)


# -- the same on a larger network, memories of 0.9, the same number of learning rates for each

LARGER = Network((64, 256, 128, 10))
TRIES = {
    "gradient descent": (GradientDescent, np.geomspace(0.03, 3, 10)),
    "momentum": (Momentum, np.geomspace(0.01, 1, 10)),
    "Nesterov": (Nesterov, np.geomspace(0.01, 1, 10)),
    "Adam": (Adam, np.geomspace(0.0003, 0.03, 10)),
}


def larger(searched=range(3), judged=range(100, 110)):
    """Each method's learning rate, chosen on the validation images, and its runs on the test images."""
    held_out, found = data.digits().validation(), {}
    for name, (rule, rates) in TRIES.items():
        tried = tune(rule, {"lr": rates}, LARGER, held_out, seeds=searched, epochs=EPOCHS, every=10**6, jobs=1)
        lr = tried.best("test_loss")["lr"]
        found[name] = {"lr": lr, "runs": [judge(rule(lr=lr), seed, LARGER) for seed in judged]}
    return found


# -- batch sizes: steps until the loss on all training images is below GOAL

GOAL = 0.1
RATES = np.geomspace(0.01, 3.2, 9)
SIZES = {4: (1500, 30), 16: (800, 16), 64: (400, 5), 256: (200, 4), 1010: (150, 5)}  # steps at most, between two looks
BOTH = {"gradient descent": GradientDescent, "momentum": partial(Momentum, gamma=0.9)}


def batches(sizes=tuple(SIZES), orders=range(10, 14)):
    """For each method and batch size: the best of RATES on three starts, and the steps it takes on twenty others."""
    return {name: {size: judged(make, RATES, size, orders) for size in sizes} for name, make in BOTH.items()}


WINDOWS = 0.3, 0.1, 0.03  # shares c of the newest place in the average


def places(sizes=tuple(SIZES), orders=range(10, 14)):
    """The same for averaged places, whose window is tuned, too, and for Schedule-Free, which bears longer steps."""
    found = {"averaged places": {}, "Schedule-Free": {}}
    for size in sizes:
        tried = {c: judged(partial(Averaging.places, c=c), RATES, size, orders) for c in WINDOWS}
        c = min(tried, key=lambda c: tried[c]["searched"])
        found["averaged places"][size] = {"c": c, **tried[c]}
        found["Schedule-Free"][size] = judged(Averaging.schedule_free, 10 * RATES, size, orders)
    return found


def judged(make, rates, size, orders):
    """The best of these rates by the median of three starts, that median, and the steps on five starts an order."""
    middle = np.median(steps_to_goal(make(lr=rates[:, None]), size, range(3), order=0), axis=1)
    lr = rates[np.argmin(middle)]
    runs = [steps_to_goal(make(lr=lr), size, range(5 * order, 5 * order + 5), order) for order in orders]
    return {"lr": float(lr), "searched": float(middle.min()), "steps": np.concatenate(runs).tolist()}


def steps_to_goal(rule, size, starts, order):
    """The first look at which the loss is below GOAL, (*rates, starts); inf where it is not."""
    held_out, (most, every) = data.digits().validation(), SIZES[size]
    theta = NETWORK.init(seed=starts)
    theta = theta.reshape(len(theta), *(1 for _ in rule.sweep[:-1]), -1) + np.zeros((1, *rule.sweep))
    epochs = math.ceil(most / steps_of(1, size, len(held_out.inputs)))
    run = train(rule, NETWORK, held_out, epochs=epochs, batch=size, theta=theta, seed=order, every=every)
    there = run.loss < GOAL
    return np.where(there.any(axis=0), run.steps[there.argmax(axis=0)], np.inf)


# -- the largest learning rate a trained network bears, as a share of the limit of a bowl as steep

EDGE_NETWORK, SHARES = Network((64, 64, 10)), np.array([0.9, 1.0, 1.1, 1.2, 1.3])
LIMITS = {Momentum: 2 + 2 * 0.9, Nesterov: (2 + 2 * 0.9) / (1 + 2 * 0.9)}


def edge(seeds=range(5), shares=SHARES, steps=200):
    """How many times its first loss a run reaches in so many steps, by method, seed and share of the limit."""
    digits = data.digits()

    def gradient(theta):
        return EDGE_NETWORK.gradient(theta, digits.inputs, digits.targets)

    found = {rule.__name__: [] for rule in LIMITS}
    for seed in seeds:
        start = train(Momentum(lr=0.1), EDGE_NETWORK, digits, epochs=100, batch=None, every=100, seed=seed).theta
        steepest = largest_curvature(gradient, start).value
        for rule, limit in LIMITS.items():
            run = train(
                rule(lr=shares * limit / steepest), EDGE_NETWORK, digits, epochs=steps, batch=None, every=1, theta=start
            )
            found[rule.__name__].append((run.loss.max(axis=0) / run.loss[0]).tolist())
    return found


# -- one run of Schedule-Free against a cosine for each length

LENGTHS = (3, 10, 30)  # epochs
WIDE, A_MINIBATCH = Network((64, 64, 10)), 64
COSINE_RATES, FREE_RATES = np.geomspace(0.03, 1, 9), np.geomspace(0.3, 10, 9)


def free(lr, steps):
    return Averaging.schedule_free(lr)


def falling(lr, steps):
    return scheduled(Momentum, lr=cosine(lr, steps), gamma=0.9)


def anytime(lengths=LENGTHS, orders=range(10, 14)):
    """Momentum with a cosine and a learning rate for each length; Schedule-Free with one, chosen at the middle length.

    A rate is chosen by the loss on the validation images, three starts; twenty other runs meet the test images.
    """
    chosen = {length: best_rate(falling, COSINE_RATES, length) for length in lengths}
    one = best_rate(free, FREE_RATES, lengths[len(lengths) // 2])
    found = {"cosine": {}, "Schedule-Free": {}}
    for length in lengths:
        found["cosine"][length] = ends(falling, chosen[length], length, orders)
        found["Schedule-Free"][length] = ends(free, one, length, orders)
    return found


def best_rate(make, rates, epochs):
    held_out = data.digits().validation()
    steps = steps_of(epochs, A_MINIBATCH, len(held_out.inputs))
    theta = WIDE.init(seed=range(3))[:, None] + np.zeros((1, len(rates), 1))
    run = train(make(rates[:, None], steps), WIDE, held_out, epochs=epochs, batch=A_MINIBATCH, theta=theta, every=steps)
    return float(rates[np.nanargmin(run.test_loss[-1].mean(axis=-1))])


def ends(make, lr, epochs, orders):
    """Loss on the training images and share of errors on the test images, of five starts an order."""
    samples = judging()
    steps = steps_of(epochs, A_MINIBATCH, len(samples.inputs))
    runs = [
        train(make(lr, steps), WIDE, samples, epochs=epochs, batch=A_MINIBATCH, every=steps, seed=order,
              theta=WIDE.init(seed=range(5 * order, 5 * order + 5)))
        for order in orders
    ]  # fmt: skip
    return {
        "lr": lr,
        "loss": np.concatenate([run.loss[-1] for run in runs]).tolist(),
        "errors": np.concatenate([1 - run.test_accuracy[-1] for run in runs]).tolist(),
    }


# -- a constant learning rate, a cosine, and a warm-up before it, far more runs than the lesson makes

MOVING = {
    "constant": lambda lr, steps: lr,
    "cosine": cosine,
    "warm-up, cosine": lambda lr, steps: warm_up(cosine(lr, steps), 32),
}
PEAKS = 0.2, 0.4


def schedules(seeds=range(100, 300)):
    """How many of the 450 test images each run gets wrong after ten epochs: {"constant, 0.2": [a number a seed]}."""
    samples, found = judging(), {}
    steps = steps_of(EPOCHS, A_MINIBATCH, len(samples.inputs))
    for name, schedule in MOVING.items():
        for peak in PEAKS:
            rule = scheduled(Momentum, lr=schedule(peak, steps), gamma=0.9)
            right = [
                train(rule, WIDE, samples, epochs=EPOCHS, every=steps, seed=seed).test_accuracy[-1] for seed in seeds
            ]
            found[f"{name}, {peak}"] = [round(len(samples.test_inputs) * (1 - float(share))) for share in right]
    return found


STUDIES = {
    "coursera": table,
    "race": race,
    "larger": larger,
    "batches": batches,
    "edge": edge,
    "places": places,
    "anytime": anytime,
    "schedules": schedules,
}


def main(names):
    known = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    for name in names or STUDIES:
        known[name] = STUDIES[name]()
        PATH.write_text(json.dumps(known) + "\n", encoding="utf-8")
        print(f"{name}: recorded")


if __name__ == "__main__":
    main(sys.argv[1:])
