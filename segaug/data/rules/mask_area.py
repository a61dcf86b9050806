"""Masks brought to another size by how much of each new pixel a structure covers."""

import numpy as np

ENOUGH = 0.5  # of a pixel
_ROUNDING = 1e-9  # of a sum of shares


def covered(planes: np.ndarray, size: tuple[int, int], ignored: np.ndarray | None = None) -> np.ndarray:
    """(K, H, W) of 0 and 1 to (K, *size) of 0 and 1, float32.

    A new pixel is foreground where the structures together cover at least half of it, and then of the one that covers
    most of it; where several do, of the first.  ignored: (H, W) of 0 and 1, pixels that count for nothing.  A new pixel
    that they cover half of is NaN; of any other one half of what they leave is asked for.
    """
    rows, columns = (_shares(old, new) for old, new in zip(planes.shape[1:], size, strict=True))
    shares = rows @ planes.astype(np.float64) @ columns.T
    most = np.arange(len(planes))[:, None, None] == (shares - _ROUNDING * np.arange(len(planes))[:, None, None]).argmax(
        0
    )
    if ignored is None:
        return (most & (shares.sum(0) >= ENOUGH - _ROUNDING)).astype(np.float32)
    out = rows @ ignored.astype(np.float64) @ columns.T
    label = most & (shares.sum(0) >= ENOUGH * (1 - out) - _ROUNDING)
    return np.where(out >= ENOUGH - _ROUNDING, np.float32(np.nan), label.astype(np.float32))


def _shares(old: int, new: int) -> np.ndarray:
    """(new, old): which share of each new pixel each old one covers, along an axis; rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    cells = np.arange(old)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    return overlap.clip(min=0) * (new / old)
