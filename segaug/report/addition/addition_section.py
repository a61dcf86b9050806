"""Adding data of other sources: difference to k = 0, the verdict, what an added image is worth, and dilution."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from segaug.analysis.addition.beside import Beside
from segaug.analysis.addition.curve import AdditionCurve, Additions, Dilution
from segaug.errors import DataError
from segaug.findings.addition import (
    beside_words,
    dilution_words,
    measure_words,
    single_words,
    verdict_words,
    worth_words,
)
from segaug.report.addition.addition_figure import addition_figure, addition_panel, addition_signs
from segaug.report.addition.addition_table import addition_caption, addition_table
from segaug.report.addition.panels import AdditionPanel, judged, panels
from segaug.report.blocks.section import Block, Draw, Folded, Heading, Items, Panels, Section, Text
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.study.study import Study

_TITLE = "Adding data of other sources"
Groups = Sequence[Sequence[AdditionPanel]]


def section(study: Study) -> Section | None:
    """None where no trial was trained on several sources; a sentence where nothing can be compared."""
    if not any(record["sources"] for record in study.records):
        return None
    try:
        additions = judged(study)
    except DataError as error:
        return _section((Text(f"Nothing is told of added data: {error}."),), {})
    groups = [group for group in panels(study, additions) if group]
    note = addition_caption(groups)
    figures: dict[str, Draw] = {"addition": partial(addition_figure, groups, note)} if groups else {}
    return _section(tuple(_blocks(additions, groups, note)), figures)


def _section(blocks: tuple[Block, ...], figures: Mapping[str, Draw]) -> Section:
    return Section("addition", _TITLE, "Adding data", blocks, figures)


def _blocks(additions: Sequence[Additions], groups: Groups, note: str) -> Iterator[Block]:
    first = additions[0]
    yield Items([_verdict(curve) for curve in first.curves])
    if groups:
        yield key(addition_signs(groups), "addition")
        charts = tuple(tuple(_charts(place, group)) for place, group in enumerate(groups))
        yield Panels(note, charts, "by-measure")
        yield Folded("Every measure and k as a table", (addition_table(additions),))
    yield Heading("Worth in images of the base")
    yield Items(_of_curves(first.curves, worth_words))
    if first.dilutions:
        yield Heading("Dilution or shift")
        yield Items(
            [f"{dilution.key}: {words}." for dilution in first.dilutions for words in _of_dilution(first, dilution)]
        )
    if told := [_of_beside(beside) for of_metric in additions for beside in of_metric.beside]:
        yield Heading("Strategies with the same images added")
        yield Items(told)
    if notes := _of_curves(first.curves, lambda curve: curve.notes):
        yield Folded(f"Notes on single curves ({len(notes)})", (Items(notes),))


def _of_dilution(additions: Additions, dilution: Dilution) -> Iterator[str]:
    return dilution_words(dilution, additions.curves[0].metric)


def _of_beside(beside: Beside) -> str:
    return f"{beside.key}, {beside.sampling} sampling: {'; '.join(beside_words(beside))}."


def _verdict(curve: AdditionCurve) -> str:
    said = "; ".join([verdict_words(curve), *single_words(curve)])
    return f"{curve.name}: by {measure_words(curve.metric)}, {said}."


def _of_curves(curves: Sequence[AdditionCurve], words: Callable[[AdditionCurve], Iterable[str]]) -> list[str]:
    return [f"{curve.name}: {'; '.join(said)}." for curve in curves if (said := list(words(curve)))]


def _charts(place: int, group: Sequence[AdditionPanel]) -> Iterator[Markup]:
    for index, panel in enumerate(group):
        figure, tooltips = addition_panel(panel)
        label = f"{measure_words(panel.metric)} against added images for {panel.title}"
        yield Markup(svg.inline(figure, f"addition{place}-{index}", label, tooltips))
