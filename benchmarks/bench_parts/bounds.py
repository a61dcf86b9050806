"""What ratios must reach, and how they are judged: bounds hold on a noisy machine and fail, goals are only told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from segaug.errors import ConfigError

from .row import Row

FILE = Path(__file__).parents[1] / "bounds.yaml"
NATIVE = "bfloat16"  # the one thing that a bound may need of a processor


@dataclass(frozen=True, kw_only=True)
class Bound:
    """On the ratio of one row."""

    at_least: float | None = None
    at_most: float | None = None
    goal: float | None = None  # on the same side as the bound
    needs: str | None = None  # bfloat16: the processor computes in it, else the bound is not checked

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("one of at_least and at_most is wanted")
        if self.needs not in (None, NATIVE):
            raise ValueError(f"needs {self.needs!r}, but only {NATIVE} can be needed")

    def met_by(self, ratio: float) -> bool:
        return self._within(ratio, self.at_least if self.at_most is None else self.at_most)

    def goal_met_by(self, ratio: float) -> bool:
        return self.goal is not None and self._within(ratio, self.goal)

    def __str__(self) -> str:
        return f"at least {self.at_least:g}" if self.at_most is None else f"at most {self.at_most:g}"

    def _within(self, ratio: float, limit: float | None) -> bool:
        assert limit is not None  # one of the two is there
        return ratio >= limit if self.at_most is None else ratio <= limit


@dataclass(frozen=True)
class Verdict:
    """What is wrong, and what nobody can tell; one sentence each."""

    broken: tuple[str, ...]
    unchecked: tuple[str, ...]


def read(beginnings: Collection[str], file: Path = FILE) -> dict[str, Bound]:
    """Bounds by the key of their row; beginnings: what these may begin with, up to a slash.  Raises ConfigError."""
    bounds = {}
    for key, options in yaml.safe_load(file.read_text()).items():
        if key.partition("/")[0] not in beginnings:
            _refuse(file, key, "no group of rows begins so", f"begin with one of {', '.join(beginnings)}")
        if unknown := set(options) - {field.name for field in fields(Bound)}:
            _refuse(file, key, f"unknown {', '.join(sorted(unknown))}", "use at_least or at_most, goal and needs")
        try:
            bounds[key] = Bound(**options)
        except ValueError as error:
            _refuse(file, key, str(error), "give one limit, and needs: bfloat16 or nothing")
    return bounds


def judged(rows: Sequence[Row], bounds: Mapping[str, Bound], ran: Collection[str], native: bool) -> Verdict:
    """Each row by its bound.  ran: what keys of measured rows begin with, where all bounds must have rows; native: does
    the processor compute in bfloat16?
    """
    broken, unchecked = [], []
    for row in rows:
        bound = bounds.get(row.key)
        if bound is None:
            broken.append(f"{row.key}: has no bound; add one to {FILE.name}")
        elif row.ratio is None:
            unchecked.append(f"{row.key}: not checked, {row.beside} is not installed")
        elif bound.needs and not native:
            unchecked.append(f"{row.key}: not checked, this processor emulates {bound.needs}")
        elif not bound.met_by(row.ratio):
            broken.append(f"{row.key}: ratio {row.ratio:.3f}, bound {bound}")
    measured = {row.key for row in rows}
    missing = [key for key in bounds if key.partition("/")[0] in ran and key not in measured]
    return Verdict((*broken, *(f"{key}: has a bound, but no row was measured" for key in missing)), tuple(unchecked))


def _refuse(file: Path, key: str, problem: str, fix: str) -> None:
    raise ConfigError(key=key, file=file.name, problem=problem, fix=fix)
