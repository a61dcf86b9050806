"""Which trials are done: a grid of strategies and sizes for each task and model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from segaug.report.look.palette import in_order
from segaug.report.study.study import Json, Study, collect
from segaug.results.states import UNFINISHED


@dataclass(frozen=True)
class Cell:
    """The trials of one strategy at one size."""

    strategy: str
    size: int
    seeds: dict[str, list[int]]  # "done" | "diverged" | "failed" | "missing" -> seeds in that state

    @property
    def planned(self) -> int:
        """All of its trials."""
        return sum(map(len, self.seeds.values()))

    @property
    def done(self) -> int:
        """Trials with a result; that one diverged is a result."""
        return self.planned - sum(len(self.seeds.get(state, ())) for state in UNFINISHED)

    @property
    def sentence(self) -> str:
        """All of it in words."""
        troubles = (
            f"; {state}: seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, sorted(seeds)))}"
            for state, seeds in self.seeds.items()
            if state != "done"
        )
        return f"{self.strategy}, N = {self.size}: {self.done} of {self.planned} done" + "".join(troubles)


@dataclass(frozen=True)
class Grid:
    """The cells of one task and model; None where nothing was planned."""

    name: str
    sizes: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]  # strategy, its cell at each size


@dataclass(frozen=True)
class Completion:
    """All grids of a study."""

    template: ClassVar[str] = "completion.html"
    caption: str
    grids: tuple[Grid, ...]


def completion(study: Study) -> Completion:
    """A grid a task and model, also where nothing is done yet."""
    groups: dict[tuple[str, str], dict[tuple[str, int], Cell]] = {}
    for state, trial in _states(study):
        cells = groups.setdefault((trial["task"], trial["model"]), {})
        cell = cells.setdefault((trial["strategy"], trial["size"]), Cell(trial["strategy"], trial["size"], {}))
        cell.seeds.setdefault(state, []).append(trial["seed"])
    return Completion(_caption(study), tuple(_grid(" · ".join(name), groups[name]) for name in sorted(groups)))


def _grid(name: str, cells: dict[tuple[str, int], Cell]) -> Grid:
    strategies, sizes = in_order(strategy for strategy, _ in cells), sorted({size for _, size in cells})
    rows = ((strategy, tuple(cells.get((strategy, size)) for size in sizes)) for strategy in strategies)
    return Grid(name, tuple(sizes), tuple(rows))


def _states(study: Study) -> Iterator[tuple[str, Json]]:
    named = (
        ("done", study.trained_ok),
        ("diverged", study.diverged),
        ("failed", study.failures),
        ("missing", study.missing),
    )
    return ((state, trial) for state, trials in named for trial in trials)


def _caption(study: Study) -> str:
    states = collect(({"state": state} for state, _ in _states(study)), "state")
    lacking = ", ".join(f"{len(states[state]):,} {state}" for state in UNFINISHED if state in states)
    return (
        f"{len(study.trained):,} of {len(study.trials):,} trials have a result{lacking and f' ({lacking})'}.\n"
        "Each cell: seeds done, of seeds planned where those are more. A trial that diverged has a result. "
        "Nothing is imputed: means, laws and comparisons use what is there, a pair only where both of its trials are."
    )
