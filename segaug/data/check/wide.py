"""Images of more than 8 bits: which of their values become 0 and 1, where nobody has chosen."""

from collections.abc import Sequence

from segaug.data.check.report import Note
from segaug.data.rules.intensity import KEY, Intensity


def wide_ones(wide: Sequence[bool], intensity: Intensity) -> list[Note]:
    """wide: of each image, has it more than 8 bits?"""
    if not any(wide) or intensity.how != "auto":
        return []
    range_of = f"grey values from percentile {intensity.low:g} to {intensity.high:g} of each become 0 to 1"
    text = f"{sum(wide)} of {len(wide)} images have more than 8 bits: {range_of}"
    return [Note(f"{text}; other ranges are {KEY}.how=minmax and '{KEY}.window=[LOW,HIGH]'")]
