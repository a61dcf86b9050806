"""What a reader must know about a comparison before believing it, in plain words."""

from collections.abc import Iterator

import numpy as np

from segaug.analysis.comparison.pair import Pair
from segaug.analysis.comparison.sign_flips import varied
from segaug.analysis.comparison.training_budget import budget_notes
from segaug.analysis.curves.notes import listed_sizes
from segaug.analysis.curves.population import FEW_PATIENTS
from segaug.analysis.trials.collapsed import collapse_notes
from segaug.analysis.trials.still_weights import still_weights
from segaug.results.keys import PAIR

FEW_PAIRS = 5  # with fewer the spread of the differences is hardly known


def comparison_notes(pair: Pair) -> Iterator[str]:
    """Everything peculiar about one strategy beside its baseline."""
    pairing = pair.pairing
    pairs = pairing.pairs[pair.paired]
    if not len(pairs):
        yield "no seed and size in common with the baseline: nothing to pair"
        return
    most = int(pairs.max())
    if most == 1:
        yield "one pair a size: no intervals, no tests"
    elif most < FEW_PAIRS:
        yield f"provisional: at most {most} pairs a size"
    if (seeds := pair.strategy.trials.seeds_per_subset) > 1:
        yield f"{seeds} seeds share each subset: pairs are of subsets, each the mean of its trials"
    yield from _protocols(pair)
    for side, curve in (("", pair.strategy), ("the baseline has ", pair.baseline)):
        yield from (f"{side}{note}" for note in collapse_notes(curve.trials))
    yield from filter(None, [still_weights(pair.strategy.trials)])
    yield from _lonely(pair)
    yield from _alike(pair)
    yield from _subsets(pair)
    yield from budget_notes(pair)
    cases = pair.strategy.cases
    if cases and cases.patient_count < FEW_PATIENTS:
        yield f"{cases.patient_count} test patients: too few to know what others would show"


def _protocols(pair: Pair) -> Iterator[str]:
    """Of two curves that a sweep over protocols has told apart."""
    own, other = (curve.trials.key.protocol or "the study's own" for curve in (pair.strategy, pair.baseline))
    if own != other:
        yield f"its protocol differs from that of the baseline: {own} against {other}"


def _lonely(pair: Pair) -> Iterator[str]:
    """Converged trials that the other side lacks."""
    present = [np.isfinite(curve.compared.values) for curve in (pair.strategy, pair.baseline)]
    for own, other, words in zip(present, reversed(present), ("without", "only of"), strict=True):
        sizes = pair.sizes[(own & ~other).any(axis=0)]
        count = int((own & ~other).sum())
        if count:
            trials, are = ("trial", "is") if count == 1 else ("trials", "are")
            yield f"{count} {trials} {words} the baseline, at N={listed_sizes(sizes)}, {are} in no pair"


def _alike(pair: Pair) -> Iterator[str]:
    """Sizes at which chance shows in no seed."""
    pairing, columns = pair.pairing, pair.pairing.tested
    same = columns[~np.nan_to_num(pairing.differences[:, columns]).any(axis=0)]
    if len(same):
        yield f"the same error as the baseline on every seed at N={listed_sizes(pair.sizes[same])}: was it applied?"
    effects = {column: pairing.single[column] for column in columns if column not in same}
    alike = ~(varied(pairing.differences) & varied(pairing.strategy / pairing.baseline))
    fixed = [column for column in effects if alike[column]]
    if fixed:
        yield f"the same ratio or difference on every seed at N={listed_sizes(pair.sizes[fixed])}: no interval"
    unbounded = [column for column, effect in effects.items() if not (column in fixed or effect.interval)]
    if unbounded:
        yield f"errors vary too much for so few seeds to bound their ratio at N={listed_sizes(pair.sizes[unbounded])}"


def _subsets(pair: Pair) -> Iterator[str]:
    """Pairs are pairs because both trained on the same images."""
    tables = [curve.trials.table for curve in (pair.strategy, pair.baseline)]
    if not all("subset" in table for table in tables):
        return
    cells = [table.loc[table["status"] == "ok", [*PAIR, "subset"]] for table in tables]
    both = cells[0].merge(cells[1], on=[*PAIR])
    other = both[both["subset_x"] != both["subset_y"]]
    if len(other):
        yield f"trained on other images than the baseline in {len(other)} of {len(both)} pairs: pairing gains less"
