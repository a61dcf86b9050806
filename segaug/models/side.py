"""Which square images a network can take."""

from segaug.errors import ConfigError


def check_side(size: int, *, model: str, multiple: int, least: int) -> None:
    """Raise ConfigError unless the side [px] is a multiple of what a network halves, and at least so large."""
    if size % multiple or size < least:
        raise ConfigError(
            key="dataset.size",
            problem=f"model {model} cannot take images of {size} x {size} pixels",
            fix=f"use a multiple of {multiple}, at least {least}",
        )
