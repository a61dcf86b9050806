"""Other forms than the law, curve by curve: a diagnostic."""

from collections.abc import Iterator

import numpy as np

from segaug.analysis.curves.curve_fit import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.findings.numbers import NONE, number
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
    beyond = np.array([4 * fit.default.max_size])
    for one in fit.alternatives:
        holdouts = " / ".join(f"{100 * error / fit.data.means[-1]:.1f} %" for error in one.holdout_errors)
        yield (
            *curve.key, one.form, str(one.parameters), number(one.chi2), number(one.aicc), f"{one.akaike_weight:.2f}",
            holdouts or NONE, number(float(one.predict(beyond)[0])),
        )  # fmt: skip
