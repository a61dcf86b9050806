"""Each structure by itself, of tasks that have several."""

from collections.abc import Iterable, Sequence
from functools import partial
from statistics import fmean

from markupsafe import Markup

from segaug.findings.numbers import number
from segaug.findings.phrases import listed
from segaug.measures import BY_KEY
from segaug.report.blocks.section import Block, Draw, Folded, Legend, Panels, Section
from segaug.report.blocks.tables import structure_table
from segaug.report.curves import captions
from segaug.report.curves.charts import overview_chart
from segaug.report.curves.figures import structures_figure
from segaug.report.study.measure import Json, Measure
from segaug.report.study.study import Study

Rows = dict[tuple[str, str], Sequence[Measure]]  # of each task and model, a measure of each structure


def section(study: Study) -> Section | None:
    """For each measure a row a task and model, the first one unfolded; None where no task has several structures."""
    by_measure = _rows(study)
    if not by_measure:
        return None
    blocks: list[Block] = [Legend()]
    for place, (key, rows) in enumerate(by_measure.items()):
        charts = tuple(_charts(study, f"part-{key}", group, measures) for group, measures in rows.items())
        caption = captions.structures_caption(study, next(iter(rows.values())))
        words = BY_KEY[key].words
        blocks.append(
            Folded(f"{words} of each structure", (Panels(caption, charts, "by-measure"),), unfolded=place == 0)
        )
    blocks.append(Folded("Each structure as a table", (structure_table(study),)))
    finding = _finding(study, next(iter(by_measure.values())).items())
    title = "Structure by structure"
    return Section("structures", title, "Structures", tuple(blocks), _figures(study, by_measure), finding=finding)


def _finding(study: Study, rows: Iterable[tuple[tuple[str, str], Sequence[Measure]]]) -> str:
    """The best and the worst structure of each task, by one measure, at the largest N."""
    said = []
    for (task, model), measures in rows:
        largest = max(record["size"] for record in study.ok if (record["task"], record["model"]) == (task, model))
        at = [
            record for record in study.ok if (record["task"], record["model"], record["size"]) == (task, model, largest)
        ]
        means = {measure.quantity.structure: fmean(values) for measure in measures if (values := _values(measure, at))}
        of_each = ", ".join(f"{name} {number(value)}" for name, value in means.items())
        said.append(f"{study.title(task, model)} at N = {largest}: {measures[0].quantity.measure.words} of {of_each}")
    return f"{listed(said, 'more tasks')}, mean over strategies."


def _values(measure: Measure, records: Iterable[Json]) -> list[float]:
    return [value for record in records if (value := measure.of(record)) is not None]


def _rows(study: Study) -> dict[str, Rows]:
    """By key of the measure."""
    by_measure: dict[str, Rows] = {}
    for group in study.groups:
        for key, measures in study.measured.of_structures(group[0]).items():
            by_measure.setdefault(key, {})[group] = measures
    return by_measure


def _charts(study: Study, place: str, group: tuple[str, str], measures: Sequence[Measure]) -> tuple[Markup, ...]:
    return tuple(overview_chart(study, measure, *group, f"{place}-{index}-") for index, measure in enumerate(measures))


def _figures(study: Study, by_measure: dict[str, Rows]) -> dict[str, Draw]:
    note = captions.overview_note(study, laws=False)
    return {
        f"structures_{key}_{'_'.join(group)}": partial(structures_figure, study, *group, measures, note)
        for key, rows in by_measure.items()
        for group, measures in rows.items()
    }
