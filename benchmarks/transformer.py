"""Does memory pay when a network is trained on text? A transformer and a plain network, with and without it.

    python -m benchmarks.transformer [--minutes 60]     about an hour on two cores; --table prints what there is
    python -m benchmarks.transformer --ship             puts the finished arms into course_lib/training/recorded.json

In the environment of `make bench` (it needs torch). Resumable: every finished run is written to the results at once,
and a second call goes on. The rules are the course's own classes, run by the course's own loop; torch computes the
gradients only.

Networks: a character transformer (2 pre-norm blocks, width 64, 4 heads, context 32, untied head), and its twin, a
plain network (the last 16 characters, two hidden layers of 192, ReLU) that predicts the same characters of the same
windows. Text: the top-level .py files of this Python's standard library, split by file into training, validation and
test. Arms: 4 or 64 windows a step, 400 or 1600 steps, all four. Learning rates: linear warm-up over 5 % of the steps,
then linear to zero, for all; no clipping, no decay. Rates from the grid 10^(k/3): each rule and arm starts at a guess
and tries the untried point nearest to its best, until both neighbours of the best are tried.
Muon has a second rate, for the Adam of all that is no hidden matrix: it starts at Adam's own, and moves in the same
way. Seed 0 chooses, by validation loss; what is reported are the fresh seeds 1 to 5 at its choice. At a seed, all rules
of an arm start at the same weights and see the same windows. The test text is read at the end of a run, for no choice.
"""

import argparse
import hashlib
import json
import math
import multiprocessing
import os
import platform
import sys
import sysconfig
import time
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from course_lib.descent import iterates
from course_lib.optimizers import Adam, GradientDescent, Momentum, Muon
from course_lib.training import records

RESULTS = Path(__file__).with_name("transformer.json")
CONTEXT, LETTERS, WIDTH, HEADS, BLOCKS, BACK, HIDDEN = 32, 97, 64, 4, 2, 16, 192
WINDOW = BACK + CONTEXT  # the plain network needs letters before the first one it predicts from
ARMS = ((64, 400), (4, 400), (4, 1600), (64, 1600))
FRESH, MOST = (1, 2, 3, 4, 5), 9

# name: (rate -> optimizer, first guess k); the second rate is for what Muon leaves to Adam
RULES = {
    "gradient descent": (lambda lr, rest, shapes: GradientDescent(lr), 0),
    "momentum": (lambda lr, rest, shapes: Momentum(lr, 0.9), -3),
    "Adam without memory": (lambda lr, rest, shapes: Adam(lr, 0.0, 0.95), -7),
    "Adam": (lambda lr, rest, shapes: Adam(lr, 0.9, 0.95), -6),
    "Muon without memory": (lambda lr, rest, shapes: Muon(lr, 0.0, shapes, rest=Adam(rest, 0.9, 0.95)), -5),
    "Muon": (lambda lr, rest, shapes: Muon(lr, 0.95, shapes, rest=Adam(rest, 0.9, 0.95)), -5),
}


def letters(data: bytes) -> torch.Tensor:
    """Bytes as numbers: 1 a newline, 2 to 96 the printable ASCII letters, 0 anything else."""
    table = torch.zeros(256, dtype=torch.long)
    table[torch.tensor([10, *range(32, 127)])] = torch.arange(1, 97)
    return table[torch.frombuffer(bytearray(data), dtype=torch.uint8).long()]


def library_text():
    """The standard library, split by a hash of each file's name, and what it was made of."""
    parts, digest = {"training": [], "validation": [], "test": []}, hashlib.sha256()
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        digest.update(path.read_bytes())
        bucket = int(hashlib.sha256(path.name.encode()).hexdigest(), 16) % 10
        parts["validation" if bucket == 0 else "test" if bucket == 1 else "training"].append(letters(path.read_bytes()))
    about = {part: {"files": len(texts), "letters": sum(map(len, texts))} for part, texts in parts.items()}
    return {part: torch.cat(texts) for part, texts in parts.items()}, {"sha256": digest.hexdigest(), **about}


