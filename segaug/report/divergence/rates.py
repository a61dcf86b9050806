"""How often training diverged, in words."""

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.trials.divergence import MATTERS_RATE
from segaug.findings.numbers import NONE, number
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study

_MATTERS = f"{100 * MATTERS_RATE:g} %"
RULE = (
    "A trial diverged if its loss or error is not finite, or if its recalibrated BCE is no better than the best "
    "constant prediction and its training loss did not improve: one rule for all strategies, fixed before any result."
)


def diverging_groups(study: Study) -> list[tuple[str, str]]:
    """Every (task, model) in which any trial diverged."""
    return [group for group in study.groups if any(curve.n_diverged for curve in study.curves_of(*group).values())]


def divergence_caption(study: Study) -> str:
    """What is shown, over how many trials."""
    states = [state for curve in study.fits for state in curve.states]
    ended, diverged = sum(state.rate.trials for state in states), sum(state.diverged for state in states)
    return (
        f"Share of trials that diverged at each N ({diverged:,} of {ended:,} in all).\nTrials that failed or are "
        "missing do not count. Bars: 95 % Wilson interval of the share, pale where none diverged; what varies are "
        f"seeds. Dashed: {_MATTERS}, beyond which divergence matters. {RULE}"
    )


def divergence_table(study: Study) -> Table:
    """What leaving the diverged trials out may hide, for curves that have any."""
    curves = [curve for group in study.groups for curve in study.curves_of(*group).values() if curve.n_diverged]
    return Table(
        "Curves with diverged trials.\nE: error of the law at the largest N, given that training converged, and if "
        "every diverged trial counts as the best constant prediction (or as itself where that is worse). Matters: the "
        f"rate is over {_MATTERS} at some N, or differs from another strategy's (exact McNemar test over "
        "pairs of trials, p < 5 %).",
        ("task", "model", "strategy", "diverged", "of", "at N", "E, converged", "E, as constant", "matters"),
        tuple(_row(curve) for curve in curves),
        strategy_column=2,
        number_columns=frozenset({3, 4, 6, 7}),
    )


def _row(curve: CurveFit) -> tuple[str, ...]:
    sizes = ", ".join(f"{state.size} ({state.diverged})" for state in curve.states if state.diverged)
    converged = curve.fit.error(curve.fit.default.max_size).value if curve.fit else None
    return (
        *curve.key,
        str(curve.n_diverged),
        str(sum(state.rate.trials for state in curve.states)),
        sizes,
        number(converged),
        number(curve.sensitivity.value) if curve.sensitivity else NONE,
        "yes" if "divergence_matters" in curve.flags else "no",
    )
