"""What the values of masks mean: structures, background, a rim, numbers of objects, or grey left by a lossy format."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from segaug.data.check.rim import RIM, is_thin
from segaug.data.rules.values import is_colour, text

_MOST = 12  # structures: more values number objects, or are shades
_HALF = 128
_SHADES = 0.9  # of the pixels that are nearly black or nearly white, in masks that hold shades between


@dataclass(frozen=True)
class Values:
    """What one mask holds.  counts: pixels of each value.  border: of each value, along the border of the image.

    thin: is 255 a thin band beside other values?
    """

    counts: Mapping[int, int]
    border: Mapping[int, int]
    thin: bool


@dataclass(frozen=True)
class Meaning:
    """Options of a config, and what is said of them; problems: what no option can mend."""

    options: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def values_of(mask: np.ndarray) -> Values:
    """mask: (H, W) integers."""
    edges = np.concatenate([mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1]])
    counts, border = _counts(mask), _counts(edges)
    return Values(counts, border, thin=1 in counts and RIM in counts and is_thin(mask))


def _counts(mask: np.ndarray) -> dict[int, int]:
    return {int(value): int(count) for value, count in zip(*np.unique(mask, return_counts=True), strict=True)}


def meaning(
    masks: Sequence[Values], named: Mapping[str, Sequence[int]], of: int, ignored: Sequence[int] = ()
) -> Meaning:
    """Structures of masks that hold these values.  named, ignored: by a description.  of: masks there are."""
    pixels = sum((Counter(mask.counts) for mask in masks), Counter[int]())
    seen = f"{len(masks)} masks" if len(masks) == of else f"{len(masks)} of {of} masks"
    values = sorted(pixels)
    listed = ", ".join(text(value) for value in values[:_MOST]) + ", ..." * (len(values) > _MOST)
    told = [f"{seen} hold the values {listed}"]
    if named:
        return _named(named, values, told, ignored)
    if len(values) == 1:
        return Meaning(
            {"structures": {"foreground": [1]}, "structure": "foreground"},
            tuple(told),
            (f"all masks hold {listed} alone",),
        )
    background = 0 if 0 in pixels else _background(masks)
    if background:
        told.append(f"none is 0: {text(background)}, which is along the borders, is taken as background")
    inside = [value for value in values if value != background]
    told += _suspect(masks, background)
    if 1 in inside and any(1 in mask.counts and RIM in mask.counts for mask in masks) and len(inside) <= _MOST:
        return _rimmed(masks, [value for value in inside if value != RIM], background, told)
    if inside == [1, RIM]:
        told.append("1 in some masks and 255 in others both are the one structure")
        return Meaning({"structures": {"foreground": inside}, "structure": "foreground"}, tuple(told))
    if len(inside) > _MOST:
        return _many(masks, pixels, told)
    return _structures(inside, [background], told)


def _rimmed(masks: Sequence[Values], inside: list[int], background: int, told: list[str]) -> Meaning:
    """A band around objects counts for nothing; what is thicker may be anything."""
    both = [mask for mask in masks if 1 in mask.counts and RIM in mask.counts]
    if sum(mask.thin for mask in both) > len(both) / 2:
        told.append(f"{RIM} is a thin rim around other values (Pascal VOC): it is ignored, and counts for nothing")
        found = _structures(inside, [background], told)
        return replace(found, options=found.options | {"ignore": [RIM]})
    told.append(
        f"{RIM} beside other values is no thin rim, and is taken as background; if it counts for nothing, type --set "
        f"'ignore=[{RIM}]' --set 'background=[{text(background)}]'"
    )
    return _structures(inside, [background, RIM], told)


def _named(named: Mapping[str, Sequence[int]], values: list[int], told: list[str], ignored: Sequence[int]) -> Meaning:
    known = {value for own in (*named.values(), ignored) for value in own}
    strange = [value for value in values if value not in known and value != 0]
    problems = (f"masks hold {', '.join(map(text, strange[:5]))}, which nothing names",) if strange else ()
    structures = {name: list(own) for name, own in named.items()}
    open_ = {"ignore": list(ignored)} if ignored else {}
    return Meaning({"structures": structures} | _structure(structures) | open_, tuple(told), problems)


def _structures(inside: list[int], background: list[int], told: list[str]) -> Meaning:
    names = ["foreground"] if len(inside) == 1 else [f"structure_{place}" for place, _ in enumerate(inside, 1)]
    structures = {name: [_written(value)] for name, value in zip(names, inside, strict=True)}
    options: dict[str, Any] = {"structures": structures} | _structure(structures)
    if background != [0]:
        options["background"] = [_written(value) for value in background]
    if len(inside) > 1:
        renamed = ", ".join(f"{name}: {value}" for name, (value,) in structures.items())
        told.append(f"each value is a structure; rename them in the config ({renamed})")
    return Meaning(options, tuple(told))


def _structure(structures: Mapping[str, Any]) -> dict[str, str]:
    return {"structure": "all" if len(structures) > 1 else next(iter(structures))}


def _many(masks: Sequence[Values], pixels: Counter[int], told: list[str]) -> Meaning:
    """Numbers of objects, or shades of grey."""
    single = {"structures": {"foreground": [1]}, "structure": "foreground"}
    extreme = sum(count for value, count in pixels.items() if value <= 16 or 239 <= value <= 255)
    if max(pixels) <= 255 and extreme >= _SHADES * pixels.total() and max(pixels) >= 239:
        white = [value for value in pixels if value >= _HALF]
        told.append(
            f"{len(pixels)} shades, as JPEG or resizing leaves them: values from {_HALF} on are taken as structure, "
            "lower ones as background; better masks are those that were exported without losses"
        )
        options = {"structures": {"foreground": sorted(white)}, "structure": "foreground"}
        return Meaning(options | {"background": list(range(_HALF))} | _all_white(white), tuple(told))
    told.append(f"{len(pixels) - 1} values above 0 are taken as numbers of objects, which become one structure")
    return Meaning(single | {"above_zero": True}, tuple(told))


def _all_white(white: list[int]) -> dict[str, Any]:
    """All values from the half on: masks that were not looked at may hold others."""
    return {"structures": {"foreground": list(range(_HALF, 256))}} if white else {}


def _background(masks: Sequence[Values]) -> int:
    border = sum((Counter(mask.border) for mask in masks), Counter[int]())
    return border.most_common(1)[0][0]


def _suspect(masks: Sequence[Values], background: int) -> list[str]:
    """Is most of nearly every mask, and of its border, foreground?"""
    inverted = 0
    for mask in masks:
        shares = [1 - part.get(background, 0) / sum(part.values()) for part in (mask.counts, mask.border)]
        inverted += min(shares) > 0.5
    if inverted < 0.9 * len(masks):
        return []
    return [
        f"in {inverted} masks the structure covers more than half of the image and of its border: inverted? If so, "
        "type --set background=[255] --set 'structures={foreground: [0]}'"
    ]


def _written(value: int) -> int | str:
    return text(value) if is_colour(value) else value