def windows(text, starts):
    """(windows, WINDOW + 1) letters from each start on."""
    return text[starts[:, None] + torch.arange(WINDOW + 1)]


class Transformer:
    """Predicts each letter of a window from the CONTEXT letters before it at most."""

    matrices = ((WIDTH, WIDTH),) * 4 * BLOCKS + ((4 * WIDTH, WIDTH),) * BLOCKS + ((WIDTH, 4 * WIDTH),) * BLOCKS
    others = ((LETTERS, WIDTH), (CONTEXT, WIDTH), (LETTERS, WIDTH), *((WIDTH,),) * (2 * BLOCKS + 1))

    def start(self, generator):
        """Spread 1 / sqrt(inputs), of embeddings 0.1; what adds to the stream is halved; gains are 1."""
        spreads = [(0.5 if k % 4 == 3 else 1.0) * WIDTH**-0.5 for k in range(4 * BLOCKS)]
        spreads += [WIDTH**-0.5] * BLOCKS + [0.5 * (4 * WIDTH) ** -0.5] * BLOCKS + [0.1, 0.1, WIDTH**-0.5]
        drawn = zip(self.matrices + self.others, spreads, strict=False)
        weights = [torch.randn(shape, generator=generator) * spread for shape, spread in drawn]
        return weights + [torch.ones(WIDTH)] * (2 * BLOCKS + 1)

    def loss(self, weights, batch):
        batch = batch[:, BACK:]
        n, (up, down) = len(batch), (weights[4 * BLOCKS :], weights[5 * BLOCKS :])
        embedding, place, head, *gains = weights[6 * BLOCKS :]
        stream = F.embedding(batch[:, :-1], embedding) + place
        for block in range(BLOCKS):
            inner = F.layer_norm(stream, (WIDTH,), gains[2 * block])
            *asks, out = weights[4 * block : 4 * block + 4]
            q, k, v = (F.linear(inner, w).view(n, CONTEXT, HEADS, -1).transpose(1, 2) for w in asks)
            seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
            stream = stream + F.linear(seen.reshape(n, CONTEXT, WIDTH), out)
            inner = F.layer_norm(stream, (WIDTH,), gains[2 * block + 1])
            stream = stream + F.linear(F.gelu(F.linear(inner, up[block])), down[block])
        scores = F.linear(F.layer_norm(stream, (WIDTH,), gains[-1]), head)
        return F.cross_entropy(scores.reshape(-1, LETTERS), batch[:, 1:].reshape(-1))


class Plain:
    """Predicts the same letters, each from the BACK letters before it."""

    matrices = ((HIDDEN, BACK * BACK), (HIDDEN, HIDDEN))
    others = ((LETTERS, BACK), (LETTERS, HIDDEN), (HIDDEN,), (HIDDEN,), (LETTERS,))

    def start(self, generator):
        spreads = (2**0.5 / BACK, (2 / HIDDEN) ** 0.5, 1.0, HIDDEN**-0.5)
        drawn = zip(self.matrices + self.others, spreads, strict=False)
        weights = [torch.randn(shape, generator=generator) * spread for shape, spread in drawn]
        return weights + [torch.zeros(shape) for shape in self.others[2:]]

    def loss(self, weights, batch):
        first, second, embedding, head, b1, b2, b3 = weights
        before = batch[:, 1:-1].unfold(1, BACK, 1)  # (windows, CONTEXT, BACK)
        hidden = F.relu(F.linear(F.embedding(before, embedding).flatten(2), first, b1))
        scores = F.linear(F.relu(F.linear(hidden, second, b2)), head, b3)
        return F.cross_entropy(scores.reshape(-1, LETTERS), batch[:, BACK + 1 :].reshape(-1))


NETWORKS = {"transformer": Transformer(), "plain network": Plain()}


