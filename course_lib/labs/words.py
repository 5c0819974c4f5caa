"""Numbers as the readouts of labs say them."""

from ..tracing import formatted


def number(value, digits=2):
    """Two digits, or so many; a power of ten where it is needed: 0.031, 32, 5.2 · 10⁻⁵, 10⁻⁸. Letters, too."""
    return formatted(value, f".{digits}p")
