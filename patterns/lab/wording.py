"""Figures in words, the same on pages, in verdicts and in a terminal."""

from patterns.lab.experiment import Unit

GAP = "\N{NO-BREAK SPACE}"  # no line ends between a number and its unit
SUFFIXES = {Unit.SHARE: f"{GAP}%", Unit.MILLISECONDS: f"{GAP}ms", Unit.SECONDS: f"{GAP}s", Unit.COUNT: ""}
MINUS = "\N{MINUS SIGN}"


def worded(value: float, unit: Unit) -> str:
    """``0.029`` as a share is "2.9 %", ``1640.0`` as milliseconds "1,640 ms"."""
    return number(scaled(value, unit)) + SUFFIXES[unit]


def worded_difference(value: float, unit: Unit) -> str:
    """Of two shares: in points, since a per cent of a per cent is something else."""
    return worded(value, unit).replace("%", "points")


def scaled(value: float, unit: Unit) -> float:
    """As it is shown: shares in per cent."""
    return value * 100 if unit is Unit.SHARE else value


def number(value: float) -> str:
    """Three telling digits; zero and whole numbers without decimals."""
    size = abs(value)
    decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 1 else 2
    text = f"{size:,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text
