"""Test error against an option of the bank: how many samples are kept, and how many are made of each image."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.report.look.palette import LIGHT, in_order, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import PANEL_IN, error_axis, panel_figure, panel_title
from segaug.report.marks.marks import Tooltips, draw_means, draw_trials, means_of, strategy_sign
from segaug.report.study.measure import Measure
from segaug.report.study.study import Seed, Study, Trial, collect
from segaug.report.synthesis.score_figure import ABREAST

OPTIONS = {"keep": "share of the samples that are kept", "per_image": "samples of each labelled image"}
OPTION_CAPTION = (
    "Test error against options of the bank, where a study has several values of them and all else is equal.\nPoints: "
    "trials; marks: means with 95 % t intervals, over seeds. Dashed: the mean of the baseline at the same N, which "
    "makes no images."
)
_BASELINE = "baseline"
_SHEET_PANEL_IN = (2.9, 2.4)


@dataclass(frozen=True)
class OptionGroup:
    """One task, model, N and option, with every family of strategies that differ in this option alone."""

    option: str
    task: str
    model: str
    size: int
    families: Mapping[str, tuple[Trial, ...]]  # what the family is called without the option -> its trials


def option_groups(study: Study) -> list[OptionGroup]:
    """Those with two values or more, by option, task, model and N."""
    cells = collect((trial for trial in study.trained_ok if trial["bank"]), "task", "model", "size")
    groups = (
        OptionGroup(option, task, model, size, _families(option, cells[task, model, size]))
        for option in OPTIONS
        for task, model, size in sorted(cells)
    )
    return [group for group in groups if group.families]


def option_panel(study: Study, group: OptionGroup) -> tuple[Figure, Tooltips]:
    """With the text that each mean shows under the pointer."""
    figure, axes = panel_figure(*PANEL_IN)
    tooltips = _draw(axes, study, group)
    axes.set(xlabel=OPTIONS[group.option], ylabel=_measure(study, group).axis)
    return figure, tooltips


def option_figure(study: Study, groups: Sequence[OptionGroup], note: str) -> Figure:
    """All panels, for a paper."""
    columns = min(len(groups), ABREAST)
    names = in_order(name for group in groups for name in group.families)
    page = sheet(
        -(-len(groups) // columns), columns, _SHEET_PANEL_IN, signs=[strategy_sign(name) for name in names],
        xlabel="", ylabel=study.measured.name, note=note,
    )  # fmt: skip
    for place, group in enumerate(groups):
        axes = page.panel(*divmod(place, columns))
        _draw(axes, study, group)
        axes.set_xlabel(OPTIONS[group.option])
    return page.figure


def _families(option: str, trials: Sequence[Trial]) -> dict[str, tuple[Trial, ...]]:
    keyed: dict[str, list[Trial]] = {}
    for trial in trials:
        if option in trial["options"]:
            others = {name: value for name, value in trial["options"].items() if name != option}
            keyed.setdefault(json.dumps(others, sort_keys=True), []).append(trial)
    several = [own for own in keyed.values() if len({trial["options"][option] for trial in own}) > 1]
    families = {_without(option, own[0]["strategy"]): tuple(own) for own in several}
    return {name: families[name] for name in in_order(families)}


def _without(option: str, strategy: str) -> str:
    """augpaint of "augpaint(keep=0.25)"."""
    kind, _, inside = strategy.removesuffix(")").partition("(")
    others = ",".join(word for word in inside.split(",") if word and not word.startswith(f"{option}="))
    return f"{kind}({others})" if others else kind


def _measure(study: Study, group: OptionGroup) -> Measure:
    return study.measured.fitted_of(group.task)


def _draw(axes: Axes, study: Study, group: OptionGroup) -> Tooltips:
    measure, tooltips = _measure(study, group), Tooltips()
    for name, trials in group.families.items():
        seeds = _seeds(measure, trials, group.option)
        means = means_of(seeds)
        gid = f"means-{len(tooltips)}"
        draw_trials(axes, seeds, look(name), f"trials-{len(tooltips)}")
        draw_means(axes, means, 1.0, look(name), gid, joined=True)
        tooltips[gid] = [
            f"{name}, {group.option} = {mean.size:g}\nmean {mean.value:.4g}, n = {mean.n}" for mean in means
        ]
    without = [
        value
        for trial in study.trained_ok
        if (trial["task"], trial["model"], trial["size"], trial["strategy"])
        == (group.task, group.model, group.size, _BASELINE)
        and (value := measure.of(trial)) is not None
    ]
    if without:
        axes.axhline(fmean(without), color=LIGHT["ink"], linestyle="--", linewidth=1.0, zorder=1.5, gid="baseline")
    error_axis(axes, log=False)
    panel_title(axes, study.title(group.task, group.model), f"N = {group.size}")
    return tooltips


def _seeds(measure: Measure, trials: Sequence[Trial], option: str) -> list[Seed]:
    """The trials with the value of the option in the place of N."""
    return sorted(
        Seed(trial["options"][option], trial["seed"], trial["id"], value)
        for trial in trials
        if (value := measure.of(trial)) is not None
    )
