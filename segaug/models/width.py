"""Networks narrower or wider than they were published: one factor for the channels of all levels."""

from collections.abc import Sequence

from segaug.errors import ConfigError


def scaled(widths: Sequence[int], factor: float, *, model: str, multiple: int = 1) -> tuple[int, ...]:
    """Channels of each level, finest first, times a factor.

    widths: as published, each a multiple of the first.  multiple: what the finest level must be a multiple of.
    Raises ConfigError where the finest level would not have a whole number of channels.
    """
    finest = widths[0] * factor
    if not (finest >= multiple and finest % multiple == 0):
        raise ConfigError(
            key="model.width",
            file=f"conf/model/{model}.yaml",
            problem=f"got {factor}, which leaves {finest:g} channels at the finest level",
            fix=f"use a multiple of {multiple}/{widths[0]}; 1 is the published value",
        )
    return tuple(int(width * factor) for width in widths)
