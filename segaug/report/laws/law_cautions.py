"""What a reader must know about laws before comparing them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.population import FEW_PATIENTS
from segaug.analysis.law.verdict import ENOUGH_SIZES
from segaug.report.laws.verdicts import without_verdict
from segaug.report.study.caution import Caution, make
from segaug.report.study.study import Study


@dataclass(frozen=True)
class _OfCurves:
    """What holds of some curves and not of others."""

    kind: str
    headline: str
    meaning: str
    holds: Callable[[CurveFit], bool]

    def __call__(self, study: Study) -> Caution | None:
        return make(self.kind, self.headline, self.meaning, self._places(study))

    def _places(self, study: Study) -> Iterator[str]:
        """One line a task and model, naming its strategies."""
        for task, model in study.groups:
            curves = study.curves_of(task, model).items()
            names = [name for name, curve in curves if curve.points and self.holds(curve)]
            if names:
                yield f"{task} · {model}: {', '.join(names)}"


def _few_sizes(study: Study) -> Caution | None:
    return make(
        "few-sizes",
        "Too few sizes to read a law",
        "Three numbers a, b, c cannot be told from three points, or from four that lie close together: it takes "
        f"{ENOUGH_SIZES}. Where a law is drawn it only joins the means.",
        without_verdict(study),
    )


LAW_CHECKS: tuple[Callable[[Study], Caution | None], ...] = (
    _OfCurves(
        "rejected",
        "The law does not fit",
        "The means lie further from a·N⁻ᵇ + c than chance explains. The law is drawn in grey; nothing is read from "
        "it, neither floor nor exponent nor a value beyond the data. Means and paired differences hold.",
        lambda curve: curve.verdict.floor == "law_rejected",
    ),
    _few_sizes,
    _OfCurves(
        "rising",
        "The error rises somewhere",
        "From one N to the next the mean rises by more than chance explains. The law can only fall.",
        lambda curve: "non_monotone" in curve.flags,
    ),
    _OfCurves(
        "zero-variance",
        "Seeds agree too well",
        "At some N all trials have the same error to 0.1 %: was the seed applied? The spread there is taken from the "
        "other N.",
        lambda curve: "suspicious_zero_variance" in curve.flags,
    ),
    _OfCurves(
        "provisional",
        "Fewer than three seeds",
        "Intervals are provisional: they rest on a spread that is hardly known.",
        lambda curve: "provisional" in curve.flags,
    ),
    _OfCurves(
        "few-patients",
        f"Fewer than {FEW_PATIENTS} test patients",
        "What holds on this test set may not hold for other patients; intervals for other patients are only rough.",
        lambda curve: "few_cases" in curve.flags,
    ),
    _OfCurves(
        "bound",
        "b ended at a limit of its search",
        "The exponent is not determined; read it as “at most” or “at least”.",
        lambda curve: "b_at_bound" in curve.flags,
    ),
    _OfCurves(
        "floor",
        "A floor is not identifiable from these data",
        "They cannot tell an error floor from a slower decay. That is no evidence against a floor. Neither c nor b "
        "of these curves should be compared on its own.",
        lambda curve: curve.verdict.floor == "not_identifiable",
    ),
)