class Training:
    """One network on one text: its gradient as the course's loop wants it, a function of one flat vector."""

    def __init__(self, network, text, batch, seed):
        self.network, self.text, self.batch = network, text, batch
        weights = network.start(torch.Generator().manual_seed(1000 + seed))
        self.draws = torch.Generator().manual_seed(seed)
        self.theta = torch.cat([w.flatten() for w in weights])
        self.slope = torch.zeros_like(self.theta)
        self.weights, done = [], 0
        for shape in map(torch.Size, network.matrices + network.others):
            part = slice(done, done + shape.numel())
            leaf = self.theta[part].view(shape).requires_grad_()
            leaf.grad = self.slope[part].view(shape)
            self.weights.append(leaf)
            done += shape.numel()

    def gradient(self, theta):
        self.place(theta)
        self.slope.zero_()
        starts = torch.randint(len(self.text["training"]) - WINDOW, (self.batch,), generator=self.draws)
        self.network.loss(self.weights, windows(self.text["training"], starts)).backward()
        return self.slope.numpy()

    def loss(self, theta, part, count=512):
        """Of `count` windows evenly spaced over a part of the text."""
        self.place(theta)
        starts = torch.linspace(0, len(self.text[part]) - WINDOW - 1, count).long()
        with torch.no_grad():
            return self.network.loss(self.weights, windows(self.text[part], starts)).item()

    def place(self, theta):
        self.theta.detach().numpy()[:] = theta


