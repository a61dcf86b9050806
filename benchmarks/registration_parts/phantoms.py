"""Generated pairs of two subjects: chests and short-axis hearts whose parts differ in place, size, shape and contrast.

Unlike the families of `segaug.data.phantom`, whose subjects differ more, these are the pairs that registration was
designed on: two subjects start at a Dice of about 0.74.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from registration_parts.pair import Draw, Pair, Subject

SIDE = 256  # [px] that all subjects are drawn at; smaller images are made from these
SEEDS: dict[Draw, int] = {"tune": 0, "report": 1}
COUNTS: dict[Draw, int] = {"tune": 8, "report": 16}
NOISE, SHADING, BLUR_PX = 0.02, 0.06, 0.7


def phantom_pairs(draw: Draw, side: int) -> list[Pair]:
    """Pairs of two chests and of two hearts in turn; at every side [px], a divisor of 256, the same ones."""
    return [Pair(*(_reduced(_drawn(SEEDS[draw], i, who), side) for who in (0, 1))) for i in range(COUNTS[draw])]


@lru_cache(maxsize=64)
def _drawn(seed: int, pair: int, who: int) -> Subject:
    paint = (chest, heart)[pair % 2]
    return subject(f"{paint.__name__}_{seed}_{pair}_{who}", paint, np.random.default_rng([seed, pair, who]))


def _reduced(subject: Subject, side: int) -> Subject:
    """Means of blocks of pixels; a block's label is that of the pixel after its middle."""
    factor = SIDE // side
    image = subject.image.reshape(side, factor, side, factor).mean((1, 3), dtype=np.float32)
    return Subject(subject.name, image, subject.label[factor // 2 :: factor, factor // 2 :: factor])


class Painting:
    """An image and its label under work; later parts cover earlier ones. Lengths are in sides of the image."""

    def __init__(self, rng: np.random.Generator) -> None:
        at = (np.arange(SIDE) + 0.5) / SIDE
        self.row, self.column = np.meshgrid(at, at, indexing="ij")
        self.image, self.label = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE), np.uint8)
        self.rng = rng

    def vary(self, spread: float) -> float:
        """A number in -spread..spread."""
        return float(self.rng.uniform(-spread, spread))

    def ellipse(self, x: float, y: float, a: float, b: float, angle: float = 0.0, power: float = 2.0) -> np.ndarray:
        """Level (SIDE, SIDE) of a superellipse: 1 on its contour, less inside.  x to the right, y down, radii a, b."""
        cos, sin = np.cos(angle), np.sin(angle)
        along = (self.column - x) * cos + (self.row - y) * sin
        across = (self.row - y) * cos - (self.column - x) * sin
        level: np.ndarray = np.abs(along / a) ** power + np.abs(across / b) ** power
        return level

    def fill(self, level: np.ndarray, intensity: float, label: int | None = None, edge: float = 0.02) -> None:
        """Cover what is there; without a label only its look changes."""
        inside = soft(level, edge)
        self.image = self.image * (1 - inside) + intensity * inside
        if label is not None:
            self.label[level < 1] = label


def soft(level: np.ndarray, edge: float) -> np.ndarray:
    """1 inside a shape and 0 outside, with a smooth edge whose width grows with `edge`."""
    inside: np.ndarray = 0.5 * (1 + np.tanh((1 - level) / (4 * edge)))
    return inside


def chest(p: Painting) -> None:
    """Labels: 1 and 2 lungs, 3 heart, 4 spine."""
    vary = p.vary
    trunk = p.ellipse(0.5 + vary(0.015), 0.52 + vary(0.015), 0.43 + vary(0.025), 0.34 + vary(0.03), vary(0.05), 2.4)
    p.image += 0.55 * soft(trunk, 0.02) - 0.1 * soft(p.ellipse(0.5, 0.52, 0.39, 0.30, 0, 2.4), 0.02)
    for side, label in ((-1, 1), (1, 2)):
        _lung(p, side, label)
    heart = p.ellipse(
        *(0.535 + vary(0.02), 0.47 + vary(0.03), 0.095 + vary(0.018), 0.115 + vary(0.018)), 0.5 + vary(0.25)
    )
    p.fill(heart, 0.62, 3)
    p.fill(p.ellipse(0.5 + vary(0.01), 0.73 + vary(0.015), 0.05 + vary(0.006), 0.055 + vary(0.006)), 0.9, 4)
    aorta = p.ellipse(0.46 + vary(0.012), 0.66 + vary(0.01), 0.025 + vary(0.004), 0.025 + vary(0.004))
    p.fill(aorta, 0.7, edge=0.06)
    for turn in np.linspace(0.25, 2 * np.pi - 0.25, 12):
        rib = p.ellipse(0.5 + 0.36 * np.cos(turn), 0.52 + 0.27 * np.sin(turn), 0.022, 0.012, turn + np.pi / 2)
        p.fill(rib, 0.95, edge=0.15)


