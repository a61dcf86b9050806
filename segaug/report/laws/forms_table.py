"""Other forms than the law, curve by curve: a diagnostic."""

from collections.abc import Iterator

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.findings.laws import other_form
from segaug.findings.numbers import number
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study


def forms_table(study: Study) -> Table:
    """Every form that was fitted to a curve."""
    return Table(
        "Other forms with the same weights.\nAICc: smaller is better; weight: share of the support by AICc; hold-out: "
        "distance from the mean at the largest N when fitted without it, and without the two largest. A diagnostic, "
        "not a choice: in simulations the winner of such a table extrapolated up to a hundred times worse than the "
        "law.",
        ("task", "model", "strategy", "form", "parameters", "χ²", "AICc", "weight", "hold-out", "E(4 Nmax)"),
        tuple(row for curve, fit in study.laws for row in _rows(curve, fit)),
        strategy_column=2,
        number_columns=frozenset(range(4, 10)),
    )


def _rows(curve: CurveFit, fit: Fit) -> Iterator[tuple[str, ...]]:
    for form in fit.alternatives:
        yield (*curve.key, form.form, str(form.parameters), number(form.chi2), *other_form(form, fit))