def train(text, network, rule, batch, steps, k, rest, seed):
    """One run, as it is stored: validation loss at ten marks, at the end, and of the test text."""
    began = time.perf_counter()
    net = NETWORKS[network]
    run = Training(net, text, batch, seed)
    warm, make = steps // 20, RULES[rule][0]

    def schedule(t):
        share = min(t / warm, (steps + 1 - t) / (steps + 1 - warm))
        return make(share * 10 ** (k / 3), share * 10 ** (rest / 3), net.matrices)

    curve, marks = [], {round(steps * part / 10) for part in range(1, 11)}
    points = enumerate(islice(iterates(schedule, run.gradient, run.theta.detach().numpy().copy()), steps + 1))
    for t, theta in points:
        if t in marks:
            curve.append(run.loss(theta, "validation"))
            if not curve[-1] < 20:
                break
    alive = len(curve) == len(marks) and curve[-1] < 20
    return {
        "network": network, "rule": rule, "batch": batch, "steps": steps, "k": k, "rest": rest, "seed": seed,
        "validation": round(curve[-1], 5) if alive else None,
        "test": round(run.loss(theta, "test"), 5) if alive else None,
        "curve": [round(loss, 4) if loss < 20 else None for loss in curve],
        "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip


class Study:
    """The results file: what is in it is not run again."""

    def __init__(self, lock, deadline, text):
        self.lock, self.deadline, self.text = lock, deadline, text

    def run(self, *key):
        names = "network", "rule", "batch", "steps", "k", "rest", "seed"
        for found in json.loads(RESULTS.read_text())["runs"]:
            if tuple(found[name] for name in names) == key:
                return found
        if time.time() > self.deadline:
            raise TimeoutError
        found = train(self.text, *key)
        with self.lock:
            whole = json.loads(RESULTS.read_text())
            if any(tuple(run[name] for name in names) == key for run in whole["runs"]):
                return found  # the other worker was here meanwhile
            store(whole["about"], [*whole["runs"], found])
        return found

    def choose(self, network, rule, batch, steps, guess, rest):
        """The best k and second rate by seed 0: one after the other, starting from the guess."""
        tried = {}

        def loss(k, r):
            if (k, r) not in tried:
                value = self.run(network, rule, batch, steps, k, r, 0)["validation"]
                tried[k, r] = math.inf if value is None else value
            return tried[k, r]

        k = nearest_best(lambda k: loss(k, rest), guess)
        if rule.startswith("Muon"):
            rest = nearest_best(lambda r: loss(k, r), rest)
            k = nearest_best(lambda k: loss(k, rest), k)
        return k, rest


def nearest_best(loss, guess):
    """The whole number with the least loss: the untried one nearest to the best is tried, until both its sides are."""
    found = {guess: loss(guess)}
    while len(found) < MOST:
        best = min(found, key=found.get)
        if math.isinf(found[best]):
            found[min(found) - 2] = loss(min(found) - 2)
            continue
        if best - 1 in found and best + 1 in found:
            break
        k = min((k for k in range(best - MOST, best + MOST) if k not in found), key=lambda k: (abs(k - best), -k))
        found[k] = loss(k)
    return min(found, key=found.get)


def store(about, runs):
    """One run a line, put in place at once."""
    fresh = RESULTS.with_suffix(".new")
    lines = ",\n".join(json.dumps(run) for run in runs)
    fresh.write_text(f'{{"about": {json.dumps(about)},\n"runs": [\n{lines}\n]}}\n')
    os.replace(fresh, RESULTS)


def arm(job):
    """Choose the rates of one rule in one arm, then run the fresh seeds at them. Returns a line to print."""
    network, rule, batch, steps = job
    name = f"{network}, {rule}, {batch} windows, {steps} steps"
    try:
        guess = RULES[rule][1] - (1 if batch == 4 and not rule.startswith(("Adam", "Muon")) else 0)
        rest = 0
        if rule.startswith("Muon"):
            rest, _ = STUDY.choose(network, "Adam", batch, steps, RULES["Adam"][1], 0)
        k, rest = STUDY.choose(network, rule, batch, steps, guess, rest)
        ends = [STUDY.run(network, rule, batch, steps, k, rest, seed)["validation"] for seed in FRESH]
        return f"{name}: rate {10 ** (k / 3):.2g}, {ends}"
    except TimeoutError:
        return f"{name}: out of time"


def jobs():
    """The arms of the transformer, the cheap ones first, then those of its twin."""
    return [(network, rule, *size) for network in NETWORKS for size in ARMS for rule in RULES]


def finished(runs):
    """The arms of which all fresh seeds were run, at the chosen rates; a loss is None where a run was lost."""
    found = {}
    for run in runs:
        if run["seed"] in FRESH:
            found.setdefault(
                tuple(run[name] for name in ("network", "batch", "steps", "rule", "k", "rest")), []
            ).append(run)
    for (network, batch, steps, rule, k, rest), own in sorted(found.items()):
        own = sorted(own, key=lambda run: run["seed"])
        if [run["seed"] for run in own] == list(FRESH):
            rates = {"lr": 10 ** (k / 3)} | ({"rest": 10 ** (rest / 3)} if rule.startswith("Muon") else {})
            losses = {part: [run[part] for run in own] for part in ("validation", "test")}
            yield {"network": network, "batch": batch, "steps": steps, "rule": rule, **rates, **losses}


def table():
    for arm in finished(json.loads(RESULTS.read_text())["runs"]):
        ends = arm["validation"]
        mean = math.nan if None in ends else np.mean(ends)
        print(f"{arm['network']:13} {arm['batch']:3} x {arm['steps']:4} {arm['rule']:20} {mean:.3f}  {ends}")


def ship():
    """What lesson 07 shows: the finished arms, and how many runs the study has so far, in how many minutes.

    The minutes are those of the runs by the clock, two at a time, and more on a machine that others use, too.
    """
    whole = json.loads(RESULTS.read_text())
    spent = {"runs": len(whole["runs"]), "minutes": round(sum(run["seconds"] for run in whole["runs"]) / 60)}
    shipped = json.loads(records.PATH.read_text(encoding="utf-8"))
    shipped["transformer"] = {
        "about": whole["about"] | {"seeds": FRESH} | spent,
        "arms": list(finished(whole["runs"])),
    }
    records.PATH.write_text(json.dumps(shipped) + "\n", encoding="utf-8")


def ready(lock, deadline):
    global STUDY
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    STUDY = Study(lock, deadline, library_text()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--ship", action="store_true")
    args = parser.parse_args()
    if args.table:
        return table()
    if args.ship:
        return ship()
    if not RESULTS.exists():
        versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
        sizes = {name: sum(map(math.prod, net.matrices + net.others)) for name, net in NETWORKS.items()}
        store({**versions, "text": library_text()[1], "parameters": sizes}, [])
    context = multiprocessing.get_context("spawn")
    deadline = time.time() + 60 * args.minutes
    with context.Pool(2, ready, (context.Lock(), deadline)) as pool:
        for line in pool.imap_unordered(arm, jobs()):
            print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
