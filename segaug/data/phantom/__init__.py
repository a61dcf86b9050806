"""Generated 2D anatomy with known labels: the data that come with the tool."""

from segaug.data.phantom.dataset import FAMILIES, Phantom

__all__ = ["FAMILIES", "Phantom"]
