"""The images that strategies have made: pictures, what they are like, their scores, and what options of theirs do."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from segaug.report.blocks.section import Block, Draw, Drawing, Folded, Heading, Items, Panels, Section
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.pictures.bank import bank_figure, bank_note
from segaug.report.study.study import Study
from segaug.report.synthesis.bank_table import NUMBERS, finding, likeness_table, made_table
from segaug.report.synthesis.banks import BankCell, bank_cells, by_strategy
from segaug.report.synthesis.option_figure import (
    OPTION_CAPTION,
    OptionGroup,
    option_figure,
    option_groups,
    option_panel,
)
from segaug.report.synthesis.painters import LOSS_CAPTION, Painter, loss_panel, painter_table, painters
from segaug.report.synthesis.score_figure import SCORE_CAPTION, score_figure, score_panel, score_signs
from segaug.report.synthesis.shown_banks import ShownBank, shown_banks


def section(study: Study) -> Section | None:
    """None where no record has a bank."""
    cells = bank_cells(study)
    if not cells:
        return None
    shown = shown_banks(study, [place for place, _ in by_strategy(cells)])
    return Section(
        "synthesis", "Images that were made", "Made images", tuple(_blocks(study, cells, shown)),
        _figures(study, cells, shown), finding=finding(cells),
    )  # fmt: skip


def _blocks(study: Study, cells: Sequence[BankCell], shown: Sequence[ShownBank]) -> Iterator[Block]:
    for index, bank in enumerate(shown):
        yield Heading(bank.title)
        figure = bank_figure(bank.pictures, bank.structures)
        name = f"sources, samples and nearest real images of {bank.title}"
        drawn = Markup(svg.inline(figure, f"bank{index}", name))
        yield Drawing(name, f"{bank.of}\n{bank_note(bank.pictures)}", drawn)
    if shown:
        yield Heading("All of them in numbers")
    yield made_table(cells)
    yield likeness_table(cells)
    yield Folded("What each number means", (Items(NUMBERS),), unfolded=True)
    yield key(score_signs(), "scores")
    yield Panels(SCORE_CAPTION, tuple(_scores(cells)), "by-curve")
    if found := painters(study):
        yield painter_table(found)
        yield Folded(f"How they were trained ({len(found)})", (Panels(LOSS_CAPTION, _losses(found), "by-curve"),))
    if groups := option_groups(study):
        yield Panels(OPTION_CAPTION, tuple((_option(study, index, group),) for index, group in enumerate(groups)))


def _scores(cells: Sequence[BankCell]) -> Iterator[tuple[Markup, ...]]:
    """A row a task and strategy, by N."""
    index = 0
    for (task, strategy), own in by_strategy(cells):
        charts = []
        for cell in own:
            label = f"histogram of scores of {strategy} on {task}, N = {cell.size}"
            charts.append(Markup(svg.inline(score_panel(cell), f"scores{index}", label)))
            index += 1
        yield tuple(charts)


def _losses(found: Sequence[Painter]) -> tuple[tuple[Markup, ...], ...]:
    """A chart each, where there is a history."""
    charts = [
        Markup(
            svg.inline(loss_panel(painter), f"loss{index}", f"training loss of the {painter.kind} of {painter.task}")
        )
        for index, painter in enumerate(found)
        if painter.item.get("history")
    ]
    return (tuple(charts),)


def _option(study: Study, index: int, group: OptionGroup) -> Markup:
    figure, tooltips = option_panel(study, group)
    label = f"test error against {group.option} for {group.task}, {group.model}, N = {group.size}"
    return Markup(svg.inline(figure, f"option{index}", label, tooltips))


def _figures(study: Study, cells: Sequence[BankCell], shown: Sequence[ShownBank]) -> Mapping[str, Draw]:
    figures: dict[str, Draw] = {"bank_scores": partial(score_figure, cells, SCORE_CAPTION)}
    if groups := option_groups(study):
        figures["bank_options"] = partial(option_figure, study, groups, OPTION_CAPTION)
    return figures | {bank.file: bank.figure for bank in shown}
