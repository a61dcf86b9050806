"""Fit scaling curves and say what may be believed of them; needs neither images nor a tracker nor torch.

    from segaug.analysis import fit_table
    for curve in fit_table("errors.csv"):  # columns N and error, curve and seed
        print(curve.key, curve.verdict.reason)

`fit_study(folder)` does the same for a study, `fit_curve(sizes, values)` for one curve.  The names below are imported
when they are first asked for, so that a command's help does not wait for scipy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segaug.analysis.curves.fitted_curve import CurveFit
    from segaug.analysis.curves.fitting import fit_records, fit_study, fit_table
    from segaug.analysis.curves.size_point import SizePoint
    from segaug.analysis.interval import Interval
    from segaug.analysis.law.extrapolation import Extrapolation
    from segaug.analysis.law.fit import Fit, fit_curve
    from segaug.analysis.law.holdout import Holdout
    from segaug.analysis.law.lack_of_fit import LackOfFit
    from segaug.analysis.law.power_law import PowerLaw
    from segaug.analysis.law.published import Published
    from segaug.analysis.law.verdict import Verdict
    from segaug.analysis.law.weighted_law import Band, Estimate, LawFit

_HOME = {
    "CurveFit": "curves.fitted_curve", "fit_records": "curves.fitting", "fit_study": "curves.fitting",
    "fit_table": "curves.fitting", "SizePoint": "curves.size_point", "Interval": "interval",
    "Extrapolation": "law.extrapolation", "Fit": "law.fit", "fit_curve": "law.fit", "Holdout": "law.holdout",
    "LackOfFit": "law.lack_of_fit", "Band": "law.weighted_law", "Estimate": "law.weighted_law",
    "LawFit": "law.weighted_law", "PowerLaw": "law.power_law", "Published": "law.published", "Verdict": "law.verdict",
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
