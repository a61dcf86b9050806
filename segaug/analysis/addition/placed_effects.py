"""Paired effects of curves that lie on a grid, with the draws of seeds and test cases of that grid."""

from collections.abc import Sequence

from segaug.analysis.addition.simultaneous import PairedEffect, paired_effects
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.law.power_law import Array


def placed_effects(
    placed: PlacedCurve, differences: Array, on_cases: Array | None, seeds: Sequence[int] | None = None
) -> tuple[PairedEffect, ...]:
    """As `paired_effects`; seeds: of the rows of the differences, None for all of the grid."""
    patients = placed.cases.patient_count if placed.cases else 0
    case_counts = placed.drawn.cases(placed.cases.patients) if on_cases is not None and placed.cases else None
    drawn = placed.drawn.seeds
    seed_counts = drawn.counts if seeds is None else drawn.of(seeds)
    return paired_effects(differences, on_cases, seed_counts, case_counts, patients)
