"""Pictures with details of their own, and copies of them as people make them."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter


def drawn(seed: int, side: int = 120, other: int = 100) -> np.ndarray:
    """(side, other) uint8: structures of several sizes, like speckle on tissue."""
    rng = np.random.default_rng(seed)
    layers = [gaussian_filter(rng.normal(size=(side, other)), blur) * blur for blur in (1, 2, 4, 8)]
    return np.uint8(np.clip(128 + 40 * sum(layers) / np.std(sum(layers)), 0, 255))


def resized(pixels: np.ndarray, share: float) -> np.ndarray:
    return squeezed(pixels, *(round(side * share) for side in pixels.shape))


def squeezed(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BICUBIC))


def cropped(pixels: np.ndarray) -> np.ndarray:
    """A fifth of either side is gone."""
    rows, columns = pixels.shape
    return pixels[rows // 8 : rows // 8 + rows * 4 // 5, columns // 20 : columns // 20 + columns * 4 // 5]


def as_jpeg(pixels: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=30)
    return np.asarray(Image.open(buffer))


def brighter(pixels: np.ndarray) -> np.ndarray:
    return np.uint8(np.clip(0.7 * pixels.astype(float) + 40, 0, 255))


def with_calipers(pixels: np.ndarray) -> np.ndarray:
    marked = pixels.copy()
    marked[20:50:3, 30] = marked[35, 15:60:3] = marked[5:12, 5:40] = 255
    return marked


WAYS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "again": np.copy,
    "mirrored": np.fliplr,
    "upside down": np.flipud,
    "turned": lambda pixels: np.rot90(pixels),
    "half": lambda pixels: resized(pixels, 0.5),
    "larger": lambda pixels: resized(pixels, 1.5),
    "cropped": cropped,
    "JPEG": as_jpeg,
    "brighter": brighter,
    "calipers": with_calipers,
    "squeezed": lambda pixels: squeezed(pixels, 96, 96),
    "of 16 bits": lambda pixels: 1000 + 12 * pixels.astype(np.uint16),
    "all at once": lambda pixels: as_jpeg(resized(cropped(np.fliplr(brighter(pixels))), 0.8)),
}
MIRRORING = {"mirrored", "upside down", "all at once"}
