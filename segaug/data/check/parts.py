"""What the parts of the split hold."""

from collections.abc import Sequence

import numpy as np

from segaug.data.check.report import CaseReport, PartReport


def part_report(name: str, cases: Sequence[CaseReport]) -> PartReport:
    """Of the cases that lie in this part."""
    inside = [case for case in cases if case.part == name]
    of_each = [case.structures for case in inside if case.structures is not None]
    shares = [case.foreground for case in inside if case.foreground is not None]
    at_size = [case.foreground_at_size for case in inside if case.foreground_at_size is not None]
    return PartReport(
        name=name,
        images=len(inside),
        patients=len({case.patient for case in inside}),
        unlabelled=sum(not case.labelled for case in inside),
        foreground=_mean(shares),
        structures={key: float(np.mean([one[key] for one in of_each])) for key in of_each[0]} if of_each else None,
        empty=shares.count(0.0),
        foreground_at_size=_mean(at_size),
        empty_at_size=at_size.count(0.0),
    )


def _mean(shares: Sequence[float]) -> float | None:
    return float(np.mean(shares)) if shares else None
