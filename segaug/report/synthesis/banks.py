"""The banks of made images that trials of a study have used, as their records tell them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import orjson

from segaug.report.study.study import Json, Study, Trial, collect


@dataclass(frozen=True)
class BankCell:
    """The trials of one task, strategy and N, and their banks, each once: those of two networks share theirs."""

    task: str
    strategy: str
    size: int
    trials: tuple[Trial, ...]
    of_trials: tuple[Json, ...]  # the bank of each of them

    @cached_property
    def banks(self) -> tuple[Json, ...]:
        """By seed."""
        return tuple({bank["artefact"]: bank for bank in self.of_trials}.values())

    @property
    def where(self) -> str:
        """In a sentence."""
        return f"{self.task} · {self.strategy} · N = {self.size}"

    def measures(self, name: str) -> list[float]:
        """A measure of every bank that has it."""
        values = (bank.get("measures", {}).get(name) for bank in self.banks)
        return [value for value in values if value is not None]

    def mean(self, name: str) -> float | None:
        """Of a measure over the banks; None where none has it."""
        values = self.measures(name)
        return fmean(values) if values else None

    def total(self, name: str) -> int:
        """Of a count of each source over all banks: how many were made, or kept."""
        return sum(sum(bank[name]) for bank in self.banks)

    @property
    def lost(self) -> list[int]:
        """Of each bank, how many sources had samples and kept none."""
        return [
            sum(made > 0 and not kept for made, kept in zip(bank["made"], bank["kept"], strict=True))
            for bank in self.banks
        ]

    @property
    def sources(self) -> int:
        """Of all banks, how many labelled images had samples."""
        return sum(made > 0 for bank in self.banks for made in bank["made"])

    def scores(self, *, kept: bool) -> list[float]:
        """Of all samples that were kept, or rejected."""
        return [
            score
            for bank in self.banks
            for scores, chosen in zip(bank["scores"], bank["chosen"], strict=True)
            for score, is_chosen in zip(scores or (), chosen or (), strict=True)  # none of one without foreground
            if is_chosen == kept and score is not None
        ]


def bank_cells(study: Study) -> list[BankCell]:
    """By task, strategy in the order of the palette, and N; none where no record has a bank."""
    order = {name: place for place, name in enumerate(study.strategies)}
    cells = collect((trial for trial in study.trained if trial["bank"]), "task", "strategy", "size")
    found = []
    for task, strategy, size in sorted(cells, key=lambda cell: (cell[0], order[cell[1]], cell[2])):
        trials = sorted(cells[task, strategy, size], key=lambda trial: trial["seed"])
        banks = tuple(orjson.loads(trial["bank"]) for trial in trials)
        found.append(BankCell(task, strategy, size, tuple(trials), banks))
    return found


def by_strategy(cells: Sequence[BankCell]) -> Iterator[tuple[tuple[str, str], list[BankCell]]]:
    """Task and strategy, and its cells by N."""
    keyed: dict[tuple[str, str], list[BankCell]] = {}
    for cell in cells:
        keyed.setdefault((cell.task, cell.strategy), []).append(cell)
    yield from keyed.items()
