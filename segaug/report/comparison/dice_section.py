"""Dice of the strategies beside that of a reference: differences on the same seeds, structure by structure."""

from collections.abc import Iterable
from functools import partial

from markupsafe import Markup

from segaug.errors import DataError
from segaug.findings.comparisons import saw_more
from segaug.findings.phrases import listed
from segaug.report.blocks.section import Block, Folded, Panels, Section, Text
from segaug.report.comparison.dice import DiceGroup, dice_groups
from segaug.report.comparison.dice_figure import dice_figure, dice_panel, dice_signs
from segaug.report.comparison.dice_table import dice_caption, dice_finding, dice_table
from segaug.report.comparison.strategies import CONTROL
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.study.study import Study

_TITLE = "Dice against a reference"


def section(study: Study) -> Section | None:
    """None where no task has Dice of two strategies; a sentence where these cannot be compared."""
    try:
        groups = dice_groups(study)
    except DataError as error:
        return Section(
            "dice", _TITLE, "Dice", (Text(f"Nothing is compared: {error}."),), finding="Nothing is compared."
        )
    if not groups:
        return None
    charts = tuple(tuple(_charts(study, place, group)) for place, group in enumerate(groups))
    blocks: list[Block] = [key(dice_signs(), "dice"), Panels(dice_caption(study, groups), charts, "by-measure")]
    blocks += [Text(sentence) for group in groups if (sentence := _saw_more(study, group))]
    controlled = any(group.reference == CONTROL for group in groups)  # there the table is the study's result
    blocks.append(Folded("Every structure and size as a table", (dice_table(groups),), unfolded=controlled))
    figures = {
        f"dice_differences_{group.task}_{group.model}": partial(dice_figure, study, group, dice_caption(study, [group]))
        for group in groups
    }
    return Section("dice", _TITLE, "Dice", tuple(blocks), figures, finding=dice_finding(groups))


def _charts(study: Study, place: int, group: DiceGroup) -> Iterable[Markup]:
    for index, structure in enumerate(group.structures):
        figure, tooltips = dice_panel(study, group, structure)
        label = f"Dice of {structure.name} against {group.reference} for {group.task}, {group.model}"
        yield Markup(svg.inline(figure, f"dice{place}-{index}", label, tooltips))


def _saw_more(study: Study, group: DiceGroup) -> str:
    """The other reason for a better score."""
    names = [comparison.key.strategy for comparison in group.together.comparisons if saw_more(comparison)]
    where = study.title(group.task, group.model)
    return (
        f"{where}: {listed(names)} saw more data than {group.reference}, which is another reason to be better."
        if names
        else ""
    )
