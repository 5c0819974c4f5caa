"""Training on the digits against scikit-learn's MLPClassifier and an eager PyTorch loop.

Processor time, one thread, in one process. The same network (64-64-10, relu, softmax), minibatches of 64, momentum 0.9
with learning rate 0.1, float32 on both sides, the same 1347 images. "30 epochs" is a whole training, from the arrays to
the test accuracy. Ours measures loss and accuracy on all images at the start and at the end, and after every epoch
where the row says so; scikit-learn adds up its minibatch losses, PyTorch measures nothing on the way. Before the clock
starts, the test accuracies, averaged over ten seeds, must agree within half a point. "To 97 %" trains until the
accuracy on the 450 test images, measured after every epoch, is 97 % or more, seed after seed: the number of epochs is
luck as well.
"""

import warnings
from functools import cache, partial
from importlib.util import find_spec
from itertools import cycle

import numpy as np

from course_lib.data import digits
from course_lib.networks import Network
from course_lib.optimizers import Momentum
from course_lib.training import train

from .timing import Row, Unavailable

PACKAGES = ("torch", "scikit-learn")
EPOCHS, BATCH, HIDDEN, LR, GAMMA = 30, 64, 64, 0.1, 0.9
AN_EPOCH, SEEDS, HALF_A_POINT = 22, range(10), 0.005
DIGITS = digits(np.float32)
NETWORK = Network((64, HIDDEN, 10))
ENOUGH, AT_MOST = 0.97, 60  # test accuracy; epochs
WHY = "a record measures loss and accuracy on all 1797 images, which the peers do not"


def ours(seed=0, epochs=EPOCHS, every=None):
    options = {"batch": BATCH, "seed": seed, "dtype": np.float32, "every": every or epochs * AN_EPOCH}
    return train(Momentum(LR, GAMMA), NETWORK, DIGITS, epochs=epochs, **options).test_accuracy


def whole(seed=0):
    return ours(seed)[-1]


def recording(seed=0):
    return ours(seed, every=AN_EPOCH)[-1]


def enough(seed):
    """Trains until it is good enough; how long that is was found out before, since `train` has no early end."""
    return ours(seed, epochs_enough(seed), every=AN_EPOCH)[-1]


@cache
def epochs_enough(seed):
    return reached(ours(seed, AT_MOST, every=AN_EPOCH))


def reached(accuracies):
    """How many epochs it took; accuracies: the start first."""
    for epoch, accuracy in enumerate(accuracies):
        if accuracy >= ENOUGH:
            return epoch
    raise Unavailable(f"a run did not come to {ENOUGH:.0%} in {AT_MOST} epochs")


# The peers


def sklearn_network(seed, epochs=EPOCHS):
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (HIDDEN,),
        solver="sgd",
        alpha=0,
        batch_size=BATCH,
        learning_rate_init=LR,
        momentum=GAMMA,
        nesterovs_momentum=False,
        max_iter=epochs,
        tol=0,
        n_iter_no_change=epochs,
        random_state=seed,
    )


def scikit_learn(seed=0):
    from sklearn.exceptions import ConvergenceWarning

    network = sklearn_network(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is to stop after so many epochs
        network.fit(DIGITS.inputs, DIGITS.targets)
    return network.score(DIGITS.test_inputs, DIGITS.test_targets)


def scikit_learn_enough(seed):
    network = sklearn_network(seed)

    def epochs():
        yield 0
        while True:
            network.partial_fit(DIGITS.inputs, DIGITS.targets, classes=range(10))
            yield network.score(DIGITS.test_inputs, DIGITS.test_targets)

    return reached_by(epochs())


def pytorch_epochs(seed):
    """The test accuracy, measured when it is asked for, after each epoch, without end; the start first."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    network = torch.nn.Sequential(torch.nn.Linear(64, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=LR, momentum=GAMMA)
    loss = torch.nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(DIGITS.inputs), torch.from_numpy(DIGITS.targets)

    def accuracy():
        with torch.no_grad():
            guesses = network(torch.from_numpy(DIGITS.test_inputs)).argmax(dim=1).numpy()
        return (guesses == DIGITS.test_targets).mean()

    while True:
        yield accuracy
        for part in torch.randperm(len(inputs)).split(BATCH):
            optimizer.zero_grad()
            loss(network(inputs[part]), targets[part]).backward()
            optimizer.step()


def pytorch(seed=0):
    for epoch, accuracy in enumerate(pytorch_epochs(seed)):
        if epoch == EPOCHS:
            return accuracy()


def pytorch_enough(seed):
    return reached_by(accuracy() for accuracy in pytorch_epochs(seed))


def reached_by(accuracies):
    return reached(accuracy for accuracy, _ in zip(accuracies, range(AT_MOST + 1), strict=False))


PEERS = {
    "scikit-learn": ("sklearn", scikit_learn, scikit_learn_enough, 2.5),
    "PyTorch": ("torch", pytorch, pytorch_enough, 3),
}


def rows():
    found = False
    for name, (package, peer, peer_enough, goal) in PEERS.items():
        if not find_spec(package):
            print(f"NOT MEASURED: training against {name}, which is not installed here.\n")
            continue
        found = True
        agree(name, peer)
        row = partial(Row, peer_name=name, goal=goal, why=WHY)
        yield row("30 epochs", ours=alone(whole), peer=alone(peer), same=0.02)
        yield row("30 epochs, a record after each", ours=alone(recording), peer=alone(peer), same=0.02)
        for seed in SEEDS:
            epochs_enough(seed)
        yield row("to 97 %", ours=seeded(enough), peer=seeded(peer_enough), same=None, goal=None)
    if not found:
        raise Unavailable("Neither scikit-learn nor PyTorch is installed here.")


def agree(name, peer):
    mine, theirs = (np.mean([job(seed) for seed in SEEDS]) for job in (whole, peer))
    if abs(mine - theirs) > HALF_A_POINT:
        raise ValueError(f"test accuracy {mine:.2%} here, {theirs:.2%} with {name}: not the same job")


def alone(job):
    """A row's job, whose answers stand in a tuple."""
    return lambda: (job(),)


def seeded(job):
    """A row's job that has the next seed at each call."""
    seeds = cycle(SEEDS)
    return lambda: job(next(seeds))
