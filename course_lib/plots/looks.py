"""Every colour of the course, and how each optimizer is drawn everywhere. Sizes and fonts are in course.mplstyle."""

from dataclasses import dataclass

from matplotlib.colors import LinearSegmentedColormap

INK, SOFT, PALE, GRID, STAR = "#22303C", "#6B7A88", "#8E9BA6", "#E3E8EC", "#F2C230"
LAND = LinearSegmentedColormap.from_list("land", ["#FBFCFD", "#E9EFF3", "#DBE5EB", "#CDDBE3", "#BFD2DD"])
EARTH = "#E9EFF3"
RATES = "cividis_r"  # of maps of numbers: perceptually even, in grey and to colour-blind eyes; bright is fast
WORSE = "#F4F6F8", "#C3CCD4"  # of what diverges on such a map: ground and hatching


@dataclass(frozen=True)
class Look:
    """How one optimizer is drawn everywhere: told apart by colour, dashes and marker, never by colour alone."""

    label: str
    color: str
    dashes: str | tuple
    marker: str


LOOKS = {
    "GradientDescent": Look("gradient descent", "#5B6770", (0, (1, 1.3)), "o"),
    "Momentum": Look("momentum", "#D55E00", "-", "o"),
    "Nesterov": Look("Nesterov", "#0072B2", (0, (4.5, 1.6)), "D"),
    "Adagrad": Look("Adagrad", "#8C6D1F", (0, (7, 2)), "v"),
    "Adadelta": Look("Adadelta", "#6A3D9A", (0, (2.5, 1.2)), "p"),
    "RMSprop": Look("RMSprop", "#00795A", (0, (5, 1.4, 1, 1.4, 1, 1.4)), "s"),
    "Adam": Look("Adam", "#AA3377", (0, (8, 1.6, 1.4, 1.6)), "^"),
    "AdaMax": Look("AdaMax", "#4D7A97", (0, (3, 1.2, 1, 1.2)), "<"),
    "Nadam": Look("Nadam", "#B5473C", (0, (6, 1.2, 2, 1.2)), ">"),
    "AMSGrad": Look("AMSGrad", "#7A4A2B", (0, (2, 1, 2, 2.5)), "P"),
    "AdamW": Look("AdamW", "#3F5FA8", (0, (9, 1.4, 3, 1.4)), "X"),
    "Signum": Look("Signum", "#5F7A1F", (0, (1.6, 1.6)), "d"),
    "Lion": Look("Lion", "#B07A00", (0, (5, 1.2, 1.2, 1.2, 1.2, 1.2)), "h"),
    "Averaging": Look("averaging", "#008B9A", (0, (10, 2)), "H"),
    "Muon": Look("Muon", "#8A1C4A", (0, (6, 2, 1.5, 2)), "8"),
}
OWN = Look("yours", "#22303C", "-", "*")
BOUND = Look("the best that can be had", INK, (0, (3, 1.2)), "o")

# Two kinds of memory, told apart by colour and dashes; their members by marker alone, since they run on one another.
MEMORIES = {
    "steps": Look("memory of steps", "#D55E00", "-", "o"),
    "gradients": Look("memory of gradients", "#0072B2", (0, (4, 3)), "D"),
}
MEMBERS = ("o", "s", "^", "D", "v", "P", "X")

# What a network learns from and what it is tested on, and the classes it tells apart: by colour and by mark.
SAMPLES = {
    "training": Look("training samples", "#5B6770", (0, (4, 2)), "o"),
    "test": Look("test samples", INK, "-", "o"),
}
CLASSES = (Look("one class", "#0072B2", "-", "o"), Look("the other", "#E69F00", "-", "^"))
FAULT = Look("wrong", "#B3261E", "none", "o")  # a ring round what is wrong

# One rule at several settings, from the least to the most: darker, thicker in ink, and dashed differently.
SERIES = tuple(
    Look(f"setting {k + 1}", color, dashes, "o")
    for k, (color, dashes) in enumerate(
        [("#5B6770", (0, (1, 1.3))), ("#C98A4B", (0, (5, 1.5))), ("#D55E00", "-"), ("#7A2E0E", (0, (8, 1.5, 1.5, 1.5)))]
    )
)


def look_of(optimizer) -> Look:
    """The look of an optimizer, its class, or a name; a learner's own class gets one of its own."""
    if isinstance(optimizer, Look):
        return optimizer
    if isinstance(optimizer, str):
        return LOOKS.get(optimizer, OWN)
    kind = optimizer if isinstance(optimizer, type) else type(optimizer)
    return LOOKS.get(kind.__name__, OWN)


def marker_size(look):
    return 11 if look.marker == "*" else 5.5  # a small star is no star