def _lung(p: Painting, side: int, label: int) -> None:
    vary = p.vary
    centre = (0.5 + side * (0.19 + vary(0.015)), 0.50 + vary(0.02))
    lung = p.ellipse(*centre, 0.135 + vary(0.02), 0.21 + vary(0.025), side * (-0.15 + vary(0.08)), 2.2)
    p.fill(lung, 0.08, label)
    for _ in range(6):
        place = (0.5 + side * (0.19 + vary(0.08)), 0.50 + vary(0.12))
        vessel = p.ellipse(*place, 0.012, 0.012 + abs(vary(0.02)), vary(1.5))
        p.image += 0.25 * soft(vessel, 0.2) * (lung < 0.9)


def heart(p: Painting) -> None:
    """Labels: 1 right ventricle, 2 wall and 3 cavity of the left one."""
    vary = p.vary
    p.image = 0.25 + 0.1 * soft(p.ellipse(0.5, 0.5, 0.46, 0.42, 0, 3), 0.02)
    p.fill(p.ellipse(0.5 + vary(0.02), 0.52 + vary(0.02), 0.27 + vary(0.03), 0.22 + vary(0.03), vary(0.2)), 0.15)
    right = p.ellipse(*(0.40 + vary(0.02), 0.5 + vary(0.02), 0.155 + vary(0.02), 0.16 + vary(0.02)), 0.5 + vary(0.2))
    p.fill(right, 0.85, 1)
    x, y, outer = 0.57 + vary(0.02), 0.52 + vary(0.02), 0.15 + vary(0.02)
    p.fill(p.ellipse(x, y, outer, outer * (1 + vary(0.08)), vary(1)), 0.45, 2)
    inner = outer * (0.63 + vary(0.08))
    p.fill(p.ellipse(x + vary(0.005), y + vary(0.005), inner, inner * (1 + vary(0.08)), vary(1)), 0.9, 3)
    p.fill(p.ellipse(x + 0.05, y + 0.03, 0.018, 0.018), 0.5, edge=0.2)
    p.fill(p.ellipse(0.25 + vary(0.03), 0.75 + vary(0.03), 0.1, 0.07), 0.7)


def subject(name: str, paint: Callable[[Painting], None], rng: np.random.Generator) -> Subject:
    """Paint an anatomy, deform it by a random smooth map, then blur, shade and add noise."""
    painting = Painting(rng)
    paint(painting)
    at = random_map_px(rng)
    image = map_coordinates(painting.image, at, order=1, mode="nearest")
    label = map_coordinates(painting.label, at, order=0, mode="nearest")
    wide = SIDE / 4
    shading = 1 + SHADING * 2 * wide * gaussian_filter(rng.standard_normal((SIDE, SIDE)), wide)
    picture = gaussian_filter(image, BLUR_PX) * shading + NOISE * rng.standard_normal((SIDE, SIDE))
    return Subject(name, np.clip(picture, 0, 1).astype(np.float32), label)


def random_map_px(rng: np.random.Generator, reach: float = 0.05, width: float = 0.12) -> np.ndarray:
    """Where each pixel looks, (2, SIDE, SIDE) [px]: flow of a random stationary velocity, by 5 doublings.

    reach: the largest speed, and width: the smoothness of the velocity, in sides of the image; 0 on the border.
    """
    at = (np.arange(SIDE) + 0.5) / SIDE
    window = np.minimum(np.minimum(at, 1 - at) * 8, 1)
    velocity = [gaussian_filter(rng.standard_normal((SIDE, SIDE)), width * SIDE, mode="constant") for _ in range(2)]
    step = np.stack(velocity) * np.outer(window, window)
    step *= reach * SIDE / np.sqrt((step**2).sum(0)).max() / 2**5
    identity = np.indices((SIDE, SIDE), dtype=float)
    for _ in range(5):
        step = step + np.stack([map_coordinates(part, identity + step, order=1, mode="nearest") for part in step])
    return identity + step
