"""Charts in columns, one a task."""

from collections.abc import Iterable

from markupsafe import Markup

from segaug.report.study.study import Study


def by_task(study: Study, charts: Iterable[tuple[tuple[str, str], Markup]]) -> tuple[tuple[Markup, ...], ...]:
    """Columns, one a task, its models below each other.  charts: of (task, model), in the order of the study."""
    columns: dict[str, list[Markup]] = {task: [] for task in study.tasks}
    for (task, _), chart in charts:
        columns[task].append(chart)
    return tuple(tuple(column) for column in columns.values() if column)
