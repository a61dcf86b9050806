"""What a design is too small for.  Limits are measured: benchmarks/coverage.py, or follow from the test's counting."""

import math
from collections.abc import Iterator

import numpy as np

from segaug.analysis.comparison.notes import FEW_PAIRS
from segaug.analysis.interval import SIGNIFICANCE
from segaug.analysis.law.fit import FEW_SEEDS
from segaug.analysis.law.lack_of_fit import TESTABLE_SIZES
from segaug.analysis.law.verdict import TOO_FEW_SIZES, too_few_sizes
from segaug.analysis.planning.forecast import Design

_RECOMMENDED_SEEDS = 10
_TESTED_RANGE = 32  # factor between the smallest and the largest size
_FLOOR_SIZES, _FLOOR_RANGE = 8, 128


def seeds_for_flips(comparisons: int = 1) -> int:
    """Fewest seeds with which a sign-flip test can be significant at all, under Holm's method.

    Of the 2^S sign patterns two are as extreme as the data, so the smallest p-value is 2 / 2^S.
    """
    return math.ceil(1 + math.log2(comparisons / SIGNIFICANCE))


def shortcomings(design: Design, comparisons: int, unit: str = "seeds") -> list[str]:
    """What cannot be said from a design, in plain words; empty if nothing is amiss.

    comparisons: strategies times sizes that share one level of 5 %.  unit: what a design has so many of at each size.
    """
    return [*_of_sizes(design), *_of_seeds(design.seeds, comparisons, unit)]


def _of_sizes(design: Design) -> Iterator[str]:
    sizes, span = design.sizes, design.sizes[-1] / design.sizes[0]
    if too_few_sizes(np.asarray(sizes, dtype=float)):
        yield f"no law is read: that {TOO_FEW_SIZES}"
    elif len(sizes) < TESTABLE_SIZES or span < _TESTED_RANGE:
        yield (
            f"no test of the law and no claim beyond the largest size: that needs {TESTABLE_SIZES} sizes "
            f"over a factor of {_TESTED_RANGE}"
        )
    elif len(sizes) < _FLOOR_SIZES and span < _FLOOR_RANGE:
        yield f"thin for a statement on the floor: plan {_FLOOR_SIZES} sizes or a factor of {_FLOOR_RANGE}"


def _of_seeds(seeds: int, comparisons: int, unit: str) -> Iterator[str]:
    if seeds < FEW_SEEDS:
        yield f"every interval is provisional: {FEW_SEEDS} {unit} is the least"
    if seeds < FEW_PAIRS:
        yield f"too few to compare strategies at one size: that needs {FEW_PAIRS} {unit}"
    if seeds < (needed := seeds_for_flips(comparisons)):
        yield f"too few for sign flips to confirm a difference among all comparisons: that needs {needed} {unit}"
    if seeds < _RECOMMENDED_SEEDS:
        yield f"fewer than the {_RECOMMENDED_SEEDS} recommended"
