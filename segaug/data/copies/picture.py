"""Any stored image in one form, in which pictures are compared: grey, 8 bits, one size, one range."""

from dataclasses import dataclass

import numpy as np

from segaug.data.copies.opencv import opencv

SIDE_PX = 256  # of the longer side: the smallest at which pictures of 40 x 30 pixels still give 200 features
RANGE = (0.5, 99.5)  # percentiles that become black and white: a burnt-in text must not decide the contrast
SMALLEST_PX = 16  # a shorter side that is less than this shows nothing


@dataclass(frozen=True)
class Picture:
    """pixels: (H, W) uint8 with max(H, W) = SIDE_PX.  scale: its pixels per stored pixel, (x, y)."""

    pixels: np.ndarray
    scale: tuple[float, float]

    def mirrored(self) -> np.ndarray:
        """(H, W) uint8 with left and right changed."""
        return np.ascontiguousarray(self.pixels[:, ::-1])


def picture(grey: np.ndarray) -> Picture:
    """From (H, W) of any integer or float type; values that are no numbers count as black."""
    cv2 = opencv()
    values = np.nan_to_num(np.asarray(grey, dtype=np.float32), nan=np.nan, posinf=np.nan, neginf=np.nan)
    values = np.where(np.isnan(values), np.nanmin(values) if np.isfinite(values).any() else 0, values)
    low, high = np.percentile(values, RANGE)
    if high <= low:  # a few bright spots on one value
        low, high = values.min(), values.max()
    unit = np.clip((values - low) / max(float(high - low), 1e-12), 0, 1)
    height, width = unit.shape
    share = SIDE_PX / max(height, width)
    columns, rows = (max(SMALLEST_PX, round(side * share)) for side in (width, height))
    how = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    pixels = cv2.resize((255 * unit).astype(np.uint8), (columns, rows), interpolation=how)
    return Picture(pixels, (columns / width, rows / height))
