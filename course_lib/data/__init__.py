"""Data to learn from: the digits, shipped with the package, and small sets drawn by a seeded generator.

    digits()       1797 handwritten digits of 8 x 8 pixels                        ten classes
    spirals()      arms that wind around one another in the plane                 two classes
    moons()        two half circles that reach into each other                    two classes

Inputs are (n, features), targets class numbers (n,) or values (n,). Every set comes with test samples of its own. The
same arguments give the same numbers.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..arguments import floating, whole

DIGITS = Path(__file__).with_name("digits.npz")
TRAINING = 1347  # digits to learn from; the other 450 are for the test


@dataclass(frozen=True, eq=False)
class Data:
    """Samples to learn from and samples to be tested on: inputs (n, features), targets (n,); where they come from."""

    inputs: np.ndarray
    targets: np.ndarray
    test_inputs: np.ndarray
    test_targets: np.ndarray
    name: str
    source: str

    @property
    def features(self) -> int:
        """Numbers in one input."""
        return self.inputs.shape[1]

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where the targets are values."""
        return 0 if self.targets.dtype.kind == "f" else int(self.targets.max()) + 1

    def validation(self) -> "Data":
        """The training samples alone, the last quarter of them in the test's place: to choose settings by.

        What chooses must not judge, so the test samples are left for the end.
        """
        kept = len(self.inputs) - round(len(self.inputs) / 4)
        parts = self.inputs[:kept], self.targets[:kept], self.inputs[kept:], self.targets[kept:]
        return Data(*parts, f"{self.name}, split for validation", self.source)

    def __repr__(self):
        kind = f"{self.classes} classes" if self.classes else "values"
        samples = f"{len(self.inputs)} samples and {len(self.test_inputs)} for the test"
        return f"Data {self.name!r}: {samples}, {self.features} feature(s), {kind}"


def digits(dtype=float) -> Data:
    """Handwritten digits, 1347 to learn from and 450 for the test; the 64 grey values of an image, from 0 to 1.

    Row by row: inputs[0].reshape(8, 8) is the first image. The order was mixed once and is stored: the split is fixed.
    dtype: float64 or float32.
    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository,
    CC BY 4.0; the 1797 images that scikit-learn ships.
    """
    with np.load(DIGITS) as stored:
        inputs = stored["images"].reshape(-1, 64).astype(floating(dtype)) / 16
        targets = stored["labels"].astype(int)
    return Data(
        inputs[:TRAINING],
        targets[:TRAINING],
        inputs[TRAINING:],
        targets[TRAINING:],
        "digits",
        "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI; CC BY 4.0",
    )


def spirals(n=300, noise=0.2, seed=0) -> Data:
    """n points on two arms that wind around the origin, one arm a class, and n // 2 points more for the test.

        (x, y) = r (sin a, cos a)        a = pi class + 4 r + noise * normal        0.1 < r < 1

    Source: made for this course, after the spirals of Karpathy's CS231n notes.
    """

    def draw(rng, count):
        targets = np.arange(count) % 2
        r = rng.uniform(0.1, 1.0, count)
        angle = np.pi * targets + 4 * r + noise * rng.standard_normal(count)
        return np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1), targets

    return _drawn("spirals", draw, n, noise, seed)


def moons(n=300, noise=0.2, seed=0) -> Data:
    """n points on two half circles that reach into each other, blurred by noise, and n // 2 points more for the test.

        upper moon  (cos a, sin a)        lower moon  (1 - cos a, 1/2 - sin a)        0 < a < pi

    Source: the shape of scikit-learn's make_moons; noise is the standard deviation in each direction.
    """

    def draw(rng, count):
        targets = np.arange(count) % 2
        angle = rng.uniform(0, np.pi, count)
        upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        points = np.where(targets[:, None] == 0, upper, [1, 0.5] - upper)
        return points + noise * rng.standard_normal((count, 2)), targets

    return _drawn("moons", draw, n, noise, seed)


def _drawn(name, draw, n, noise, seed):
    n = whole("n", n, least=2)
    if np.ndim(noise) or not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise is {noise!r}: it must be a finite number, 0 or more")
    rng = np.random.default_rng(whole("seed", seed, least=0))
    return Data(*draw(rng, n), *draw(rng, n // 2), name, "made for this course")
