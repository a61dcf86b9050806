"""Curves that no law describes: what the lack-of-fit test and the hold-out check notice, and what intervals still hold.

All end at the error 0.1; the middle of a design is the geometric mean of its smallest and its largest size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.extrapolation import extrapolate
from segaug.analysis.holdout import holdout
from segaug.analysis.law_fit import fit_law
from segaug.analysis.noise import weighted_means
from segaug.analysis.power_law import Array
from segaug.analysis.profile import profile, threshold
from segaug.analysis.verdict import verdict

from .effort import Effort, rate
from .judged import holds
from .table import Band, Row, Table
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


@dataclass(frozen=True)
class Findings:
    """R repetitions; all (R,)."""

    doubtful: NDArray[np.bool_]  # p_lof < 0.05
    plain: NDArray[np.bool_]  # E(Nmax) covered, were the law not doubted
    default: NDArray[np.bool_]  # E(Nmax) covered
    beyond: NDArray[np.bool_]  # E(4Nmax) covered, were the law not doubted
    held_out: NDArray[np.bool_]  # the largest size was predicted by the others
    claimed: NDArray[np.bool_]  # E(4Nmax)
    identified: NDArray[np.bool_]  # the floor


def simulate(repetitions: int, cell: tuple[Shape, Design]) -> Findings:
    shape, design = cell
    rng, sizes = generator("shapes", shape.__name__, design), design.sizes
    scale = ERROR / shape(design, sizes[-1:])[0]
    truth, beyond = scale * shape(design, sizes), float(scale * shape(design, 4 * sizes[-1:])[0])
    rows = [_judge(sizes, Noise().draw(rng, sizes, truth), beyond) for _ in range(repetitions)]
    return Findings(*map(np.array, zip(*rows, strict=True)))


def _judge(sizes: Array, values: Array, beyond: float) -> tuple[bool, ...]:
    data = weighted_means(sizes, values)
    fit, check = fit_law(data), holdout(data, sizes, values, nested=False)
    plain = profile(data.sizes, data.means, data.precision, threshold(data.dof))
    low, high = plain.error(sizes[-1] * np.array([1, 4]))
    default = fit.error(sizes[-1]).interval
    return (
        fit.lack_of_fit.doubtful,
        bool(holds(low[:1], high[:1], ERROR)[0]),
        default.low <= ERROR <= default.high,
        bool(holds(low[1:], high[1:], beyond)[0]),
        check is not None and check.passed,
        extrapolate(fit, check, 4).claimed,
        verdict(fit).floor == "identified",
    )


NOTICED = Band(95)
NOT_COVERED = Band(high=60)
SHAPES: dict[Shape, str] = {
    one_bump: "one bump of 20 %",
    double_bump: "two bumps of 25 %",
    plateau: "plateau at small sizes",
    steeper: "slope 0.2, then 0.8",
    flatter: "slope 0.8, then 0.2",
    exponential: "exponential to a floor",
    flat: "flat",
    rising: "rising",
}
_NOTICED = {double_bump, steeper, exponential}
COLUMNS = (
    "p_lof < .05", "E(Nmax), plain", "E(Nmax)", "E(4Nmax), plain", "hold-out", "E(4Nmax) claimed", "floor stated",
)  # fmt: skip


def shapes(effort: Effort) -> list[Table]:
    cells = [(shape, design) for shape in SHAPES for design in DESIGNS]
    found = effort.map(partial(simulate, 3 * effort.repetitions // 2), cells)
    rows = [_row(*cell, findings) for cell, findings in zip(cells, found, strict=True)]
    notes = (
        "plain: intervals with the threshold of a law that is not doubted; E(Nmax): the default, wider where it is.",
        "A slope that falls from 0.8 to 0.2 passes every check with six sizes: no extrapolation is safe from that.",
    )
    return [Table("Shapes that are no law, S = 20: per cent of curves", ("curve", "sizes", *COLUMNS), rows, notes)]


def _row(shape: Shape, design: Design, found: Findings) -> Row:
    testable = design is not NARROW
    known_limit = shape is flatter and testable
    return Row(
        (SHAPES[shape], str(design)),
        (
            rate(found.doubtful, NOTICED if testable and shape in _NOTICED else None),
            rate(found.plain),
            rate(found.default),
            rate(found.beyond, NOT_COVERED if known_limit else None),
            rate(found.held_out),
            rate(found.claimed),
            rate(found.identified),
        ),
    )
