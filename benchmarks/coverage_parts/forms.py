"""What choosing a form by AICc or by hold-out would do to extrapolations, with and without forms of more freedom."""

from functools import partial
from typing import NamedTuple

import numpy as np

from segaug.analysis.law.flexible_forms import FLEXIBLE_FORMS
from segaug.analysis.law.forms import FORMS, LAW, Alternative, alternatives
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import Array

from .effort import Effort
from .shapes import SHAPES, Shape, exponential, flatter, plateau, steeper
from .table import Band, Cell, Row, Table
from .trials import Noise, generator
from .truths import ERROR, MIDDLE, WIDE, Design, Truth

_FEWER = 10  # times fewer repetitions: each of the free forms is fitted from 20 starts, three times
_TRUTHS: tuple[Truth | Shape, ...] = (
    Truth(0.5, 0.0),
    Truth(0.5, 0.5),
    plateau,
    steeper,
    flatter,
    exponential,
)
_FREE = frozenset(form.name for form in FLEXIBLE_FORMS)


def forms(effort: Effort) -> list[Table]:
    repetitions = max(effort.repetitions // _FEWER, 2)
    cells = [(design, truth) for truth in _TRUTHS for design in (MIDDLE, WIDE)]
    found = effort.map(partial(simulate, repetitions), cells)
    rows = [
        Row((_name(truth), str(design)), _cells(outcomes, isinstance(truth, Truth)))
        for (design, truth), outcomes in zip(cells, found, strict=True)
    ]
    columns = ("curve", "sizes", "the law", "AICc of 5", "AICc of 7", "hold-out of 5", "hold-out of 7", *_CHOSEN)
    notes = (
        f"{repetitions} repetitions.  of 5: constant, logarithm, power law with and without floor, exponential;",
        "of 7: also the power law with one break and M4.  free: how often the choice of 7 falls on one of these two.",
    )
    return [Table("RMSE of ln E(4Nmax) if the form is chosen, S = 20", columns, rows, notes)]


_CHOSEN = ("free by AICc, %", "free by hold-out, %")
_BY_LAW = Band(high=0.5)


class Outcome(NamedTuple):
    """Of one set of trials: ln of the extrapolated error over the true one, by what chose the form."""

    law: float
    aicc: float
    aicc_of_all: float
    holdout: float
    holdout_of_all: float
    free_by_aicc: bool
    free_by_holdout: bool


def simulate(repetitions: int, cell: tuple[Design, Truth | Shape]) -> list[Outcome]:
    design, truth = cell
    rng, sizes = generator("forms", design, _name(truth)), design.sizes
    errors = _errors(truth, design, np.append(sizes, 4 * sizes[-1]))
    return [_outcome(sizes, Noise().draw(rng, sizes, errors[:-1]), float(errors[-1])) for _ in range(repetitions)]


def _name(truth: Truth | Shape) -> str:
    return f"b = {truth.b:g}, phi = {truth.floor_share:g}" if isinstance(truth, Truth) else SHAPES[truth]


def _errors(truth: Truth | Shape, design: Design, sizes: Array) -> Array:
    if isinstance(truth, Truth):
        return truth.law(design).predict(sizes)
    return ERROR * truth(design, sizes) / truth(design, design.sizes[-1:])


def _outcome(sizes: Array, values: Array, expected: float) -> Outcome:
    data = weighted_means(sizes, values)
    every = alternatives(data.sizes, data.means, data.precision, FORMS + FLEXIBLE_FORMS)
    five = [one for one in every if one.form not in _FREE]
    beyond = 4 * sizes[-1:]

    def miss(chosen: Alternative) -> float:
        return float(np.log(np.maximum(chosen.predict(beyond)[0], 1e-6) / expected))

    by_aicc, by_holdout = (lambda one: one.aicc), (lambda one: sum(one.holdout_errors))
    held = [one for one in every if one.holdout_errors]
    held_of_five = [one for one in five if one.holdout_errors]
    choices = [
        next(one for one in five if one.form == LAW),
        min(five, key=by_aicc),
        min(every, key=by_aicc),
        min(held_of_five, key=by_holdout),
        min(held, key=by_holdout),
    ]
    return Outcome(*map(miss, choices), choices[2].form in _FREE, choices[4].form in _FREE)


def _cells(outcomes: list[Outcome], is_law: bool) -> tuple[Cell, ...]:
    table = np.array(outcomes, dtype=float)
    rms, chosen = np.sqrt((table[:, :5] ** 2).mean(axis=0)), 100 * table[:, 5:].mean(axis=0)
    return (
        Cell(f"{rms[0]:.2f}", float(rms[0]), _BY_LAW if is_law else None),
        *(Cell(f"{value:.2f}") for value in rms[1:]),
        *(Cell(f"{value:.0f}") for value in chosen),
    )
