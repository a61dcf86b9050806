"""The code that trials were trained by, as rows name it: a hash "SHARED.OWN", see `experiment/code/deciding.py`.

Records of before this was noted name none (""), those of a time in between one without a dot; whether that was the code
of today cannot be told from either, so that it counts as another one.
"""

from collections.abc import Iterable, Mapping

import pandas as pd

from segaug.results.keys import CURVE, Curve

LETTERS = 8  # of a hash that are shown


def shared(code: str) -> str:
    """Of the code that all trials run."""
    return code.partition(".")[0]


def own(code: str) -> str:
    """Of the code of a trial's data set, model and strategy; "" where that was not noted by itself."""
    return code.partition(".")[2]


def short(code: str) -> str:
    """For a reader."""
    return ".".join(part[:LETTERS] for part in code.split(".")) or "code that nobody noted"


def counted(codes: Iterable[str]) -> dict[str, int]:
    """How many trials each has trained, in the order of their names."""
    counts = pd.Series(list(codes), dtype=object).value_counts()
    return {code: int(counts[code]) for code in sorted(counts.index)}


def codes_text(counts: Mapping[str, int]) -> str:
    """8 by code that nobody noted, 4 by 0123abcd.4567cdef."""
    return ", ".join(f"{count} by {short(code)}" for code, count in counts.items())


def mixed_curves(table: pd.DataFrame) -> dict[Curve, dict[str, int]]:
    """Curves whose trials several codes have trained, with how many by each; table: of a study's snapshot."""
    by_curve: dict[Curve, dict[str, int]] = {}
    counts = table.groupby([*CURVE, "code"], sort=True).size().reset_index()
    for task, model, strategy, code, count in counts.itertuples(index=False, name=None):
        by_curve.setdefault((task, model, strategy), {})[code] = int(count)
    return {curve: counts for curve, counts in by_curve.items() if len(counts) > 1}
