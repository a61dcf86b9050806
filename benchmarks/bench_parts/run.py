"""Measure groups of rows, print the table, judge it."""

import time
from collections.abc import Callable, Mapping, Sequence

from .bounds import Bound, judged
from .gathering import Failed, gathered
from .groups import GROUPS, beginnings
from .heaps import Heap, across
from .processor import machine, processor
from .row import Row
from .table import table


def run(
    names: Sequence[str], bounds: Mapping[str, Bound], measured: Callable[[str, Heap], list[Row]] = gathered
) -> int:
    """The exit code: 1 where a bound is broken, a row has none or a bound no row.  measured: rows of a group."""
    print(machine(), flush=True)
    rows, failed = [], []
    for name in names:
        start, found = time.monotonic(), []
        for heap in GROUPS[name].heaps:
            try:
                found += measured(name, heap)
            except Failed as error:
                failed.append(str(error))
        found += across(found)
        heaps = " and ".join(GROUPS[name].heaps)
        print(f"\n{name}: {heaps} heap, {time.monotonic() - start:.0f} s\n{table(found, bounds)}", flush=True)
        rows += found
    verdict = judged(rows, bounds, beginnings(names), processor().native_bfloat16)
    wrong = [*failed, *verdict.broken]
    print(f"\n{len(rows)} rows, {len(wrong)} wrong, {len(verdict.unchecked)} not checked")
    for sentence in (*verdict.unchecked, *wrong):
        print(f"  {sentence}")
    return 1 if wrong else 0
