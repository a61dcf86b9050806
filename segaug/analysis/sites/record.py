"""Falls as rows of a table: every number with its interval.

Units: errors and differences: that of the metric; all else has none.
"""

from collections.abc import Iterator

from segaug.analysis.comparison.comparison import Ratio
from segaug.analysis.curves.record import Values
from segaug.analysis.interval import Interval
from segaug.analysis.sites.fall import Fall


def fall_rows(fall: Fall) -> Iterator[Values]:
    """One row a size, and one over all of them, whose size is null."""
    named = {**fall.key._asdict(), "inside": fall.way.inside, "outside": fall.way.outside, "metric": fall.metric}
    patients = dict(zip(("inside_patients", "outside_patients"), fall.patients or (None, None), strict=True))
    for at in fall.sizes:
        yield {
            **named,
            "size": at.size,
            "inside_error": at.inside,
            "outside_error": at.outside,
            **_ratio("ratio", at.ratio),
            "difference": at.difference.mean,
            **_ends("difference", at.difference.interval),
            **_ends("difference_other_cases", at.difference_other_cases),
            "trained_there": at.trained_there,
            **_ratio("beside_baseline", at.beside),
            **patients,
        }
    if fall.overall.log.pairs:
        yield {
            **named,
            "size": None,
            **_ratio("ratio", fall.overall),
            **_ratio("beside_baseline", fall.beside),
            **patients,
        }


def _ratio(name: str, ratio: Ratio | None) -> Values:
    """With the number of seeds that it is over."""
    return {
        f"{name}_seeds": ratio.log.pairs if ratio else None,
        name: ratio.value if ratio else None,
        **_ends(name, ratio.interval if ratio else None),
        **_ends(f"{name}_other_cases", ratio.other_cases if ratio else None),
    }


def _ends(name: str, interval: Interval | None) -> Values:
    return {f"{name}_low": interval and interval.low, f"{name}_high": interval and interval.high}
