"""Adaptive methods: each coordinate's gradient is divided by a memory of its own size.

Symbols: g the gradient, g^2 its square coordinate by coordinate; s, v memories of g^2; m a memory of g; u of |g|;
eps a small number against dividing by zero. Where libraries differ, the docstring says which form this is.
"""

from dataclasses import dataclass

import numpy as np

from .base import Hyper, Optimizer


@dataclass(frozen=True, eq=False)
class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients so far: the learning rate only ever shrinks.

        s_t         = s_{t-1} + g_t^2
        theta_{t+1} = theta_t - eta * g_t / (sqrt(s_t) + eps)

    Source: Duchi, Hazan, Singer (2011), JMLR 12, section 1. PyTorch: torch.optim.Adagrad(lr=eta, eps=eps).
    optax.adagrad starts s at 0.1 and has eps inside the root.
    """

    lr: Hyper = 0.01
    eps: Hyper = 1e-10
    state = ("s",)

    def step(self, theta, g, t, s):
        s = s + g**2
        return theta - self.lr * g / (np.sqrt(s) + self.eps), s


@dataclass(frozen=True, eq=False)
class Adadelta(Optimizer):
    """Divide by the recent size of the gradient, multiply by the recent size of the steps: the units come out right.

        s_t         = rho * s_{t-1} + (1 - rho) * g_t^2
        d_t         = sqrt(x_{t-1} + eps) / sqrt(s_t + eps) * g_t
        x_t         = rho * x_{t-1} + (1 - rho) * d_t^2
        theta_{t+1} = theta_t - eta * d_t

    Source: Zeiler (2012), arXiv:1212.5701, algorithm 1 (eta = 1 there). PyTorch: torch.optim.Adadelta(lr=eta,
    rho=rho, eps=eps). optax: optax.adadelta(eta, rho=rho, eps=eps).
    """

    lr: Hyper = 1.0
    rho: Hyper = 0.9
    eps: Hyper = 1e-6
    state = ("s", "x")

    def step(self, theta, g, t, s, x):
        s = self.rho * s + (1 - self.rho) * g**2
        d = np.sqrt(x + self.eps) / np.sqrt(s + self.eps) * g
        x = self.rho * x + (1 - self.rho) * d**2
        return theta - self.lr * d, s, x


@dataclass(frozen=True, eq=False)
class RMSprop(Optimizer):
    """Divide by the root of a running mean of the squared gradient: Adagrad that forgets.

        s_t         = gamma * s_{t-1} + (1 - gamma) * g_t^2
        theta_{t+1} = theta_t - eta * g_t / sqrt(s_t + eps)

    Source: Hinton (2012), Coursera lecture 6e; eps inside the root: Ruder (2016), section 4.5, and the deck.
    optax: optax.rmsprop(eta, decay=gamma, eps=eps). PyTorch's torch.optim.RMSprop(lr=eta, alpha=gamma, eps=eps) adds
    eps outside the root.
    """

    lr: Hyper = 0.001
    gamma: Hyper = 0.9
    eps: Hyper = 1e-8
    state = ("s",)

    def step(self, theta, g, t, s):
        s = self.gamma * s + (1 - self.gamma) * g**2
        return theta - self.lr * g / np.sqrt(s + self.eps), s


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    """Momentum over RMSprop, both averages corrected for their start at zero.

        m_t         = beta1 * m_{t-1} + (1 - beta1) * g_t            m-hat = m_t / (1 - beta1^t)
        v_t         = beta2 * v_{t-1} + (1 - beta2) * g_t^2          v-hat = v_t / (1 - beta2^t)
        theta_{t+1} = theta_t - eta * m-hat / (sqrt(v-hat) + eps)

    Source: Kingma, Ba (2015), algorithm 1; the deck calls beta1 gamma and beta2 beta. PyTorch: torch.optim.Adam(lr=eta,
    betas=(beta1, beta2), eps=eps). optax: optax.adam(eta, b1=beta1, b2=beta2, eps=eps).
    """

    lr: Hyper = 0.001
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    state = ("m", "v")

    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat = m / (1 - np.power(self.beta1, t))
        v_hat = v / (1 - np.power(self.beta2, t))
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), m, v


@dataclass(frozen=True, eq=False)
class AdaMax(Optimizer):
    """Adam that divides by the largest recent gradient instead of a root of mean squares.

        m_t         = beta1 * m_{t-1} + (1 - beta1) * g_t
        u_t         = max(beta2 * u_{t-1}, |g_t| + eps)
        theta_{t+1} = theta_t - eta / (1 - beta1^t) * m_t / u_t

    Source: Kingma, Ba (2015), algorithm 2, which has no eps. PyTorch: torch.optim.Adamax(lr=eta, betas=(beta1, beta2),
    eps=eps). optax: optax.adamax(eta, b1=beta1, b2=beta2, eps=eps).
    """

    lr: Hyper = 0.002
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    state = ("m", "u")

    def step(self, theta, g, t, m, u):
        m = self.beta1 * m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * u, np.abs(g) + self.eps)
        return theta - self.lr / (1 - np.power(self.beta1, t)) * m / u, m, u


@dataclass(frozen=True, eq=False)
class Nadam(Optimizer):
    """Adam with Nesterov's look-ahead, written at the look-ahead point: the next m is used with this gradient.

        m_t         = beta1 * m_{t-1} + (1 - beta1) * g_t
        v_t         = beta2 * v_{t-1} + (1 - beta2) * g_t^2          v-hat = v_t / (1 - beta2^t)
        m-hat       = beta1 * m_t / (1 - beta1^(t+1)) + (1 - beta1) * g_t / (1 - beta1^t)
        theta_{t+1} = theta_t - eta * m-hat / (sqrt(v-hat) + eps)

    Source: Dozat (2016), algorithm 2 with a constant beta1. optax: optax.nadam(eta, b1=beta1, b2=beta2, eps=eps).
    torch.optim.NAdam has a schedule for beta1 in it, and walks another path.
    """

    lr: Hyper = 0.002
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    state = ("m", "v")

    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_next = self.beta1 * m / (1 - np.power(self.beta1, t + 1))
        m_hat = m_next + (1 - self.beta1) * g / (1 - np.power(self.beta1, t))
        v_hat = v / (1 - np.power(self.beta2, t))
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), m, v


@dataclass(frozen=True, eq=False)
class AMSGrad(Optimizer):
    """Adam whose divisor never falls: it keeps the largest v so far.

        m_t         = beta1 * m_{t-1} + (1 - beta1) * g_t            m-hat = m_t / (1 - beta1^t)
        v_t         = beta2 * v_{t-1} + (1 - beta2) * g_t^2
        w_t         = max(w_{t-1}, v_t)                              w-hat = w_t / (1 - beta2^t)
        theta_{t+1} = theta_t - eta * m-hat / (sqrt(w-hat) + eps)

    Source: Reddi, Kale, Kumar (2018), algorithm 2, which corrects no bias. PyTorch: torch.optim.Adam(lr=eta,
    betas=(beta1, beta2), eps=eps, amsgrad=True). optax.amsgrad takes the maximum of the corrected v: another path.
    """

    lr: Hyper = 0.001
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    state = ("m", "v", "w")

    def step(self, theta, g, t, m, v, w):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        w = np.maximum(w, v)
        m_hat = m / (1 - np.power(self.beta1, t))
        w_hat = w / (1 - np.power(self.beta2, t))
        return theta - self.lr * m_hat / (np.sqrt(w_hat) + self.eps), m, v, w


@dataclass(frozen=True, eq=False)
class AdamW(Optimizer):
    """Adam with weight decay beside the gradient, not inside it: every weight shrinks by the same share a step.

        m_t         = beta1 * m_{t-1} + (1 - beta1) * g_t            m-hat = m_t / (1 - beta1^t)
        v_t         = beta2 * v_{t-1} + (1 - beta2) * g_t^2          v-hat = v_t / (1 - beta2^t)
        theta_{t+1} = (1 - eta * lambda) * theta_t - eta * m-hat / (sqrt(v-hat) + eps)

    lambda is weight_decay. Source: Loshchilov, Hutter (2019), algorithm 2, whose lambda is eta * lambda here, as it is
    in the libraries. PyTorch: torch.optim.AdamW(lr=eta, betas=(beta1, beta2), eps=eps, weight_decay=lambda).
    optax: optax.adamw(eta, b1=beta1, b2=beta2, eps=eps, weight_decay=lambda).
    """

    lr: Hyper = 0.001
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.01
    state = ("m", "v")

    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat = m / (1 - np.power(self.beta1, t))
        v_hat = v / (1 - np.power(self.beta2, t))
        decayed = (1 - self.lr * self.weight_decay) * theta
        return decayed - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), m, v
