"""Which trials are done: a grid of strategies and sizes, for each task and model."""

from collections import Counter
from dataclasses import dataclass

from matplotlib.figure import Figure

from segaug.report.palette import LIGHT, in_order
from segaug.report.study import Json, Study, collect
from segaug.report.theme import new_figure

_ROW_IN = 0.24  # height of one strategy's row
_CELL_PT = 15.0  # side of one cell
_OPEN = ("failed", "missing")
Tooltips = dict[str, list[str]]


@dataclass(frozen=True)
class Cell:
    """The planned trials of one strategy at one size."""

    strategy: str
    size: int
    seeds: dict[str, list[int]]  # "done" | "diverged" | "failed" | "missing" -> seeds in that state

    @property
    def done(self) -> int:
        """Trials with a result; that one diverged is a result."""
        return sum(len(seeds) for state, seeds in self.seeds.items() if state not in _OPEN)

    @property
    def planned(self) -> int:
        """All of its trials."""
        return sum(map(len, self.seeds.values()))

    @property
    def label(self) -> str:
        """Short enough for the grid: one number where everything is done."""
        return str(self.done) if self.done == self.planned else f"{self.done}/{self.planned}"

    @property
    def sentence(self) -> str:
        """All of it in words."""
        troubles = [
            f"; {state}: seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, sorted(seeds)))}"
            for state, seeds in self.seeds.items()
            if state != "done"
        ]
        return f"{self.strategy}, N = {self.size}: {self.done} of {self.planned} done" + "".join(troubles)


def cells(study: Study, task: str, model: str) -> list[Cell]:
    """Every planned or tried cell, by strategy in the order of the palette and by size."""
    found: dict[tuple[str, int], dict[str, list[int]]] = {}
    named = (("done", study.ok), ("diverged", study.diverged), ("failed", study.failures), ("missing", study.missing))
    for state, trials in named:
        for trial in trials:
            if (trial["task"], trial["model"]) == (task, model):
                found.setdefault((trial["strategy"], trial["size"]), {}).setdefault(state, []).append(trial["seed"])
    rank = {name: index for index, name in enumerate(in_order(strategy for strategy, _ in found))}
    keys = sorted(found, key=lambda key: (rank[key[0]], key[1]))
    return [Cell(*key, found[key]) for key in keys]


def completion_groups(study: Study) -> list[tuple[str, str]]:
    """Every planned (task, model), also one without any result yet."""
    return sorted(collect(study.trials, "task", "model"))


def completion_panel(study: Study, task: str, model: str) -> tuple[Figure, Tooltips]:
    """The grid of one task and model; a cell that is not complete is outlined and says how much of it is done."""
    grid = cells(study, task, model)
    strategies, sizes = in_order(cell.strategy for cell in grid), sorted({cell.size for cell in grid})
    figure = new_figure(3.9, 0.75 + _ROW_IN * len(strategies))
    axes = figure.subplots()
    tooltips = {}
    for gid, whole, face, edge in (("whole", True, "grid", "grid"), ("partial", False, "paper", "vermillion")):
        shown = [cell for cell in grid if (cell.done == cell.planned) == whole]
        x, y = [sizes.index(cell.size) for cell in shown], [strategies.index(cell.strategy) for cell in shown]
        axes.scatter(x, y, marker="s", s=_CELL_PT**2, color=LIGHT[face], edgecolors=LIGHT[edge], linewidths=1.2, gid=gid)
        for cell, column, row in zip(shown, x, y, strict=True):
            axes.text(column, row, cell.label, ha="center", va="center", fontsize=7, clip_on=False)
        if shown:
            tooltips[gid] = [cell.sentence for cell in shown]
    axes.set(xlim=(-0.6, len(sizes) - 0.4), ylim=(len(strategies) - 0.4, -0.6), xlabel="N")
    axes.set_xticks(range(len(sizes)), [f"{size:g}" for size in sizes])
    axes.set_yticks(range(len(strategies)), strategies)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_title(task if len(study.models) == 1 else f"{task} · {model}")
    return figure, tooltips


def completion_caption(study: Study) -> str:
    """What the grid shows, and how much of the study is done."""
    states = Counter(_states(study))
    done = states["done"] + states["diverged"]
    lacking = ", ".join(f"{states[state]:,} {state}" for state in _OPEN if states[state])
    return (
        f"{done:,} of {states.total():,} planned trials have a result{lacking and f' ({lacking})'}. "
        "Each cell: seeds done, of seeds planned where that is more (outlined). A trial that diverged has a result. "
        "Nothing is imputed: means, laws and comparisons use what is there, pairs only where both trials are."
    )


def _states(study: Study) -> list[str]:
    counted: list[tuple[str, tuple[Json, ...]]] = [
        ("done", study.ok), ("diverged", study.diverged), ("failed", study.failures), ("missing", study.missing),
    ]  # fmt: skip
    return [state for state, trials in counted for _ in trials]
