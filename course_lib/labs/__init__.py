"""The live figures of the lessons, one file a lab: the figure, its sliders, and the computation that fills it."""

from importlib import import_module

LABS = {  # a function NAME in NAME_lab.py each
    "hill": "a walker and a heavy ball on one hill",
    "averages": "a leaky memory fed with slopes",
    "trap": "the hill in two dimensions: three valleys, one of them deep",
    "ravine": "gradient descent, momentum and Nesterov in one ravine",
    "regimes": "what a learning rate and a momentum do to one direction",
    "step": "inside one update: gradient arrow, momentum arrow, their sum, with and without looking ahead",
    "race": "any optimizers on any surface, what is held equal, or one set by hand; your own class, too",
    "rosetta": "one momentum run in seven libraries: the settings, and what tells them apart",
    "effective_rates": "what an adaptive method multiplies each coordinate's slope with, step by step, beside Adagrad",
    "heatmap": "where a fixed number of steps ends, over learning rate and memory",
    "lower_bound": "the worst function for all methods that see gradients, and the line none of them crosses",
    "noise": "the jitter round the minimum of a noisy parabola, measured and by the formula",
    "sharpness": "the largest curvature of a network: which learning rate is too large, and where training ends",
    "forget": "a ball that forgets its last step where that leads uphill, beside one that keeps it",
    "counterexample": "a convex function on which the tuned heavy ball goes round for ever",
    "microscope": "Adam's step with and without its correction, RMSprop's first one with epsilon in two places",
    "rotation": "one ravine turned: who notices that its directions are no longer those of the axes",
    "training": "a small network learns, for every learning rate and momentum, played epoch by epoch",
    "fair_race": "three published races, as they were shipped and with the same chance for all",
    "schedules": "a learning rate and a momentum that change on the way, and the noisy run they give",
    "batch": "steps against the batch size: gradient descent, momentum and averaged places, each tuned for it",
    "look": "a walker, the average of its places, and where between the two the slope is measured",
    "balls": "the steepest step under a norm, and steps of its kind in a ravine",
    "facts": "a matrix learns eight facts, turned: who notices other rows and columns, who other coordinates",
}
globals().update({name: getattr(import_module(f".{name}_lab", __name__), name) for name in LABS})
__all__ = list(LABS)
