"""Captions: every axis, unit, interval and number of trials, in words."""

from collections.abc import Sequence

from segaug.report.histories import shown_sizes
from segaug.report.measure import BCE, Measure
from segaug.report.study import Study, collect

LAW = "E(N) = a·N⁻ᵇ + c"


def curves_caption(study: Study) -> str:
    """Of the fitted measure against N."""
    measure = study.measure
    return (
        f"{measure.name[0].upper()}{measure.name[1:]} ({measure.meaning}) against the number N of labelled training "
        f"{study.counted}; both axes are logarithmic, and the panels of a task share theirs. {_cost(study)} "
        f"Small points: one trial each, {_trials(study)} per strategy and N. Large markers: their mean; strategies are "
        f"moved sideways a little so that none hides another. Lines: the fitted law {LAW}, over the measured sizes "
        "only; where there is no law the means are joined. Shaded: pointwise 95 % percentile interval of the law, "
        f"bootstrap over seeds, for this test set. {_references(measure)} Crosses at the top: diverged trials."
    )


def measures_caption(study: Study, measures: Sequence[Measure]) -> str:
    """Of several measures side by side."""
    names = ", ".join(measure.name for measure in measures)
    meanings = "; ".join(f"{measure.name}: {measure.meaning}" for measure in measures)
    return (
        f"Per task and model: {names} against N. {meanings}. N and both BCE are on logarithmic axes. "
        f"Markers: mean over {_trials(study)}; bars: ± 1 standard deviation between seeds. {_references(BCE)}"
    )


def coefficients_caption(study: Study) -> str:
    """Of the dot plots."""
    return (
        f"Coefficients of {LAW} for {study.measure.name}. Bars: 95 % percentile intervals, bootstrap over seeds; "
        "an arrow goes on beyond the axis. Hollow: not identified (c: its interval reaches 0; b: at a limit of the "
        "search). Each coefficient has one axis for all panels. a and c are not to be compared one by one: they "
        "depend on b."
    )


def histories_caption(study: Study) -> str:
    """Of the validation histories."""
    sizes = ", ".join(map(str, shown_sizes(study)))
    return (
        "Validation BCE (nats per pixel, logarithmic) against the number of updates, at the smallest, the middle and "
        f"the largest N ({sizes}). Lines: median over the seeds that were still training."
    )


def _cost(study: Study) -> str:
    counts = sorted({record["labels"]["validation"] for record in study.records})
    if counts == [0]:
        return "No validation labels were used."
    span = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"Every N also costs V = {span} validation labels: a trial needs N + V labelled images."


def _trials(study: Study) -> str:
    counts = {len(cell) for cell in collect(study.ok, "task", "model", "strategy", "size").values()}
    return f"n = {min(counts, default=0)}{f' to {max(counts)}' if len(counts) > 1 else ''} seeds"


def _references(measure: Measure) -> str:
    text = "Dotted grey: the atlas, the mean mask of the same training images, which never looks at the test image."
    return text if measure.constant is None else f"{text} Dashed grey: the best constant prediction."
