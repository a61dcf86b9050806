"""Curves that no law describes: what the lack-of-fit test and the hold-out check notice, and what intervals still hold.

All end at the error 0.1; the middle of a design is the geometric mean of its smallest and its largest size.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.interval import Interval
from segaug.analysis.law.fit import fit_curve
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.profile import profile, threshold

from .effort import Effort, rate
from .table import Band, Cell, Row, Table
from .trials import Noise, generator
from .truths import DESIGNS, ERROR, NARROW, Design, Truth

_BASE = Truth(0.5, 0.2)  # that bumps are added to
_BUMP_WIDTH = 0.5  # standard deviation in ln N
_BEND = 0.5  # sharpness of a break: 0 is sharp
Shape = Callable[[Design, Array], Array]  # sizes -> errors


def _middle(design: Design) -> float:
    return float(np.sqrt(design.smallest * design.largest))


def _bump(design: Design, sizes: Array, share: float) -> Array:
    """A Gaussian in ln N at a share of the way from the smallest to the largest size."""
    centre = (1 - share) * np.log(design.smallest) + share * np.log(design.largest)
    return np.exp(-(((np.log(sizes) - centre) / _BUMP_WIDTH) ** 2) / 2)


def one_bump(design: Design, sizes: Array) -> Array:
    return _BASE.law(design).predict(sizes) * (1 + 0.20 * _bump(design, sizes, 1 / 2))


def double_bump(design: Design, sizes: Array) -> Array:
    bumps = _bump(design, sizes, 1 / 3) + _bump(design, sizes, 2 / 3)
    return _BASE.law(design).predict(sizes) * (1 + 0.25 * bumps)


def plateau(design: Design, sizes: Array) -> Array:
    """Small sizes are under-trained."""
    knee = design.smallest * (design.largest / design.smallest) ** (1 / 3)
    return (sizes + knee) ** -0.8


def steeper(design: Design, sizes: Array) -> Array:
    x = sizes / _middle(design)
    return (x ** (0.8 / _BEND) + x ** (0.2 / _BEND)) ** -_BEND


def flatter(design: Design, sizes: Array) -> Array:
    x = sizes / _middle(design)
    return (x ** (-0.8 / _BEND) + x ** (-0.2 / _BEND)) ** _BEND


def exponential(design: Design, sizes: Array) -> Array:
    """From four times the floor down to it."""
    return 1 + 3 * np.exp((design.smallest - sizes) / (0.15 * design.largest))


def flat(design: Design, sizes: Array) -> Array:
    return np.ones(len(sizes))


def rising(design: Design, sizes: Array) -> Array:
    return sizes**0.1


class Findings(NamedTuple):
    """R repetitions; all (R,)."""

    doubtful: NDArray[np.bool_]  # p_lof < 0.05
    non_monotone: NDArray[np.bool_]  # flagged as rising somewhere
    held_out: NDArray[np.bool_]  # the largest size was predicted by the others
    claimed: NDArray[np.bool_]  # E(4Nmax)
    identified: NDArray[np.bool_]  # the floor
    plain: NDArray[np.bool_]  # E(Nmax) covered, were the law not doubted
    default: NDArray[np.bool_]  # E(Nmax) covered
    beyond: NDArray[np.bool_]  # E(4Nmax) covered, were the law not doubted
    trimmed: NDArray[np.bool_]  # the law fits from a larger start size on
    trimmed_default: NDArray[np.bool_]  # then E(Nmax) is covered
    trimmed_beyond: NDArray[np.bool_]  # and E(4Nmax)


def simulate(repetitions: int, cell: tuple[Shape, Design]) -> Findings:
    shape, design = cell
    rng, sizes = generator("shapes", shape.__name__, design), design.sizes
    scale = ERROR / shape(design, sizes[-1:])[0]
    truth, beyond = scale * shape(design, sizes), float(scale * shape(design, 4 * sizes[-1:])[0])
    rows = [_judge(sizes, Noise().draw(rng, sizes, truth), beyond) for _ in range(repetitions)]
    return Findings(*map(np.array, zip(*rows, strict=True)))


def _judge(sizes: Array, values: Array, beyond: float) -> tuple[bool, ...]:
    fit = fit_curve(sizes, values)
    data, trimmed = fit.data, fit.trimmed
    plain = profile(data.sizes, data.means, data.precision, threshold(data.dof)).error(sizes[-1] * np.array([1, 4]))
    return (
        fit.default.lack_of_fit.doubtful,
        "non_monotone" in fit.flags,
        fit.holdout is not None and fit.holdout.passed,
        fit.extrapolations[-1].claimed,
        fit.verdict.floor == "identified",
        bool(plain[0][0] <= ERROR <= plain[1][0]),
        _holds(fit.error(sizes[-1]).interval, ERROR),
        bool(plain[0][1] <= beyond <= plain[1][1]),
        trimmed is not None,
        trimmed is not None and _holds(trimmed.error(sizes[-1]).interval, ERROR),
        trimmed is not None and _holds(trimmed.error(4 * sizes[-1]).interval, beyond),
    )


def _holds(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


SHAPES: dict[Shape, str] = {
    one_bump: "one bump of 20 %",
    double_bump: "two bumps of 25 %",
    plateau: "plateau at small sizes",
    steeper: "slope 0.2, then 0.8",
    flatter: "slope 0.8, then 0.2",
    exponential: "exponential to a floor",
    flat: "flat",
    rising: "rising by 23-87 %",
}
_MUST_BE_NOTICED = {double_bump, steeper, exponential}
_NOTICED, _NOT_COVERED = Band(95), Band(high=60)
_RISES = {flat: Band(high=8), rising: Band(78)}
_INSIDE = Band(78)  # E(Nmax) by the default
_CHECKS = ("p_lof < .05", "non-monotone", "hold-out passed", "E(4Nmax) claimed", "floor stated")
_COVERED = ("E(Nmax), plain", "E(Nmax)", "E(4Nmax), plain", "trimmed", "its E(Nmax)", "its E(4Nmax)")


def shapes(effort: Effort) -> list[Table]:
    cells = [(shape, design) for shape in SHAPES for design in DESIGNS]
    found = dict(zip(cells, effort.map(partial(simulate, 3 * effort.repetitions // 2), cells), strict=True))
    checks = [Row(_labels(*cell), tuple(_checks(*cell, findings))) for cell, findings in found.items()]
    covered = [Row(_labels(*cell), tuple(_coverage(*cell, findings))) for cell, findings in found.items()]
    notes = (
        "plain: by the threshold of a law that is not doubted; E(Nmax): by the default, wider where it is.",
        "trimmed: the law fits from a larger start size on; what that fit then covers.  It claims nothing beyond.",
        "A slope that falls from 0.8 to 0.2 passes every check with six sizes: no extrapolation is safe from that.",
    )
    return [
        Table("What is noticed of shapes that are no law, S = 20, % of curves", ("curve", "sizes", *_CHECKS), checks),
        Table("What intervals of such curves cover, S = 20, %", ("curve", "sizes", *_COVERED), covered, notes),
    ]


def _labels(shape: Shape, design: Design) -> tuple[str, str]:
    return SHAPES[shape], str(design)


def _checks(shape: Shape, design: Design, found: Findings) -> Iterator[Cell]:
    yield rate(found.doubtful, _NOTICED if design is not NARROW and shape in _MUST_BE_NOTICED else None)
    yield rate(found.non_monotone, _RISES.get(shape))
    yield from map(rate, (found.held_out, found.claimed, found.identified))


def _coverage(shape: Shape, design: Design, found: Findings) -> Iterator[Cell]:
    yield rate(found.plain)
    yield rate(found.default, None if shape is rising else _INSIDE)
    yield rate(found.beyond, _NOT_COVERED if shape is flatter and design is not NARROW else None)
    yield rate(found.trimmed)
    yield rate(found.trimmed_default[found.trimmed])
    yield rate(found.trimmed_beyond[found.trimmed])
