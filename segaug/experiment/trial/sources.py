"""What a record says of each source of a pooled task; nothing where there is only one."""

from collections.abc import Sequence

from segaug.data.task import Task
from segaug.experiment.planned.parts import Parts
from segaug.experiment.trial.evaluation import WeightScores, details_of
from segaug.results.store import Json


def seen_of(task: Task, rows: Sequence[int]) -> Json:
    """How much these rows are: images, patients and, of several sources, the images of each."""
    seen: Json = {"images": len(rows), "patients": len({task.patients[row] for row in rows})}
    return seen | ({"sources": images_of(task, rows)} if len(task.form.sources) > 1 else {})


def images_of(task: Task, rows: Sequence[int]) -> dict[str, int]:
    """How many of these rows are of each source, by its name."""
    counts = task.source[list(rows)].bincount(minlength=len(task.form.sources))
    return dict(zip(task.form.sources, counts.tolist(), strict=True))


def sources_of(
    task: Task,
    parts: Parts,
    presentations: Sequence[int],
    tested: WeightScores | None,
    others: Sequence[WeightScores],
) -> Json:
    """The record's "sources"; empty for a single one.

    presentations: rows of each source in all batches.  tested, others: scores on the task's test set and on those of
    its other sources, None and nothing where the trial diverged.
    """
    names = task.form.sources
    if len(names) == 1:
        return {}
    scores = task.by_source(tested, others) if tested else (None,) * len(names)
    rows = task.by_source(task.split.test, task.added_tests)
    training = images_of(task, parts.rows)
    return {
        "sources": {
            name: {
                "role": "added" if place else "base",
                "training": training[name],
                "presentations": presentations[place],
                **_tested(task, rows[place], scores[place], cases=place != task.tested),
            }
            for place, name in enumerate(names)
        }
    }


def _tested(task: Task, rows: Sequence[int], scores: WeightScores | None, *, cases: bool) -> Json:
    """Null where there are none, or are not finite; cases: those of the task's test set are the record's own."""
    if scores is None or not all(each.finite for each in scores.values()):
        return {"test": None, "cases": None}
    details = details_of(task, rows, scores["best"])
    return {"test": {name: each.means() for name, each in scores.items()}, "cases": details["cases"] if cases else None}
