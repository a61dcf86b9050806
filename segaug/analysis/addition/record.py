"""Addition curves as nested values for JSON and as rows for tables: every number with its interval.

Differences are of errors, E(k) - E(0), in the unit of the metric: positive is harm, also of a Dice, whose error is
1 - Dice.  Worth is in images of the base.  A value that does not exist is null.
"""

from collections.abc import Iterator, Sequence

from segaug.analysis.addition.added_worth import AddedWorth, Worth
from segaug.analysis.addition.beside import Beside
from segaug.analysis.addition.curve import AddedPoint, AdditionCurve, Additions, Dilution, TakenBack
from segaug.analysis.addition.missing import Missing
from segaug.analysis.addition.simultaneous import PairedEffect
from segaug.analysis.curves.record import Values, interval_record
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.metric import Metric
from segaug.analysis.planning.effect_power import POWER


def additions_record(additions: Sequence[Additions]) -> Values:
    """Everything, of each metric."""
    return {
        "schema": 1,
        "interval_level": LEVEL,
        "power": POWER,
        "difference": "error with k added images minus error without, over the same seeds; positive: harm",
        "intervals": "simultaneous over the k of a curve: paired t with the quantile of the largest |t|",
        "curves": [_curve(curve) for of_metric in additions for curve in of_metric.curves],
        "dilution": [
            _dilution(dilution, of_metric.curves[0].metric)
            for of_metric in additions
            for dilution in of_metric.dilutions
        ],
        "beside": [_beside(beside) for of_metric in additions for beside in of_metric.beside],
        "missing": [_missing(trials) for trials in (additions[0].missing if additions else ())],
    }


def point_rows(additions: Sequence[Additions]) -> Iterator[Values]:
    """One row a metric, curve and k."""
    for curve in (curve for of_metric in additions for curve in of_metric.curves):
        worth = {added.k: added for added in curve.worth.added}
        for point in curve.points:
            yield {
                **_key(curve),
                "k": point.k,
                "seeds": point.effect.pairs,
                "error_at_zero": point.at_zero,
                "error": point.error,
                **_row("difference", point.effect.mean, point.effect.interval),
                **_ends("difference_other_cases", point.effect.other_cases),
                "detectable": point.effect.detectable,
                **_row("control", *_of(point.control)),
                **_worth_row(worth.get(point.k)),
                "base_presentations": point.presentations,
                "verdict": curve.verdict.shown,
            }


def _of(effect: PairedEffect | None) -> tuple[float | None, Interval | None]:
    return (effect.mean, effect.interval) if effect else (None, None)


def _key(curve: AdditionCurve) -> Values:
    key = {**curve.key._asdict(), "added": " + ".join(curve.key.added), "sampling": curve.sampling}
    return {**key, "metric": curve.metric or "error"}


def _curve(curve: AdditionCurve) -> Values:
    verdict = curve.verdict
    return {
        **_key(curve),
        "added": list(curve.key.added),
        "verdict": {
            "shown": verdict.shown,
            "harm_at": list(verdict.harm),
            "benefit_at": list(verdict.benefit),
            "harm_at_with_other_cases": list(verdict.harm_on_other_cases),
            "benefit_at_with_other_cases": list(verdict.benefit_on_other_cases),
        },
        "seeds_at_zero": curve.zero[0],
        "base_presentations_at_zero": curve.zero[1],
        "points": [_point(point) for point in curve.points],
        "single_runs": curve.single and dict(vars(curve.single)),
        "worth": _worth(curve.worth),
        "notes": list(curve.notes),
    }


def _point(point: AddedPoint) -> Values:
    return {
        "k": point.k,
        "error": point.error,
        "error_at_zero": point.at_zero,
        "difference": _effect(point.effect),
        "over_positive_control": point.control and _effect(point.control),
        "base_presentations": point.presentations,
    }


def _effect(effect: PairedEffect) -> Values:
    return {
        "seeds": effect.pairs,
        "value": effect.mean,
        "ci": interval_record(effect.interval),
        "ci_case_population": interval_record(effect.other_cases),
        "detectable": effect.detectable,
    }


def _worth(worth: Worth) -> Values:
    return {
        "reason": worth.reason,
        "base_sizes": list(worth.sizes),
        "added": [
            {"k": added.k, "images": added.images, "ci": interval_record(added.interval), "inside": added.inside}
            for added in worth.added
        ],
    }


def _dilution(dilution: Dilution, metric: Metric | None) -> Values:
    key = {**dilution.key._asdict(), "added": list(dilution.key.added)}
    return {**key, "metric": metric or "error", "points": [_taken_back(point) for point in dilution.points]}


def _beside(beside: Beside) -> Values:
    key = {**beside.key._asdict(), "added": list(beside.key.added), "sampling": beside.sampling}
    return {
        **key,
        "metric": beside.metric or "error",
        "reference": beside.reference,
        "points": [{"k": k, "difference": _effect(effect)} for k, effect in beside.at.items()],
        "mean_over_k": _effect(beside.over_all),
    }


def _taken_back(point: TakenBack) -> Values:
    return {
        "k": point.k,
        "rise_by_proportional": _effect(point.rise),
        "taken_back_by_balanced": _effect(point.effect),
        "share": point.share,
        "share_ci": interval_record(point.share_interval),
        "base_presentations": dict(point.presentations),
    }


def _missing(trials: Missing) -> Values:
    key = {**trials.key._asdict(), "added": list(trials.key.added)}
    return {
        **key,
        "for": trials.purpose,
        "of_the_base_alone": trials.alone,
        "amounts": [list(amount) for amount in trials.amounts],
        "seeds": list(trials.seeds),
    }


def _worth_row(worth: AddedWorth | None) -> Values:
    if worth is None:
        return _row("worth", None, None) | {"worth_beyond": None}
    beyond = "low" if worth.interval.open_low else "high" if worth.interval.open_high else "none"
    both = worth.interval.open_low and worth.interval.open_high
    inside = worth.images if worth.inside else None
    return _row("worth", inside, worth.interval) | {"worth_beyond": "both" if both else beyond}


def _row(name: str, value: float | None, interval: Interval | None) -> Values:
    return {name: value} | _ends(name, interval)


def _ends(name: str, interval: Interval | None) -> Values:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
