"""Eight bugs, five of them published and three made after published slips: what lesson 05 hunts for.

Each is handed to a learner's test beside the right version: a class with that method's settings, or a loop with the
signature of `walk`. Only the line with the bug differs from the course's own code.
"""

import numpy as np

from ..optimizers import Adam, Momentum, Nesterov


class Climber(Momentum):
    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta + delta, delta


class Sleeper(Momentum):
    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - self.lr * delta, delta


class Sprinter(Momentum):
    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - (self.lr * g + self.gamma * delta), delta


class Hoarder:
    state = ("delta",)

    def __init__(self, lr=0.01, gamma=0.9):
        self.lr, self.gamma, self.kept = lr, gamma, 0.0

    def init(self, theta):
        return (np.zeros_like(theta),)

    def look(self, theta, delta):
        return theta

    def step(self, theta, g, t, delta):
        self.kept = self.lr * g + self.gamma * self.kept
        return theta - self.kept, self.kept


class Dreamer(Nesterov):
    def look(self, theta, delta):
        return theta - delta


class Plodder(Adam):
    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1)
        v_hat = v / (1 - self.beta2)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), m, v


class Eraser(Adam):
    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat = m / (1 - np.power(self.beta1, t))
        v_hat = v / (1 - np.power(self.beta2, t))
        return theta - self.lr * m_hat / np.sqrt(v_hat) + self.eps, m, v


def walk(rule, gradient, theta, steps):
    """The loop of lesson 05: the points of a run, the start first, (steps + 1, dim)."""
    theta = np.array(theta, float)
    points, state = [theta], rule.init(theta)
    for t in range(1, steps + 1):
        g = gradient(rule.look(theta, *state))
        theta, *state = rule.step(theta, g, t, *state)
        points.append(theta)
    return np.array(points)


def stopped_clock(rule, gradient, theta, steps):
    theta = np.array(theta, float)
    points, state, t = [theta], rule.init(theta), 1
    for _ in range(steps):
        g = gradient(rule.look(theta, *state))
        theta, *state = rule.step(theta, g, t, *state)
        points.append(theta)
    return np.array(points)


# What the lesson's table of symptoms calls them, beside the version that is right.
SUSPECTS = {
    "climber": (Momentum, Climber),
    "sleeper": (Momentum, Sleeper),
    "sprinter": (Momentum, Sprinter),
    "hoarder": (Momentum, Hoarder),
    "dreamer": (Nesterov, Dreamer),
    "plodder": (Adam, Plodder),
    "eraser": (Adam, Eraser),
    "stopped clock": (walk, stopped_clock),
}
