"""How often the verdicts on floor, exponent and extrapolation are given, and how often they are wrong."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.law.fit import fit_curve

from .effort import Effort, rate
from .judged import Judged
from .laws import Setting, simulate
from .table import Band, Cell, Row, Table
from .trials import Noise
from .truths import DESIGNS, GRID, MIDDLE, NARROW, WIDE, Design, Truth

_MORE = 4  # times the repetitions where single truths are judged
_CLEAR = Truth(0.5, 0.5)  # a floor that wide designs find, and narrow ones cannot
_WITHOUT_FLOOR = [truth for truth in GRID if truth.floor_share == 0]
_FOUND = {NARROW: Band(6, 18), MIDDLE: Band(62, 80), WIDE: Band(97)}


def verdicts(effort: Effort) -> list[Table]:
    return [_floors(effort), _errors(effort), _claims(effort)]


def _floors(effort: Effort) -> Table:
    """Of every truth: identified or flat / bounded / not identifiable."""
    exponents = sorted({truth.b for truth in effort.truths})
    shares = sorted({truth.floor_share for truth in effort.truths})
    lines = [(design, share) for design in DESIGNS for share in shares]
    cells = [(design, Truth(b, share)) for design, share in lines for b in exponents]
    found = effort.map(partial(simulate, Setting("S = 20"), effort.repetitions), cells)
    texts = [Cell(_three(one.floor)) for one in found]
    width = len(exponents)
    rows = [
        Row((str(design), f"{share:g}"), tuple(texts[start : start + width]))
        for (design, share), start in zip(lines, range(0, len(texts), width), strict=True)
    ]
    title = "Floor identified or flat / bounded / not identifiable, % of curves with S = 20 (rest: law rejected)"
    return Table(title, ("sizes", "phi", *(f"b = {b:g}" for b in exponents)), rows)


def _three(said: NDArray[np.str_]) -> str:
    stated = np.isin(said, ["identified", "flat"])
    return " / ".join(f"{100 * hits.mean():.0f}" for hits in (stated, said == "bounded", said == "not_identifiable"))


def _errors(effort: Effort) -> Table:
    rows = []
    for seeds, accepted in {20: Band(high=3), 5: Band(high=5)}.items():
        for design in DESIGNS:
            said = np.concatenate([one.floor for one in _more(effort, seeds, design, _WITHOUT_FLOOR)])
            rows.append(_error_row(f"phi = 0, S = {seeds}", design, said, accepted, None))
    for design in DESIGNS:
        said = _more(effort, 20, design, [_CLEAR])[0].floor
        missed = Band(78) if design is NARROW else None
        rows.append(_error_row("b = phi = 0.5, S = 20", design, said, _FOUND[design], missed))
    return Table("A floor is stated where there is none, and where there is one", ("truth", "sizes", *_SAID), rows)


_SAID = ("identified", "bounded", "not identifiable", "law rejected")


def _more(effort: Effort, seeds: int, design: Design, truths: list[Truth]) -> list[Judged]:
    run = partial(simulate, Setting("", Noise(seeds)), _MORE * effort.repetitions)
    return effort.map(run, [(design, truth) for truth in truths])


def _error_row(name: str, design: Design, said: NDArray[np.str_], identified: Band, missed: Band | None) -> Row:
    cells = (
        rate(said == "identified", identified),
        rate(said == "bounded"),
        rate(said == "not_identifiable", missed),
        rate(said == "law_rejected"),
    )
    return Row((name, str(design)), cells)


def _claims(effort: Effort) -> Table:
    rows = []
    for design, cells in effort.over_truths(partial(_claim, effort.repetitions), (MIDDLE, WIDE)).items():
        rises, passed, claimed, covered = np.concatenate(cells).T
        held = rate(covered[claimed], Band(92, 98.5))
        checks = rate(rises, Band(high=1)), rate(passed, Band(97)), rate(claimed), held
        rows.append(Row((str(design),), checks))
    columns = ("sizes", "non-monotone", "hold-out passed", "E(4Nmax) claimed", "covered where claimed")
    return Table("Extrapolation of true laws, S = 20, %", columns, rows)


def _claim(repetitions: int, cell: tuple[Design, Truth]) -> NDArray[np.bool_]:
    """Flagged as rising, hold-out check passed, E(4Nmax) claimed, and covered: (R, 4)."""
    design, truth = cell
    expected, found = float(truth.law(design).predict(4 * design.largest)), []
    for values in Setting("").trials(design, truth, repetitions):
        fit = fit_curve(design.sizes, values)
        claim = fit.extrapolations[-1]
        covered = claim.interval.low <= expected <= claim.interval.high
        found.append(
            ("non_monotone" in fit.flags, fit.holdout is not None and fit.holdout.passed, claim.claimed, covered)
        )
    return np.array(found)
