"""What the masks of a folder hold: some are opened, evenly chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from segaug.data.cases import FileCase
from segaug.data.understand.found import Found
from segaug.data.understand.mask_values import Meaning, meaning, values_of
from segaug.errors import DataError

MASKS, IMAGES = 2000, 40  # that are looked at


def of_masks(found: Found) -> tuple[Meaning, list[np.ndarray]]:
    """What the masks hold, and where some of them are not background; those that cannot be read are problems."""
    chosen = evenly(found.kept, MASKS)
    of_size = {case.id for case in evenly(chosen, IMAGES)}
    values, foregrounds = [], []
    broken = []
    for case in chosen:
        try:
            mask = case.read_mask()
        except DataError as error:
            broken.append(str(error))
            continue
        values.append(values_of(mask))
        if case.id in of_size and (mask > 0).any():
            foregrounds.append(mask > 0)
    if found.layout.kind == "contours" or isinstance(found.base.get("masks"), Mapping):
        held = ", ".join(str(value) for value in sorted({value for one in values for value in one.counts}))
        return Meaning(_all(found), (f"masks hold {held}",), tuple(broken)), foregrounds
    meant = meaning(values, found.layout.structures, len(found.kept), found.layout.ignored)
    return replace(meant, problems=(*broken, *meant.problems)), foregrounds


def _all(found: Found) -> dict[str, Any]:
    masks = found.base.get("masks")
    if not isinstance(masks, Mapping):
        return {}
    return {"structure": "all" if len(masks) > 1 else next(iter(masks))}


def evenly(cases: Sequence[FileCase], count: int) -> list[FileCase]:
    """So many of them, in equal steps."""
    if len(cases) <= count:
        return list(cases)
    return [cases[int(at)] for at in (np.arange(count) + 0.5) * len(cases) / count]
