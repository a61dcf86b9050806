"""Axial FLAIR of the brain with bright lesions of random number, size and shape."""

import numpy as np

from segaug.data.phantom.acquisition import Scanner
from segaug.data.phantom.canvas import Canvas, ramp
from segaug.data.phantom.deform import Warp
from segaug.data.phantom.draw import Draw
from segaug.data.phantom.family import Family
from segaug.data.phantom.shapes import Point, ellipse, star, tubes
from segaug.data.phantom.texture import smooth_noise, tissue_noise

LESION = 1
BONE, FLUID, WHITE, GREY, SCALP = 0.07, 0.10, 0.40, 0.52, 0.80
MIDDLE = (0.5, 0.5)


def paint(canvas: Canvas, draw: Draw) -> None:
    """Head, cortex, ventricles, deep grey matter, then the lesions."""
    height, width = draw.vary(0.385, 0.025), draw.vary(0.305, 0.02)
    brain = star(canvas.points, MIDDLE, (height, width), draw.waves(0.01))
    _head(canvas, draw, brain)
    _cortex(canvas, draw, brain)
    ventricles = _ventricles(canvas, draw)
    _lesions(canvas, draw, brain, ventricles)


def _head(canvas: Canvas, draw: Draw, brain: np.ndarray) -> None:
    """Skin and fat, skull with its marrow, a film of fluid."""
    scalp, skull = draw.vary(0.10, 0.03), draw.vary(0.10, 0.025)
    canvas.fill(brain < 1.05 + skull + scalp, 0.55, grain=0.03)
    canvas.fill(brain < 1.035 + skull + scalp, SCALP + draw.vary(0, 0.12), grain=0.05)
    canvas.fill(brain < 1.05 + skull + 0.25 * scalp, 0.35)
    canvas.fill(brain < 1.05 + skull, BONE)
    canvas.fill((brain > 1.05 + 0.38 * skull) & (brain < 1.05 + 0.68 * skull), draw.uniform(0.15, 0.38))
    canvas.fill(brain < 1.04, FLUID)


def _cortex(canvas: Canvas, draw: Draw, brain: np.ndarray) -> None:
    """White matter, folded grey matter with dark furrows, the cleft between the halves."""
    side = canvas.image.shape[0]
    row, column = canvas.points[0] - MIDDLE[0], canvas.points[1] - MIDDLE[1]
    turn = np.arctan2(column, row)
    canvas.fill(brain < 1, GREY, grain=0.025)
    wander = smooth_noise(draw, side, 9)
    fold = np.cos(15 * turn + 1.7 * smooth_noise(draw, side, 6))  # 1 on the crown of a fold, -1 in a furrow
    thick = draw.vary(0.10, 0.02)
    white = brain < 1 - thick - 0.055 * (1 - fold) + 0.012 * wander
    canvas.fill(white, WHITE, grain=0.02)
    atrophy = draw.uniform(0.10, 0.30)  # older brains have wider furrows
    reach = 0.80 + 0.05 * wander
    canvas.fill((brain > reach) & (brain < 1.0) & (fold < -1 + atrophy * (brain - reach) / 0.2), FLUID)
    cleft = (np.abs(column + 0.004 * wander) < 0.003 + 0.02 * atrophy) & (np.abs(row) > 0.17) & (brain < 1.03)
    rim = (np.abs(column) < 0.028) & (np.abs(row) > 0.18) & (brain < 1)
    canvas.fill(rim, GREY)
    canvas.fill(cleft, FLUID)
    for half in (-1, 1):  # insula, in the depth of the furrow that runs to the side
        path = np.array([[0.51, 0.185], [0.47, 0.178], [0.43, 0.19], [0.425, 0.24], [0.41, 0.31]])
        path = path * (1, half) + (0, 0.5) + 0.006 * draw.variability * draw.normal(5, 2)
        cortex = tubes(canvas.points, path[:-1], path[1:], np.full((4, 2), 0.026))
        canvas.fill((cortex < 1) & (brain < 0.98), GREY, grain=0.025)
        canvas.fill((cortex < 0.12 + 0.6 * atrophy) & (brain < 1), FLUID)


