"""What policies of augmentation have learned: their change over seeds, the policies themselves, and at test time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from segaug.analysis.policies.cells import PolicyCell
from segaug.findings.phrases import counted
from segaug.findings.policies import agree_words, apart_words, clear_words, joined_words, reach_words, summary
from segaug.report.blocks.section import Block, Draw, Drawing, Folded, Heading, Items, Panels, Section
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.policies.change_figure import CHANGE_CAPTION, change_figure, change_panel
from segaug.report.policies.class_looks import CLASS_LOOKS, class_signs
from segaug.report.policies.course_figure import COURSE_CAPTION, course_figure, drawn_courses
from segaug.report.policies.joined_figure import (
    JOINED_CAPTION,
    joined_figure,
    joined_panel,
    joined_signs,
)
from segaug.report.policies.pies import PIE_CAPTION, pie_drawing, pie_figure
from segaug.report.policies.policy_table import change_table
from segaug.report.policies.shown import cells_of, drawn
from segaug.report.study.study import Study


def section(study: Study) -> Section | None:
    """None where no trial that converged has learned a policy."""
    cells = cells_of(study)
    if not cells:
        return None
    shown = drawn(cells)
    return Section(
        "policies", "Learned policies", "Policies", tuple(_blocks(study, cells, shown)), _figures(study, shown),
        finding=summary(cells),
    )  # fmt: skip


def _blocks(study: Study, cells: Sequence[PolicyCell], shown: Sequence[PolicyCell]) -> Iterator[Block]:
    names = [name for name in CLASS_LOOKS if any(policy.name == name for cell in shown for policy in cell.classes)]
    yield key(class_signs(names), "policies")
    yield Panels(CHANGE_CAPTION + _left_out(cells, shown), (tuple(_changes(study, shown)),), "by-measure")
    for index, cell in enumerate(shown):
        yield Heading(f"{cell.where}, {counted(len(cell.seeds), 'seed')}")
        yield Items([*_sentences(cell)])
        name = f"probabilities of {cell.where}"
        drawing = Markup(svg.inline(pie_drawing(cell), f"pies{index}", name))
        yield Drawing(name, "As above." if index else PIE_CAPTION, drawing)
    if any(cell.test_time for cell in shown):
        yield Heading("At test time")
        yield key(joined_signs(), "operations")
        yield Panels(JOINED_CAPTION, (tuple(_joined(study, shown)),), "by-measure")
    if courses := drawn_courses(shown):
        yield Folded(f"In the course of the training ({len(courses)})", tuple(_courses(courses)))
    yield Folded("Every policy as a table", (change_table(cells),))


def _sentences(cell: PolicyCell) -> Iterator[str]:
    yield from clear_words(cell)
    if words := apart_words(cell):
        yield words
    if words := agree_words(cell):
        yield words
    if words := joined_words(cell):
        yield f"a prediction joins, with their mean weights: {words}"
    yield reach_words(cell)


def _changes(study: Study, shown: Sequence[PolicyCell]) -> Iterator[Markup]:
    for index, cell in enumerate(shown):
        figure, tooltips = change_panel(study, cell)
        label = f"change of the probability of doing nothing by group, {cell.where}"
        yield Markup(svg.inline(figure, f"changes{index}", label, tooltips))


def _joined(study: Study, shown: Sequence[PolicyCell]) -> Iterator[Markup]:
    for index, cell in enumerate(shown):
        if policy := cell.test_time:
            figure, tooltips = joined_panel(study, cell, policy)
            label = f"weights of operations at test time, {cell.where}"
            yield Markup(svg.inline(figure, f"operations{index}", label, tooltips))


def _courses(shown: Sequence[PolicyCell]) -> Iterator[Block]:
    for index, cell in enumerate(shown):
        name = f"probability of doing nothing over updates, {cell.where}"
        drawing = Markup(svg.inline(course_figure(cell, ""), f"courses{index}", name))
        more = "" if index else f"  {COURSE_CAPTION}"
        yield Drawing(name, f"{cell.where}.{more}", drawing)


def _figures(study: Study, shown: Sequence[PolicyCell]) -> Mapping[str, Draw]:
    figures: dict[str, Draw] = {}
    for task, model in dict.fromkeys(cell.key[:2] for cell in shown):
        own = [cell for cell in shown if cell.key[:2] == (task, model)]
        figures[f"policies_{task}_{model}"] = partial(change_figure, study, own, CHANGE_CAPTION)
        for cell in own:
            where = f"{task}_{model}_{cell.strategy}"
            figures[f"policies_pies_{where}"] = partial(pie_figure, cell, PIE_CAPTION)
            if policy := cell.test_time:
                figures[f"policies_test_time_{where}"] = partial(joined_figure, study, cell, policy, JOINED_CAPTION)
    return figures


def _left_out(cells: Sequence[PolicyCell], shown: Sequence[PolicyCell]) -> str:
    curves, drawn_curves = ({cell.key[:3] for cell in some} for some in (cells, shown))
    left = len(drawn_curves) < len(curves)
    return f" Drawn: {len(drawn_curves)} of {len(curves)} curves." if left else ""
