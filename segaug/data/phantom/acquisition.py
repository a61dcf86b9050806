"""From painted anatomy to a picture: partial volume, coil or beam shading, contrast, noise."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter

from segaug.data.phantom.draw import Draw
from segaug.data.phantom.texture import smooth_noise


@dataclass(frozen=True)
class Scanner:
    """How a modality degrades the anatomy, at natural strength."""

    noise_law: Literal["gaussian", "rician"]
    noise: float  # standard deviation per pixel, of the full range
    bias_field: float  # standard deviation of the log of the shading
    blur: float  # standard deviation of the point spread, in sides of the image
    gain: float  # each case is brighter or darker by up to this share
    gamma: float  # each case's contrast curve has an exponent of 1 +- this


def average_down(fine: np.ndarray, factor: int) -> np.ndarray:
    """Mean of blocks of factor x factor points: (S, S) to (S / factor, S / factor)."""
    side = fine.shape[0] // factor
    mean: np.ndarray = fine.reshape(side, factor, side, factor).mean((1, 3))
    return mean


def majority(label: np.ndarray, values: tuple[int, ...], factor: int) -> np.ndarray:
    """The label that covers most of each block of factor x factor points; the smaller one on a tie."""
    shares = np.stack([average_down(label == value, factor) for value in values])
    return np.array(values, np.uint8)[shares.argmax(0)]


def look(image: np.ndarray, draw: Draw, scanner: Scanner, bias_field: float) -> np.ndarray:
    """The noise-free picture (H, W) of a painted image (H, W): blur, shading, this case's contrast; 0 and above."""
    side = image.shape[0]
    image = gaussian_filter(np.clip(image, 0, None), scanner.blur * side)
    shading = np.exp(bias_field * scanner.bias_field * smooth_noise(draw, side, 2))
    gain, gamma = 1 + draw.uniform(-scanner.gain, scanner.gain), 1 + draw.uniform(-scanner.gamma, scanner.gamma)
    picture: np.ndarray = gain * shading * image**gamma
    return picture


def inverted(picture: np.ndarray, share: float) -> np.ndarray:
    """The picture (H, W) on its way to its negative: 0 as it is, 1 the negative, in between flatter; 0 and above."""
    mixed: np.ndarray = picture if share == 0 else (1 - share) * picture + share * np.clip(1 - picture, 0, None)
    return mixed


def add_noise(picture: np.ndarray, draw: Draw, scanner: Scanner, noise: float) -> np.ndarray:
    """The picture (H, W) as float32 in 0..1 with independent noise in every pixel."""
    first, second = noise * scanner.noise * draw.normal(2, *picture.shape)
    noisy = np.hypot(picture + first, second) if scanner.noise_law == "rician" else picture + first
    return np.clip(noisy, 0, 1).astype(np.float32)