def _ventricles(canvas: Canvas, draw: Draw) -> np.ndarray:
    """Deep grey matter and the butterfly of the ventricles; returns the ventricles' level function (S, S)."""
    points = canvas.points
    size = draw.vary(1.0, 0.4)
    for half in (-1, 1):
        canvas.fill(ellipse(points, (0.455, 0.5 + half * 0.105), (0.075, 0.035), half * 0.35) < 1, 0.49, grain=0.02)
        canvas.fill(ellipse(points, (0.535, 0.5 + half * 0.052), (0.052, 0.034), half * 0.5) < 1, 0.50, grain=0.02)
        canvas.fill(ellipse(points, (0.40, 0.5 + half * 0.075), (0.045, 0.019), half * 0.35) < 1, 0.50, grain=0.02)
    knots = np.array([[0.355, 0.062], [0.42, 0.028], [0.50, 0.020], [0.58, 0.070], [0.66, 0.095]])
    thick = np.array([0.015, 0.016, 0.007, 0.017, 0.010]) * size
    horns = []
    for half in (-1, 1):
        spread = draw.vary(1.0, 0.15)
        path = np.stack([knots[:, 0], 0.5 + half * knots[:, 1] * spread * size**0.4], 1)
        width = thick * draw.vary(1, 0.2)
        horns.append((path[:-1], path[1:], np.stack([width[:-1], width[1:]], 1)))
    start, stop, radius = (np.concatenate(part) for part in zip(*horns, strict=True))
    level = tubes(points, start, stop, radius)
    canvas.tint(level < 1 + 0.28 / size, 0.58)  # thin bright lining: normal, no lesion
    canvas.fill(level < 1, FLUID)
    canvas.fill(ellipse(points, (0.525, 0.5), (0.045, 0.004 + 0.004 * size)) < 1, FLUID)
    for half in (-1, 1):  # choroid plexus: bright in the ventricle, no lesion
        place = (0.595 + draw.vary(0, 0.01), 0.5 + half * 0.078 * size**0.4)
        canvas.fill(ellipse(points, place, (0.011, 0.007)) < 1, draw.uniform(0.5, 0.75))
    return level


def _lesions(canvas: Canvas, draw: Draw, brain: np.ndarray, ventricles: np.ndarray) -> None:
    """One to nine lesions of white matter; most lie along the ventricles, and some stand out little."""
    white = (brain < 0.88) & (ventricles > 1.0)
    for _ in range(draw.count(2, 9)):
        centre, angle = _place(draw)
        size = np.exp(draw.uniform(np.log(0.013), np.log(0.050)))
        level = star(canvas.points, centre, (1.4 * size, size), draw.waves(0.22), angle)
        bright, edge = draw.uniform(0.62, 0.92), draw.uniform(0.15, 0.5)
        canvas.blend(ramp(level, edge) * white, bright)
        canvas.label[(level < 1) & white] = LESION
        if size > 0.035 and draw.chance(0.4):  # an older lesion has a dark core, still lesion
            canvas.blend(ramp(star(canvas.points, centre, (0.6 * size, 0.4 * size), draw.waves(0.2), angle), 0.4), 0.3)


def _place(draw: Draw) -> tuple[Point, float]:
    """Centre of a lesion and the direction of its long axis."""
    half = 1 if draw.chance(0.5) else -1
    if draw.chance(0.6):  # beside the ventricle, pointing away from it
        row = draw.uniform(0.34, 0.68)
        column = 0.5 + half * (0.045 + 0.55 * abs(row - 0.5) + draw.uniform(0, 0.05))
        return (row, column), half * draw.uniform(0.8, 2.2)
    return (draw.uniform(0.27, 0.75), 0.5 + half * draw.uniform(0.07, 0.21)), draw.uniform(-1.5, 1.5)


FAMILY = Family(
    paint=paint,
    texture=tissue_noise,
    structures={"lesion": (LESION,)},
    side_mm=230.0,
    background=0.0,
    warp=Warp(coarse=0.008, fine=0.006),
    scanner=Scanner(noise_law="rician", noise=0.03, bias_field=0.12, blur=0.0035, gain=0.12, gamma=0.2),
)
