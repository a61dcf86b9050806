"""One channel of images in colour, by its number or name."""

import numpy as np

from segaug.errors import ConfigError

KEY = "dataset.channel"
NAMES = ("red", "green", "blue")


def tidy_channel(channel: object) -> str | None:
    """The option as it is kept: the name of a channel, or None for all."""
    if channel is None:
        return None
    if channel in NAMES:
        return str(channel)
    if isinstance(channel, int) and not isinstance(channel, bool) and 0 <= channel < len(NAMES):
        return NAMES[channel]
    listed = ", ".join(f"{name} ({number})" for number, name in enumerate(NAMES))
    raise ConfigError(key=KEY, problem=f"got {channel}", fix=f"choose from: {listed}, or null for all of them")


def one_channel(stored: np.ndarray, channel: str | int | None) -> np.ndarray:
    """(H, W) of an image (H, W, 3); a grey image (H, W) is each of its channels, and so returned as it is."""
    if channel is None or stored.ndim == 2:
        return stored
    return np.ascontiguousarray(stored[..., NAMES.index(tidy_channel(channel) or "")])
