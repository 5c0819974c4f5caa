"""The data sets: the same numbers on every machine, the digits as published, and what is refused."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib import data

DRAWN = [data.spirals, data.moons]
SETS = [data.digits, *DRAWN]
NAMES = "inputs", "targets", "test_inputs", "test_targets"

# SHA-256 of the numbers, drawn ones rounded to 9 digits: libraries of mathematics differ in the last one.
CHECKSUMS = {
    "digits": "44cef4e381eaccad",
    "spirals": "3632e216cd9930cd",
    "moons": "71cad944b6b15691",
}


def checksum(found):
    digest = hashlib.sha256()
    for name in NAMES:
        digest.update(np.ascontiguousarray((getattr(found, name) + 0.0).round(9) + 0.0, "<f8").tobytes())
    return digest.hexdigest()[:16]


@pytest.mark.parametrize("make", SETS, ids=lambda make: make.__name__)
def test_the_numbers_are_those_of_every_machine(make):
    assert checksum(make()) == CHECKSUMS[make.__name__]


@pytest.mark.parametrize("make", SETS, ids=lambda make: make.__name__)
def test_every_set_is_whole(make):
    found = make()
    assert found.inputs.shape == (len(found.targets), found.features)
    assert found.test_inputs.shape == (len(found.test_targets), found.features)
    assert all(np.isfinite(getattr(found, name)).all() for name in NAMES)
    assert found.name and found.source
    if found.classes:
        assert set(found.targets.tolist()) == set(found.test_targets.tolist()) == set(range(found.classes))


def test_digits_in_float32_on_request():
    found, exact = data.digits(np.float32), data.digits()
    assert found.inputs.dtype == found.test_inputs.dtype == np.float32
    assert exact.inputs.dtype == np.float64
    np.testing.assert_array_equal(found.inputs, exact.inputs.astype(np.float32))
    assert found.targets.dtype == exact.targets.dtype


def test_the_digits_are_those_of_the_source():
    # counts of UCI's file optdigits.names for its test part, and the first known properties of the images
    digits = data.digits()
    labels = np.concatenate([digits.targets, digits.test_targets])
    np.testing.assert_array_equal(np.bincount(labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    assert (len(digits.inputs), len(digits.test_inputs), digits.features) == (1347, 450, 64)
    pixels = np.concatenate([digits.inputs, digits.test_inputs]) * 16
    assert (pixels.min(), pixels.max()) == (0, 16)
    np.testing.assert_array_equal(pixels, pixels.round())


def test_a_digit_looks_like_its_number():
    digits = data.digits()
    means = np.array([digits.inputs[digits.targets == k].mean(axis=0) for k in range(10)])
    nearest = ((digits.test_inputs[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == digits.test_targets).mean() > 0.85


def test_no_test_digit_is_also_learned_from():
    digits = data.digits()
    learned = {image.tobytes() for image in digits.inputs}
    assert not any(image.tobytes() in learned for image in digits.test_inputs)


def test_licence_and_source_stand_beside_the_digits():
    text = data.DIGITS.with_name("LICENSE.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text
    assert "Alpaydin" in text and "Alpaydin" in data.digits().source


def test_the_digits_need_numpy_only():
    script = (
        "import sys, course_lib.data as data; data.digits(); "
        "print(*({name.partition('.')[0] for name in sys.modules} & {'sklearn', 'scipy', 'matplotlib', 'joblib'}))"
    )
    root = Path(data.__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


@pytest.mark.parametrize("make", DRAWN, ids=lambda make: make.__name__)
def test_seeds_and_sizes_are_obeyed(make):
    np.testing.assert_array_equal(make(seed=1).inputs, make(seed=1).inputs)
    assert (make(seed=1).inputs != make(seed=2).inputs).all()
    found = make(n=60)
    assert (len(found.inputs), len(found.test_inputs)) == (60, 30)


def test_spirals_without_noise_lie_on_their_arms():
    found = data.spirals(90, noise=0)
    r = np.hypot(*found.inputs.T)
    angle = np.arctan2(*found.inputs.T) - 4 * r - np.pi * found.targets
    np.testing.assert_allclose(np.cos(angle), 1)


def test_moons_without_noise_are_half_circles():
    (x, y), targets = data.moons(noise=0).inputs.T, data.moons(noise=0).targets
    upper = targets == 0
    np.testing.assert_allclose(np.hypot(x[upper], y[upper]), 1)
    np.testing.assert_allclose(np.hypot(x[~upper] - 1, y[~upper] - 0.5), 1)
    assert (y[upper] >= 0).all() and (y[~upper] <= 0.5).all()


def test_a_set_says_what_it_is():
    assert repr(data.digits()) == "Data 'digits': 1347 samples and 450 for the test, 64 feature(s), 10 classes"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: data.spirals(n=0), "n is 0: it must be a whole number, at least 2"),
        (lambda: data.moons(n=2.5), "n is 2.5: it must be a whole number"),
        (lambda: data.moons(noise=-1), "noise is -1: it must be a finite number, 0 or more"),
        (lambda: data.moons(noise=np.nan), "noise is nan: it must be a finite number"),
        (lambda: data.moons(seed=-1), "seed is -1: it must be a whole number, at least 0"),
        (lambda: data.digits(int), "dtype is .*int.*: it must be float64 or float32"),
    ],
)
def test_what_makes_no_set_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_validation_samples_come_from_the_training_samples_alone():
    whole, split = data.digits(), data.digits().validation()
    np.testing.assert_array_equal(np.concatenate([split.inputs, split.test_inputs]), whole.inputs)
    np.testing.assert_array_equal(np.concatenate([split.targets, split.test_targets]), whole.targets)
    assert len(split.test_inputs) == round(0.25 * len(whole.inputs))
