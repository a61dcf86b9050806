"""One fitted curve as nested values, for JSON: every number with its interval, verdict and reason.

Units: errors, c, drop: that of the metric; a: error N^b; N: training images; all else has none.  A value that does not
exist is null; an interval's infinite end is null with its open flag set.
"""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.stated import IDENTIFIED_LEVEL, LEVEL_STATED
from segaug.analysis.law.weighted_law import Estimate, LawFit

Values = dict[str, object]


def curve_record(curve: CurveFit) -> Values:
    """Everything about a curve but its trials, its resampled laws and the grid of b and phi."""
    fit = curve.fit
    return {
        "curve_id": str(curve.key),
        **curve.key._asdict(),
        "metric": curve.metric or "error",
        "seed_policy": "nested" if curve.trials.nested else "independent",
        "states": [asdict(state) | {"rate": _rate(state.rate.share, state.rate.interval)} for state in curve.states],
        "points": [
            asdict(point) | {"interval": interval_record(point.interval), "values": dict(point.values)}
            for point in curve.points
        ],
        "components": [asdict(part) for part in curve.components],
        "e_ref": _error(curve, curve.reference_size),
        "e_max": _error(curve, curve.points[-1].size) if curve.points else None,
        "e_max_with_diverged_as_constant": curve.sensitivity and _estimate(curve.sensitivity),
        "verdict_floor": curve.verdict.floor,
        "verdict_exponent": curve.verdict.exponent,
        "verdict_reason": curve.verdict.reason,
        "flags": sorted(curve.flags),
        "note": curve.note,
        **(_fit_record(fit) if fit else {}),
    }


def interval_record(interval: Interval | None) -> Values | None:
    """All fields, and the level."""
    return None if interval is None else asdict(interval) | {"level": LEVEL}


def stated_record(interval: Interval | None, level: float) -> Values | None:
    """Of what a verdict states; null where it states nothing."""
    return None if interval is None else asdict(interval) | {"level": level}


def law_record(fit: LawFit) -> Values:
    """The law with its test; b is null where the law is a constant."""
    law, test = fit.law, fit.lack_of_fit
    return {
        "a": law.a,
        "b": law.b if law.a > 0 else None,
        "c": law.c,
        "rss": fit.profile.rss,
        "chi2": test.chi2,
        "df": test.df,
        "p_lof": test.p,
        "misfit": asdict(fit.misfit),
        "b_at_bound": fit.b_at_bound,
        "a_ci": interval_record(fit.profile.scale),
        "b_ci": interval_record(fit.b.interval),
        "c_ci": interval_record(fit.floor.interval),
        "phi": _estimate(fit.floor_share),
        "slope_max": _estimate(fit.slope),
        "drop": _estimate(fit.drop),
    }


def _fit_record(fit: Fit) -> Values:
    data, published = fit.data, fit.published
    return {
        "sizes": _list(data.sizes),
        "size_var_used": _list(data.trial_variance),
        "cv_line": {"alpha": data.noise.alpha, "beta": data.noise.beta, "centre": data.noise.centre,
                    "curvature": data.noise.curvature, "p": data.noise.p_line},
        "cv_used": _list(data.cv),
        "rho_sizes": data.noise.correlation,
        "noise_dof": data.dof,
        "published_fit": asdict(published.law)
        | {"r2": published.r2, "rss": published.rss, "residuals": _list(published.residuals)},
        "fit": law_record(fit.default),
        "b_stated": stated_record(fit.stated_exponent, LEVEL_STATED),
        "c_stated": stated_record(
            fit.stated_floor, LEVEL_STATED if fit.verdict.floor == "bounded" else IDENTIFIED_LEVEL
        ),
        "trimmed_fit": fit.trimmed and law_record(fit.trimmed) | {"start_n": float(fit.trimmed.data.sizes[0])},
        "extrapolation": [
            {"factor": extrapolation.factor, "n": extrapolation.size, "value": extrapolation.value,
             "ci": interval_record(extrapolation.interval), "claimed": extrapolation.claimed,
             "failed_conditions": list(extrapolation.failed_conditions)}
            for extrapolation in fit.extrapolations
        ],
        "holdout": fit.holdout
        and {"n": fit.holdout.size, "predicted": fit.holdout.predicted, "ci": interval_record(fit.holdout.interval),
             "observed": fit.holdout.observed, "rel_error": fit.holdout.relative_error, "passed": fit.holdout.passed},
        "p_no_floor": fit.p_no_floor,
        "isotonic": _list(fit.isotonic),
        "band": {
            ("n" if name == "sizes" else name): _list(column) for name, column in vars(fit.default.band).items()
        } | {"claimed_to": fit.claimed_size},
        "alternatives": [
            {"form": alternative.form, "k": alternative.parameters, "chi2": alternative.chi2, "aicc": alternative.aicc,
             "akaike_weight": alternative.akaike_weight,
             "holdout_error": alternative.holdout_errors[0] if alternative.holdout_errors else None,
             "e_4x": float(alternative.predict(np.array([4 * fit.default.max_size]))[0])}
            for alternative in fit.alternatives
        ],
    }  # fmt: skip


def _error(curve: CurveFit, size: float) -> Values | None:
    estimate = curve.error(size)
    if estimate is None:
        return None
    on_cases = curve.population.error(size) if curve.population else None
    return {"n": size, **_estimate(estimate), "ci_case_population": interval_record(on_cases)}


def _estimate(estimate: Estimate) -> Values:
    return {"value": estimate.value, "ci": interval_record(estimate.interval)}


def _rate(share: float, interval: Interval) -> Mapping[str, object]:
    return {"value": share, "ci": interval_record(interval)}


def _list(column: Array) -> list[float]:
    values: list[float] = np.asarray(column, dtype=float).tolist()
    return values
