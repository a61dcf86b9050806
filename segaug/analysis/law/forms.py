"""Other forms than the law, fitted with the same weights: a diagnostic, never a choice.

Over simulated curves the form with the best AIC, or with the best hold-out error, extrapolated up to a hundred times
worse than the law with a floor did wherever that was the truth (measured: benchmarks/coverage.py).  So the law stays
the reference, and a better form is a warning.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from segaug.analysis.law.linear_problem import LinearProblem, gain
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.solver import solve

LAW = "power law with floor"
_TAUS = 60  # nodes of the search for the time constant of the exponential
_NOTICE = 10.0  # AIC and AICc by which a form has to beat the law to be worth a notice
_MIN_SIZES_TWICE = 6  # that two may be held out
Predict = Callable[[Array], Array]  # sizes -> errors


@dataclass(frozen=True)
class Form:
    """A family of curves."""

    name: str
    parameters: int
    fit: Callable[[Array, Array, Array], Predict]  # (sizes (m,), means (m,), precision (m, m)) -> fitted curve
    min_sizes: int = 0  # and always more than it has parameters


@dataclass(frozen=True)
class Alternative:
    """One form fitted to one curve."""

    form: str
    parameters: int
    chi2: float
    aicc: float
    akaike_weight: float  # share of the support by AICc among the forms fitted
    holdout_errors: tuple[float, ...]  # |predicted - mean| at the largest size: fitted without it, without the last two
    predict: Predict

    @property
    def aic(self) -> float:
        """Akaike's criterion for known variances, without correction."""
        return self.chi2 + 2 * self.parameters


def alternatives(sizes: Array, means: Array, precision: Array, forms: tuple[Form, ...]) -> tuple[Alternative, ...]:
    """Every form that has enough sizes, in the order given.

    sizes, means: (m,).  precision: (m, m), inverse covariance of the means, known from repeated trials.
    """
    fitted = {
        form: form.fit(sizes, means, precision)
        for form in forms
        if len(sizes) > max(form.parameters, form.min_sizes - 1)
    }
    chi2 = {form: _chi2(means - predict(sizes), precision) for form, predict in fitted.items()}
    scores = {form: aicc(chi2[form], form.parameters, len(sizes)) for form in fitted}
    weights = _akaike_weights(scores)
    return tuple(
        Alternative(
            form.name, form.parameters, chi2[form], scores[form], weights[form],
            _holdout_errors(form, sizes, means, precision), predict,
        )
        for form, predict in fitted.items()
    )  # fmt: skip


def aicc(chi2: float, parameters: int, sizes: int) -> float:
    """Akaike's criterion for known variances, corrected for few sizes."""
    return chi2 + 2 * parameters + 2 * parameters * (parameters + 1) / max(sizes - parameters - 1, 0.5)


def better_form(forms: tuple[Alternative, ...], standard_error: float) -> Alternative | None:
    """The form that deserves a notice, if any: it beats the law and predicts the largest size as well.

    Few sizes make AICc prefer few parameters, whatever the data: so a form has to win without its correction, too.
    forms: from `alternatives`.  standard_error: of the mean at the largest size.
    """
    law = next((alternative for alternative in forms if alternative.form == LAW), None)
    rivals = [
        alternative
        for alternative in forms
        if law and min(law.aicc - alternative.aicc, law.aic - alternative.aic) > _NOTICE
    ]
    best = min(rivals, key=lambda alternative: alternative.aicc, default=None)
    if law is None or best is None or not best.holdout_errors:
        return None
    pairs = zip(best.holdout_errors, law.holdout_errors, strict=False)
    return best if all(error <= max(2 * standard_error, of_law) for error, of_law in pairs) else None


def without_last(precision: Array, dropped: int) -> Array:
    """Inverse covariance of the means that remain; precision: (m, m).  Returns (m - dropped, m - dropped)."""
    kept = len(precision) - dropped
    remaining: Array = np.linalg.inv(np.linalg.inv(precision)[:kept, :kept])
    return remaining


def _chi2(residuals: Array, precision: Array) -> float:
    return float(residuals @ precision @ residuals)


def _akaike_weights(scores: Mapping[Form, float]) -> dict[Form, float]:
    support = np.exp(-0.5 * (np.array(list(scores.values())) - min(scores.values())))
    return dict(zip(scores, (support / support.sum()).tolist(), strict=True))


def _holdout_errors(form: Form, sizes: Array, means: Array, precision: Array) -> tuple[float, ...]:
    errors = []
    for dropped in (1, 2) if len(sizes) >= _MIN_SIZES_TWICE else (1,):
        kept = len(sizes) - dropped
        if form.parameters < kept:
            predict = form.fit(sizes[:kept], means[:kept], without_last(precision, dropped))
            errors.append(float(abs(predict(sizes[-1:])[0] - means[-1])))
    return tuple(errors)


def _constant(sizes: Array, means: Array, precision: Array) -> Predict:
    weights = precision.sum(axis=0)
    level = float(weights @ means / weights.sum())
    return lambda at: np.full(len(at), level)


def _logarithm(sizes: Array, means: Array, precision: Array) -> Predict:
    """alpha - beta ln N."""
    whiten = np.linalg.cholesky(precision).T
    columns = np.stack([np.ones(len(sizes)), np.log(sizes)], axis=1)
    (alpha, slope), *_ = np.linalg.lstsq(whiten @ columns, whiten @ means)
    return lambda at: alpha + slope * np.log(at)


def _exponential(sizes: Array, means: Array, precision: Array) -> Predict:
    """a exp(-N / tau) + c with a, c >= 0: exact for each tau, and a search over tau from N_1 / 3 to 3 Nmax."""
    problem = LinearProblem(sizes, means[None], precision)

    def decay(at: Array, log_tau: ArrayLike) -> Array:
        return np.exp(np.multiply.outer(np.exp(-np.asarray(log_tau)), sizes[0] - at))

    def loss(log_tau: ArrayLike) -> Array:
        return -gain(problem.products(decay(sizes, log_tau) @ problem.whitening))[0]

    grid = np.linspace(np.log(sizes[0] / 3), np.log(3 * sizes[-1]), _TAUS)
    best = int(loss(grid).argmin())
    bounds = grid[max(best - 1, 0)], grid[min(best + 1, _TAUS - 1)]
    log_tau = float(minimize_scalar(lambda node: loss([node])[0], bounds=bounds, method="bounded").x)
    a, c = problem.coefficients(decay(sizes, [log_tau]) @ problem.whitening)
    return lambda at: a[0, 0] * decay(at, log_tau) + c[0, 0]


def _power_law(floor: bool) -> Callable[[Array, Array, Array], Predict]:
    def fit(sizes: Array, means: Array, precision: Array) -> Predict:
        return solve(sizes, means[None], precision, floor=floor, polish=True)[0].predict

    return fit


FORMS = (
    Form("constant", 1, _constant),
    Form("power law", 2, _power_law(floor=False)),
    Form("logarithm", 2, _logarithm),
    Form(LAW, 3, _power_law(floor=True)),
    Form("exponential with floor", 3, _exponential),
)
