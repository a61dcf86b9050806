"""Learned weights of layers, as columns of a row; a layer whose weight never left 0 was trained as without its loss."""

from collections.abc import Mapping
from typing import Any

SHARE = "never_left_zero"  # of the layers
_WEIGHT = "layer_weight/"  # of each, after the last update


def weight_columns(record: Mapping[str, Any]) -> dict[str, float | None]:
    """A record's "layer_weights" as columns; nothing where it has none."""
    told = record.get("layer_weights")
    if not told:
        return {}
    return {SHARE: told["never_left_zero"], **{f"{_WEIGHT}{layer}": alpha for layer, alpha in told["alpha"].items()}}


def still_layers(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Layers whose weight never left 0, of a row of `trial_row`.

    A record says how many they are, and which ended at 0; where one came back to it, "1 of encoder1, encoder2".
    """
    share = row.get(SHARE)
    if share is None or not share > 0:  # NaN: of a trial that learns none
        return ()
    weights = {name.removeprefix(_WEIGHT): row[name] for name in row if name.startswith(_WEIGHT)}
    known = {layer: alpha for layer, alpha in weights.items() if alpha == alpha}
    at_zero, never = tuple(layer for layer, alpha in known.items() if alpha == 0), round(share * len(known))
    return at_zero if len(at_zero) == never else (f"{never} of {', '.join(at_zero)}",)
