"""What a reader must know about a curve before believing it, in plain words."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from segaug.analysis.law.fit import Fit, Flag
from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.law.weighted_law import MIN_SIZES
from segaug.analysis.trials.collapsed import collapse_notes
from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.analysis.trials.shown_dice import shown_dice
from segaug.analysis.trials.still_weights import still_weights
from segaug.analysis.trials.untrained import untrained
from segaug.results.code_names import codes_text, counted
from segaug.results.keys import PAIR
from segaug.results.states import ENDED


def notes(curve: CurveTrials, fit: Fit | None) -> list[str]:
    """Everything peculiar about one curve, the trials first."""
    return [*_on_trials(curve), *(_on_fit(fit) if fit else ())]


def _on_trials(curve: CurveTrials) -> Iterator[str]:
    yield from on_networks(curve)
    ok, seeds = curve.count("ok"), len(curve.seeds)
    if (measured := int((ok > 0).sum())) < MIN_SIZES:
        yield f"{measured} of at least {MIN_SIZES} sizes: no law"
    if (ok > 0).any() and (ok <= 1).all():
        yield "one seed: no intervals of means"
    for status, words in _STATES.items():
        cells = curve.table.loc[curve.table["status"] == status, [*PAIR]].sort_values([*PAIR])
        if len(cells):
            yield f"{words}: " + ", ".join(f"N={size} seed {seed}" for size, seed in cells.to_numpy().tolist())
    short = [f"{count} at N={size:.0f}" for count, size in zip(ok, curve.sizes, strict=True) if count < seeds]
    if short:
        yield f"fewer than {seeds} trials: {', '.join(short)}"
    if curve.unmeasured:
        counts = Counter(size for size, _ in curve.unmeasured)
        where = ", ".join(f"{count} at N={size}" for size, count in sorted(counts.items()))
        yield f"trials that have not measured {curve.metric} are left out: {where}"
    worse = curve.worse_than_constant.sum(axis=0)
    if worse.any():
        places = zip(worse, ok, curve.sizes, strict=True)
        listed = [f"{bad} of {count} at N={size:.0f}" for bad, count, size in places if bad]
        yield f"worse than a constant prediction: {', '.join(listed)}"
    yield from _on_dice(curve)
    yield from _on_overlap(curve.table)
    yield from _on_subsets(curve)
    yield from _on_code(curve.table)


def on_networks(curve: CurveTrials) -> Iterator[str]:
    """Trials that converged, and whose errors still tell of training rather than of data, or not of the strategy."""
    yield from collapse_notes(curve)
    if (note := untrained(curve)) is not None:
        yield str(note)
    if (still := still_weights(curve)) is not None:
        yield still


def _on_dice(curve: CurveTrials) -> Iterator[str]:
    """At the largest size, where some test images have nothing to find."""
    largest = {shown.structure: shown for shown in shown_dice(curve)}
    yield from map(str, largest.values())


def _on_overlap(table: pd.DataFrame) -> Iterator[str]:
    if "overlap" not in table:
        return
    sizes = table.loc[table["overlap"].eq(True), "size"].unique()
    if len(sizes):
        yield f"N={listed_sizes(sizes)} is over half of the pool: seeds share images, so their spread is too small"


def _on_subsets(curve: CurveTrials) -> Iterator[str]:
    if curve.seeds_per_subset > 1:
        yield (
            f"{curve.seeds_per_subset} seeds share each subset: means and intervals are over "
            f"{len(curve.replicates().seeds)} subsets, the mean of its trials each"
        )


def _on_code(table: pd.DataFrame) -> Iterator[str]:
    """Trials that different code has made; records did not always say which."""
    if "code" not in table:
        return
    counts = counted(table.loc[table["status"].isin(ENDED), "code"])
    if len(counts) > 1:
        yield f"trained by different code: {codes_text(counts)}"


def _on_fit(fit: Fit) -> Iterator[str]:
    if fit.law.a == 0:
        yield "the error does not fall with N: a constant was fitted, b means nothing"
    elif fit.default.slope.interval.low <= 0:
        yield "the error may not fall with N at all: a constant fits, too"
    elif fit.default.b_at_bound:
        yield f"b ended at the limit {fit.law.b:g} of the search"
    for flag, text in BY_FLAG.items():
        if flag in fit.flags:
            yield text
    if fit.data.noise.line_rejected:
        yield _on_spread(fit.data)
    if fit.trimmed is not None:
        yield f"the law fits from N={fit.trimmed.data.sizes[0]:.0f} on; that fit claims nothing beyond the data"
    if "suspicious_zero_variance" in fit.flags:
        yield f"seeds agree to 0.1 % at N={listed_sizes(fit.data.without_spread)}: was the seed applied there?"
    if (other := fit.better_form) is not None:
        size = 4 * fit.default.max_size
        beyond = float(other.predict(np.array([size]))[0])
        yield (
            f"another form, the {other.form}, fits better: it expects {beyond:.3g} at N={size:.0f}, "
            f"the law {float(fit.law.predict(size)):.3g}"
        )


def _on_spread(data: SizeMeans) -> str:
    noisier = data.sizes[data.cv > (1 + _NOISIER) * data.noise.cv(data.sizes)]
    used = ["a curve"] * (data.noise.curvature != 0) + [f"their own spread at N={listed_sizes(noisier)}"] * bool(
        len(noisier)
    )
    weights = f": weights follow {' and '.join(used)}" if used else ""
    return f"the spread of trials is no straight line over ln N (p = {data.noise.p_line:.2g}){weights}"


_NOISIER = 0.05  # above the smooth spread, as a share of it
_STATES = {"diverged": "diverged and left out", "failed": "failed", "missing": "planned, not there yet"}
BY_FLAG: dict[Flag, str] = {
    "law_doubtful": "the law fits poorly: intervals are widened by what it misses",
    "non_monotone": "the error rises somewhere by more than chance",
    "provisional": "provisional: fewer than three seeds",
    "unequal_seeds": "some sizes have over twice as many trials as others",
}


def listed_sizes(sizes: Iterable[float]) -> str:
    """4, 8, 16."""
    return ", ".join(f"{size:.0f}" for size in sizes)
