"""Numbers as the readouts of labs say them."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value):
    """Two digits, a power of ten where it is needed: 0.031, 32, 5.2 · 10⁻⁵."""
    value = float(f"{value:.2g}")
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')} · 10{str(int(exponent)).translate(RAISED)}"
