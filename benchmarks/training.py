"""Training on the digits against scikit-learn's MLPClassifier and an eager PyTorch loop; one thread, in one process.

The same network (64-64-10, relu, softmax), minibatches of 64, momentum 0.9 with learning rate 0.1, float32 on both
sides, 30 epochs of the same 1347 images. A row's time is that of a whole training, from the arrays to the test
accuracy. Ours measures loss and accuracy on all images at the start and at the end, and after every epoch where the
row says so; scikit-learn adds up its minibatch losses, PyTorch measures nothing on the way. Before the clock starts,
the test accuracies, averaged over ten seeds, must agree within half a point. Peers that are not installed are passed
over.
"""

import warnings
from importlib.util import find_spec

import numpy as np

from course_lib.data import digits
from course_lib.networks import Network
from course_lib.optimizers import Momentum
from course_lib.training import train

from .timing import Row, Unavailable

EPOCHS, BATCH, HIDDEN, LR, GAMMA = 30, 64, 64, 0.1, 0.9
AN_EPOCH, SEEDS, HALF_A_POINT = 22, range(10), 0.005
DIGITS = digits(np.float32)
NETWORK = Network((64, HIDDEN, 10))


def ours(seed=0, every=EPOCHS * AN_EPOCH):
    options = {"epochs": EPOCHS, "batch": BATCH, "seed": seed, "dtype": np.float32, "every": every}
    return train(Momentum(LR, GAMMA), NETWORK, DIGITS, **options).test_accuracy[-1]


def recording(seed=0):
    return ours(seed, every=AN_EPOCH)


# The peers


def scikit_learn(seed=0):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    classifier = MLPClassifier(
        (HIDDEN,),
        solver="sgd",
        alpha=0,
        batch_size=BATCH,
        learning_rate_init=LR,
        momentum=GAMMA,
        nesterovs_momentum=False,
        max_iter=EPOCHS,
        tol=0,
        n_iter_no_change=EPOCHS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is to stop after so many epochs
        classifier.fit(DIGITS.inputs, DIGITS.targets)
    return classifier.score(DIGITS.test_inputs, DIGITS.test_targets)


def pytorch(seed=0):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    network = torch.nn.Sequential(torch.nn.Linear(64, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=LR, momentum=GAMMA)
    loss = torch.nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(DIGITS.inputs), torch.from_numpy(DIGITS.targets)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(inputs)).split(BATCH):
            optimizer.zero_grad()
            loss(network(inputs[part]), targets[part]).backward()
            optimizer.step()
    with torch.no_grad():
        guesses = network(torch.from_numpy(DIGITS.test_inputs)).argmax(dim=1).numpy()
    return (guesses == DIGITS.test_targets).mean()


PEERS = {"sklearn": ("scikit-learn", scikit_learn, 2.5), "torch": ("PyTorch", pytorch, 3)}


def rows():
    found = []
    for package, (name, peer, goal) in PEERS.items():
        if not find_spec(package):
            print(f"NOT MEASURED: training against {name}, which is not installed here.\n")
            continue
        agree(name, peer)
        found.append(Row(f"30 epochs; {name}", alone(ours), alone(peer), goal, same=0.02))
        found.append(Row(f"30 epochs, a record after each; {name}", alone(recording), alone(peer), goal=2, same=0.02))
    if not found:
        raise Unavailable("Neither scikit-learn nor PyTorch is installed here.")
    return found


def agree(name, peer):
    mine, theirs = (np.mean([job(seed) for seed in SEEDS]) for job in (ours, peer))
    if abs(mine - theirs) > HALF_A_POINT:
        raise ValueError(f"test accuracy {mine:.2%} here, {theirs:.2%} with {name}: not the same job")


def alone(job):
    """A row's job, whose answers stand in a tuple."""
    return lambda: (job(),)
