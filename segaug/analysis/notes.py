"""What a reader must know about a curve before believing it, in plain words."""

from collections.abc import Iterator

import pandas as pd

from segaug.analysis.fit import Fit


def note(curve: pd.DataFrame, fit: Fit | None, min_sizes: int) -> str:
    """Everything peculiar about one curve; "" if nothing is.  curve: its rows of the table of trials."""
    return "; ".join([*_on_trials(curve, min_sizes), *(_on_fit(fit) if fit else ())])


def _on_trials(curve: pd.DataFrame, min_sizes: int) -> Iterator[str]:
    ok, diverged = curve[curve["status"] == "ok"], curve[curve["status"] == "diverged"]
    counts = ok.groupby("size").size()
    if len(counts) < min_sizes:
        yield f"{len(counts)} of at least {min_sizes} sizes: no fit"
    if len(diverged):
        cells = zip(diverged["size"], diverged["seed"], strict=True)
        yield "diverged and left out: " + ", ".join(f"N={size} seed {seed}" for size, seed in cells)
    if ok["seed"].nunique() == 1:
        yield "one seed: no intervals"
    seeds = curve["seed"].nunique()
    short = [f"{counts.get(size, 0)} at N={size}" for size in curve["size"].unique() if counts.get(size, 0) < seeds]
    if short:
        yield f"fewer than {seeds} trials: {', '.join(short)}"
    overlap = ok.loc[ok["overlap"], "size"].unique()
    if len(overlap):
        yield f"N={_listed(overlap)} is over half of the pool: seeds share images, so their spread is too small"
    worse = ok.groupby("size")[["bce_best", "constant_bce"]].mean()
    worse = worse[worse["bce_best"] > worse["constant_bce"]]
    if len(worse):
        yield f"BCE above that of a constant prediction at N={_listed(worse.index)}"


def _on_fit(fit: Fit) -> Iterator[str]:
    if fit.law.a == 0:
        yield "the error does not fall with N: a constant was fitted, b means nothing"
    elif fit.b_at_bound:
        yield f"b ended at the limit {fit.law.b:g} of the search"


def _listed(sizes: pd.Index | pd.Series) -> str:
    return ", ".join(map(str, sizes))
