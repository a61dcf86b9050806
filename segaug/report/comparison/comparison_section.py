"""Strategies beside the baseline: paired ratios, and what they are worth in data."""

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.comparison.comparison import Comparison
from segaug.errors import DataError
from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Block, Draw, Folded, Heading, Items, Legend, Panels, Section, Text
from segaug.report.comparison.equivalent_data import equivalent_caption, factor_table, worth_sentences
from segaug.report.comparison.equivalent_figure import (
    equivalent_figure,
    equivalent_panel,
    equivalent_signs,
    has_factors,
)
from segaug.report.comparison.paired import overall_table, paired_caption, size_table
from segaug.report.comparison.paired_figure import paired_figure, paired_panel, paired_signs
from segaug.report.comparison.strategies import CONTROL, Groups, compared, comparison_notes
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.study.study import Study


def section(study: Study) -> Section | None:
    """None with a single strategy; a sentence where nothing can be paired."""
    if len(study.strategies) < 2:
        return None
    try:
        comparisons = compared(study)
    except DataError as error:
        return _section((Text(f"Nothing is compared: {error}."),))
    if not comparisons.groups:
        return _section((Text(f"Nothing is compared: no strategy shares a size and a seed with {BASELINE}."),))
    worth = [group for group in comparisons.groups if has_factors(group)]
    notes = [*comparison_notes(comparisons.groups), *comparisons.unpaired]
    beside_control, control_figures = _beside_control(study)
    blocks = (
        *_paired(study, comparisons.groups),
        *beside_control,
        *_equivalent(study, comparisons.groups, worth),
        *_notes(notes),
    )
    return _section(blocks, _figures(study, comparisons.groups, worth) | control_figures)


def _beside_control(study: Study) -> tuple[tuple[Block, ...], dict[str, Draw]]:
    """The same ratios to random changes of the kinds that strategies learn; nothing where either is missing."""
    if CONTROL not in study.strategies or not any(record.get("learned") for record in study.ok):
        return (), {}
    heading = Heading("Against random changes of the same kinds")
    try:
        groups = compared(study, CONTROL).groups
    except DataError as error:
        return (heading, Text(f"Nothing is compared: {error}.")), {}
    if not groups:
        return (heading, Text(f"Nothing is compared: no strategy shares a size and a seed with {CONTROL}.")), {}
    caption = paired_caption(study, groups)
    charts = ((_name(group), _ratio_chart(study, f"control{index}", group)) for index, group in enumerate(groups))
    figure = partial(paired_figure, study, groups, caption)
    blocks = (heading, Panels(caption, by_task(study, charts)), overall_table(groups))
    return blocks, {f"ratio_{study.measured.stem}_against_{CONTROL}": figure}


def _figures(study: Study, groups: Groups, worth: Groups) -> dict[str, Draw]:
    figures: dict[str, Draw] = {
        f"ratio_{study.measured.stem}": partial(paired_figure, study, groups, paired_caption(study, groups))
    }
    if worth:
        note = equivalent_caption(study, worth)
        figures[f"equivalent_data_{study.measured.stem}"] = partial(equivalent_figure, study, worth, note)
    return figures


def _section(blocks: tuple[Block, ...], figures: dict[str, Draw] | None = None) -> Section:
    return Section("comparison", "Strategies against the baseline", "Comparison", blocks, figures or {})


def _paired(study: Study, groups: Groups) -> tuple[Block, ...]:
    charts = ((_name(group), _ratio_chart(study, f"ratio{index}", group)) for index, group in enumerate(groups))
    return (
        Heading("On the same seeds"),
        key(paired_signs(), "pair"),
        Panels(paired_caption(study, groups), by_task(study, charts)),
        overall_table(groups),
        Folded("Every size as a table", (size_table(groups),)),
    )


def _equivalent(study: Study, groups: Groups, worth: Groups) -> tuple[Block, ...]:
    heading, sentences = Heading("Worth in data"), Items(worth_sentences(study, groups))
    if not worth:
        return heading, sentences
    charts = ((_name(group), _factor_chart(study, index, group)) for index, group in enumerate(worth))
    return (
        heading,
        Legend(references=False),
        key(equivalent_signs(), "worth"),
        Panels(equivalent_caption(study, worth), by_task(study, charts)),
        sentences,
        Folded("Every size as a table", (factor_table(worth),)),
    )


def _notes(notes: Sequence[str]) -> tuple[Block, ...]:
    return (Folded(f"Notes on single comparisons ({len(notes)})", (Items(notes),)),) if notes else ()


def _name(group: Sequence[Comparison]) -> tuple[str, str]:
    return group[0].key.task, group[0].key.model


def _ratio_chart(study: Study, place: str, group: Sequence[Comparison]) -> Markup:
    figure, tooltips = paired_panel(study, group)
    label = f"ratios to {group[0].baseline} for {', '.join(group[0].key[:2])}"
    return Markup(svg.inline(figure, place, label, tooltips))


def _factor_chart(study: Study, index: int, group: Sequence[Comparison]) -> Markup:
    figure, tooltips = equivalent_panel(study, group)
    label = f"equivalent data for {', '.join(group[0].key[:2])}"
    return Markup(svg.inline(figure, f"worth{index}", label, tooltips))
