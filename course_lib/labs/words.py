"""Numbers as the readouts of labs say them."""

import math

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value, digits=2):
    """Two digits, or so many; a power of ten where it is needed: 0.031, 32, 5.2 · 10⁻⁵, 10⁻⁸."""
    value = float(f"{value:.{digits}g}")
    if value == 0 or 1e-3 <= abs(value) < 1e5 or not math.isfinite(value):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = f"10{str(int(exponent)).translate(RAISED)}"
    return power if float(mantissa) == 1 else f"{mantissa.rstrip('0').removesuffix('.')} · {power}"
