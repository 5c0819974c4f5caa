"""The training lab: what it plays is what `train` does, its line runs between the classes, its rings are true."""

import numpy as np
import pytest

from course_lib.labs import training_lab as lab
from course_lib.optimizers import Momentum, Nesterov
from course_lib.training import train

RATES = np.geomspace(*lab.RATES)


def cell(rate, gamma, **kernel):
    return lab.compute(np.array([[RATES[rate]]]), np.array([[lab.GAMMAS[gamma]]]), **kernel)


@pytest.mark.parametrize(("data", "method", "rule"), [("moons", "momentum", Momentum), ("moons", "Nesterov", Nesterov)])
def test_each_cell_is_a_training_of_its_own(data, method, rule):
    task = lab.TASKS[data]
    alone = train(rule(RATES[5], lab.GAMMAS[4]), task.network, task.data, epochs=task.epochs, batch=task.batch, seed=1)
    lines = cell(5, 4, data=data, method=method, seed=1).lines
    np.testing.assert_allclose(lines["loss.training"][1].ravel(), alone.loss, rtol=1e-6)
    np.testing.assert_allclose(lines["accuracy.test"][1].ravel(), alone.test_accuracy)


@pytest.mark.parametrize("data", ["spirals", "moons"])
def test_on_the_line_both_classes_are_equally_likely(data):
    task, answer = lab.TASKS[data], cell(6, 5, data=data)
    x, y = (side.ravel()[-lab.POINTS :] for side in answer.lines["border"])
    points = np.column_stack([x, y])[np.isfinite(x)]
    theta = lab.trained(data, "momentum", 0).history.thetas[-1][:, 6, 5]
    assert len(points) > 20
    assert np.abs(task.network.outputs(theta, points)[:, 0] - 0.5).max() < 0.2


@pytest.mark.parametrize("data", ["moons", "digits"])
@pytest.mark.parametrize("epoch", [0, 5])
def test_the_rings_stand_where_the_network_errs(data, epoch):
    task = lab.TASKS[data]
    count = len(task.places)
    x, y = (side.ravel()[epoch * count : (epoch + 1) * count] for side in cell(6, 5, data=data).lines["wrong"])
    theta = lab.trained(data, "momentum", 0).history.thetas[epoch][:, 6, 5]
    wrong = task.network.predict(theta, task.data.test_inputs[:count]) != task.data.test_targets[:count]
    assert wrong.any()
    np.testing.assert_array_equal(np.isfinite(x), wrong)
    np.testing.assert_allclose(np.column_stack([x, y])[wrong], task.places[wrong])


def test_the_digits_have_no_line_in_the_plane():
    assert "border" not in cell(6, 5, data="digits").lines


def test_the_words_tell_success_failure_and_the_goal():
    assert "95% right first after epoch" in cell(6, 5).words["test"].item()
    assert "95% right not reached" in cell(0, 0).words["test"].item()
    assert cell(0, 0).words["score"].item() == ""
    assert int(cell(6, 5).words["score"].item()) < int(cell(6, 0).words["score"].item())


def test_equal_effective_steps_learn_alike_and_gamma_alone_does_not():
    """The claim of the lesson: at the same learning rate momentum is faster, at the same effective step it is not."""
    loss = {k: cell(*k, data="digits").lines["loss.training"][1].ravel()[-1] for k in [(8, 0), (4, 5), (4, 0)]}
    assert RATES[8] == pytest.approx(RATES[4] / (1 - lab.GAMMAS[5]))
    assert loss[4, 5] < loss[4, 0] / 3
    assert 0.5 < loss[4, 5] / loss[8, 0] < 2


@pytest.mark.parametrize("pieces", [[], [np.array([[0.0, 0], [3, 4]])], [np.array([[0.0, 0], [1, 0]])] * 12])
def test_a_line_in_pieces_has_always_as_many_points(pieces):
    line = lab.one_line(pieces)
    assert line.shape == (2, lab.POINTS)
    if len(pieces) == 1:
        seen = line[:, np.isfinite(line[0])]
        np.testing.assert_allclose(seen[:, [0, -1]].T, pieces[0])
    else:
        assert np.isnan(line[:, -1]).all()
