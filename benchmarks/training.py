"""Training on the digits against scikit-learn's MLPClassifier and an eager PyTorch loop; one thread, in one process.

The same network (64-64-10, relu, softmax), minibatches of 64, momentum 0.9 with learning rate 0.1, float32 on both
sides, 30 epochs of the same 1347 images. A row's time is that of a whole training, from the arrays to the last
parameters. Ours measures loss and accuracy on all images at its start and its end only, unless the row says otherwise;
scikit-learn adds up the minibatch losses as it always does, PyTorch measures nothing. Before the clock starts, the
test accuracies, averaged over three seeds, must agree within half a point. Peers that are not installed are passed over.
"""

import numpy as np

from course_lib.data import digits
from course_lib.networks import Network
from course_lib.optimizers import Momentum
from course_lib.training import train

EPOCHS, BATCH, HIDDEN, LR, GAMMA = 30, 64, 64, 0.1, 0.9
SEEDS = range(3)
DIGITS = digits(np.float32)
NETWORK = Network((64, HIDDEN, 10))


def ours(seed=0, every=None):
    last = EPOCHS * -(-len(DIGITS.inputs) // BATCH)
    history = train(
        Momentum(LR, GAMMA),
        NETWORK,
        DIGITS,
        epochs=EPOCHS,
        batch=BATCH,
        seed=seed,
        dtype=np.float32,
        every=every or last,
    )
    return history.test_accuracy[-1]


# The peers


def scikit_learn(seed=0):
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
    classifier.fit(DIGITS.inputs, DIGITS.targets)
    return classifier.score(DIGITS.test_inputs, DIGITS.test_targets)


def pytorch(seed=0):
    import torch

    torch.manual_seed(seed)
    network = torch.nn.Sequential(torch.nn.Linear(64, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=LR, momentum=GAMMA)
    loss = torch.nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(DIGITS.inputs), torch.from_numpy(DIGITS.targets)
    for _ in range(EPOCHS):
        order = torch.randperm(len(inputs))
        for part in order.split(BATCH):
            optimizer.zero_grad()
            loss(network(inputs[part]), targets[part]).backward()
            optimizer.step()
    with torch.no_grad():
        guesses = network(torch.from_numpy(DIGITS.test_inputs)).argmax(dim=1).numpy()
    return (guesses == DIGITS.test_targets).mean()
