"""What a reader must know about an addition curve before believing it, in plain words."""

from collections.abc import Iterator

import numpy as np

from segaug.analysis.addition.family import Family, Sampling
from segaug.analysis.comparison.notes import FEW_PAIRS
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.curves.population import FEW_PATIENTS
from segaug.analysis.trials.collapsed import collapsed_trials


def addition_notes(family: Family, sampling: Sampling) -> Iterator[str]:
    """Everything peculiar about one curve of a family."""
    curve = family.pooled[sampling]
    if 0 not in curve.trials.sizes:
        yield "no trial of k = 0: nothing to compare with, and no effect is told"
    yield from _on_pairs(family, curve)
    yield from _on_states(curve)
    yield from _on_collapse(curve)
    if family.unused_base:
        yield f"trials of the base alone are left out: {family.unused_base}"
    if curve.cases is None and family.key.size:
        yield "the trials do not tell the errors of single test cases: nothing is said of other test cases"
    elif curve.cases is not None and curve.cases.patient_count < FEW_PATIENTS:
        yield f"{curve.cases.patient_count} test patients: too few to know what others would show"


def _on_pairs(family: Family, curve: PlacedCurve) -> Iterator[str]:
    at = {int(k): frozenset(np.flatnonzero(np.isfinite(curve.compared.values[:, column])).tolist())
          for column, k in enumerate(family.columns) if k in curve.trials.sizes}  # fmt: skip
    if 0 not in at:
        return
    pairs = {k: len(seeds & at[0]) for k, seeds in at.items() if k > 0}
    if not pairs or max(pairs.values()) == 0:
        yield "no seed has a converged trial both at k = 0 and with added images: nothing to pair"
        return
    most = max(pairs.values())
    if 1 < most < FEW_PAIRS:
        yield f"provisional: at most {most} seeds"
    if len(set(at.values())) > 1:
        counts = ", ".join(f"{len(seeds)} at k = {k}" for k, seeds in sorted(at.items()))
        yield f"unequal seeds: {counts}; each k is compared over those that k = 0 has, too"


def _on_states(curve: PlacedCurve) -> Iterator[str]:
    """Trials without a result are in no mean."""
    trials = curve.trials
    for state in ("diverged", "failed"):
        counts = {int(k): int(count) for k, count in zip(trials.sizes, trials.count(state), strict=True) if count}
        if counts:
            told = ", ".join(f"{count} of {len(trials.seeds)} at k = {k}" for k, count in counts.items())
            yield f"{state}, and left out: {told}"
    if trials.unmeasured:
        yield f"{len(trials.unmeasured)} trials have not measured {trials.metric}, and are left out"


def _on_collapse(curve: PlacedCurve) -> Iterator[str]:
    at = [trial.size for trial in collapsed_trials(curve.trials)]
    if at:
        told = ", ".join(f"{at.count(k)} at k = {k}" for k in sorted(set(at)))
        yield f"collapsed networks are among the trials, which tell of training rather than of data: {told}"
