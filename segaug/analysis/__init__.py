"""Fit scaling curves and say what may be believed of them; needs neither images nor a tracker nor torch.

    from segaug.analysis import fit_table
    for curve in fit_table("errors.csv"):  # columns curve, N, seed, error
        print(curve.key, curve.verdict.reason)

`fit_study(folder)` does the same for a study, `fit_curve(sizes, values)` for one curve.  The names below are imported
when they are first asked for, so that a command's help does not wait for scipy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segaug.analysis.curve_fit import CurveFit
    from segaug.analysis.curves import fit_records, fit_study, fit_table
    from segaug.analysis.extrapolation import Extrapolation
    from segaug.analysis.fit import Fit, fit_curve
    from segaug.analysis.holdout import Holdout
    from segaug.analysis.interval import Interval
    from segaug.analysis.lack_of_fit import LackOfFit
    from segaug.analysis.law_fit import Band, Estimate, LawFit
    from segaug.analysis.power_law import PowerLaw
    from segaug.analysis.published import Published
    from segaug.analysis.size_point import SizePoint
    from segaug.analysis.verdict import Verdict

_HOME = {
    "CurveFit": "curve_fit", "fit_records": "curves", "fit_study": "curves", "fit_table": "curves",
    "Extrapolation": "extrapolation", "Fit": "fit", "fit_curve": "fit", "Holdout": "holdout", "Interval": "interval",
    "LackOfFit": "lack_of_fit", "Band": "law_fit", "Estimate": "law_fit", "LawFit": "law_fit", "PowerLaw": "power_law",
    "Published": "published", "SizePoint": "size_point", "Verdict": "verdict",
}  # fmt: skip
__all__ = [
    "Band",
    "CurveFit",
    "Estimate",
    "Extrapolation",
    "Fit",
    "Holdout",
    "Interval",
    "LackOfFit",
    "LawFit",
    "PowerLaw",
    "Published",
    "SizePoint",
    "Verdict",
    "fit_curve",
    "fit_records",
    "fit_study",
    "fit_table",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
