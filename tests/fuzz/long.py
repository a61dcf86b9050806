"""`make fuzz`: go through all targets with new inputs until the time is up, and count the inputs of each.

SEGAUG_FUZZ_SECONDS (default 600) is the time in all, SEGAUG_FUZZ_SEED (default: the clock) makes a run repeatable.
"""

import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

from tests.fuzz.sandbox import sandboxed
from tests.fuzz.target import Target, attempts
from tests.fuzz.test_fuzz import TARGETS

ROUND = 400  # inputs of a target before the next one has its turn


def tried(target: Target, number: int) -> int:
    """Inputs of one turn; raises AssertionError where one of them fails."""
    with tempfile.TemporaryDirectory() as folder:

        def work(begin: object) -> None:
            warnings.simplefilter("ignore")
            attempts(target, Path(folder), max(1, round(ROUND * target.weight)), number, begin)

        return sandboxed(work, Path(folder) / "told")


def main() -> int:
    """Returns 1 if any input failed."""
    seconds = float(os.environ.get("SEGAUG_FUZZ_SECONDS", "600"))
    number = int(os.environ.get("SEGAUG_FUZZ_SEED", time.time_ns() % 10**9))
    print(f"fuzzing {len(TARGETS)} targets for {seconds:.0f} s, SEGAUG_FUZZ_SEED={number}", flush=True)
    counts: Counter[str] = Counter()
    failed: dict[str, str] = {}
    start = time.monotonic()
    while time.monotonic() - start < seconds and len(failed) < len(TARGETS):
        for target in (one for one in TARGETS if one.name not in failed):
            try:
                counts[target.name] += tried(target, number)
            except AssertionError as error:
                failed[target.name] = f"SEGAUG_FUZZ_SEED={number}: {error}"
                print(f"FAILED {target.name}: {failed[target.name]}", flush=True)
            if time.monotonic() - start > seconds:
                break
        number += 1
    for target in TARGETS:
        print(f"{target.name:24}{counts[target.name]:>9,} inputs{'  FAILED' if target.name in failed else ''}")
    print(f"{sum(counts.values()):,} inputs, {len(failed)} targets failed, in {time.monotonic() - start:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
