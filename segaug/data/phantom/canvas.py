"""What a family paints on: a fine grid that is averaged down to pixels afterwards."""

from dataclasses import dataclass

import numpy as np

Value = float | np.ndarray


@dataclass
class Canvas:
    """Painted anatomy; later shapes cover earlier ones.

    points: (2, S, S) anatomical position (row, column) of each grid point, in sides of the image, already deformed.
    image: (S, S) noise-free intensity, 0..1.  label: (S, S).  grain: (S, S), strength of the tissue's fine structure.
    """

    points: np.ndarray
    image: np.ndarray
    label: np.ndarray
    grain: np.ndarray

    @classmethod
    def blank(cls, points: np.ndarray, intensity: float) -> "Canvas":
        """Nothing but one intensity, without structure."""
        shape = points.shape[1:]
        zeros = np.zeros(shape, np.float32)
        return cls(points, np.full(shape, intensity, np.float32), np.zeros(shape, np.uint8), zeros)

    def fill(self, inside: np.ndarray, intensity: Value, label: int = 0, grain: float = 0.02) -> None:
        """Put a structure over what is there."""
        self.tint(inside, intensity, grain)
        self.label[inside] = label

    def tint(self, inside: np.ndarray, intensity: Value, grain: float = 0.02) -> None:
        """Change the look of what is there; the labels stay."""
        self.image[inside] = intensity[inside] if isinstance(intensity, np.ndarray) else intensity
        self.grain[inside] = grain

    def blend(self, weight: np.ndarray, intensity: Value) -> None:
        """Move the intensity towards another one by weight (S, S) in 0..1; the labels stay."""
        self.image += weight * (intensity - self.image)

    def add_texture(self, noise: np.ndarray, strength: float) -> None:
        """Let each tissue show its fine structure; noise: (S, S) of variance 1."""
        self.image += strength * self.grain * noise


def ramp(level: np.ndarray, width: float) -> np.ndarray:
    """1 inside a shape, 0 outside, with a soft edge of the given width in units of the level."""
    return np.clip((1 - level) / width + 0.5, 0, 1)
