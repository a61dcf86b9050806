"""Trials of a curve that learned weights of layers which never left 0: see `results/layer_weights.py`."""

from collections import Counter, defaultdict

from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.results.layer_weights import SHARE, still_layers

STILL = "layer weights never left 0: "


def still_weights(curve: CurveTrials) -> str | None:
    """In how many trials which of them, what that means and what to do, as one sentence; None where all of them did."""
    if SHARE not in curve.table:
        return None
    rows = curve.table[curve.table["status"] == "ok"].to_dict("records")
    trials = Counter(layer for row in rows for layer in still_layers({str(name): value for name, value in row.items()}))
    if not trials:
        return None
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for layer, count in sorted(trials.items()):
        layers[count].append(layer)
    places = (f"{', '.join(names)} in {count} of {len(rows)} trials" for count, names in sorted(layers.items())[::-1])
    return f"{STILL}{'; '.join(places)}: there it is the baseline, and augment.mode=warmup would move them"
