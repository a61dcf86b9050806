"""Curved-array ultrasound of the upper abdomen: one irregular organ among look-alikes, in speckle."""

import numpy as np
from scipy.ndimage import map_coordinates

from segaug.data.phantom.acquisition import Scanner
from segaug.data.phantom.canvas import Canvas, ramp
from segaug.data.phantom.deform import Warp
from segaug.data.phantom.draw import Draw
from segaug.data.phantom.family import Family
from segaug.data.phantom.shapes import ellipse, pixel_centres, star, tubes
from segaug.data.phantom.texture import smooth_noise
from segaug.data.phantom.vessels import grow

ORGAN = 1
APEX = (-0.25, 0.5)  # where the beams meet, above the picture
NEAR, FAR, HALF_ANGLE = 0.30, 1.20, 0.62  # what the probe sees: distances from the apex [sides], angle [rad]
BEAMS, ECHOES = 44, 80  # speckle cells across and along the beams
_LOG_RAYLEIGH_MEAN, _LOG_RAYLEIGH_SD = 0.058, np.pi / np.sqrt(24)  # of the log of a Rayleigh amplitude of scale 1


def beams(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the apex [sides] and angle off the axis [rad] of each point."""
    row, column = points[0] - APEX[0], points[1] - APEX[1]
    return np.hypot(row, column), np.arctan2(column, row)


def speckle(draw: Draw, side: int) -> np.ndarray:
    """Log-compressed, fully developed speckle (side, side), mean 0 and variance 1, on the beams' own grid.

    Source: Wagner et al. (1983), "Statistics of speckle in ultrasound B-scans": amplitude is Rayleigh distributed.
    """
    depth, turn = beams(pixel_centres(side))
    at = np.stack([(depth - NEAR) / (FAR - NEAR) * ECHOES, (turn / HALF_ANGLE + 1) / 2 * BEAMS])
    parts = [map_coordinates(draw.normal(ECHOES + 1, BEAMS + 1), at, order=1, mode="nearest") for _ in range(2)]
    amplitude = np.hypot(*parts) * 1.5  # linear interpolation keeps 2/3 of the standard deviation
    standard: np.ndarray = (np.log(np.maximum(amplitude, 0.05)) - _LOG_RAYLEIGH_MEAN) / _LOG_RAYLEIGH_SD
    return standard


def paint(canvas: Canvas, draw: Draw) -> None:
    """Echo strength 0..1 on the compressed scale of the screen."""
    side = canvas.image.shape[0]
    depth, turn = beams(pixel_centres(side))  # the fan and its shadows belong to the probe: not deformed
    canvas.fill(np.ones_like(depth, bool), 0.47 + 0.04 * smooth_noise(draw, side, 5), grain=0.085)
    _vessels(canvas, draw)
    _neighbours(canvas, draw)
    _organ(canvas, draw)
    _abdominal_wall(canvas, draw)
    canvas.image *= _shadows(draw, depth, turn)
    attenuation = draw.vary(0.22, 0.18)  # what the depth gain did not make up for
    canvas.image *= 1 - attenuation * (depth - NEAR) / (FAR - NEAR)
    outside = (depth < NEAR) | (depth > FAR) | (np.abs(turn) > HALF_ANGLE)
    canvas.fill(outside, 0.0, grain=0.0)


def _vessels(canvas: Canvas, draw: Draw) -> None:
    """Liver veins: dark tubes, the larger ones with a bright wall."""
    for wall in (True, False):
        root = (draw.uniform(0.5, 0.8), draw.uniform(0.3, 0.7))
        tree = grow(draw, root, draw.uniform(-3.1, 3.1), draw.uniform(0.10, 0.18), draw.uniform(0.012, 0.02), 3)
        level = tubes(canvas.points, tree.start, tree.stop, tree.radius)
        if wall:
            canvas.fill(level < 1.5, 0.68, grain=0.08)
        canvas.fill(level < 1, 0.13, grain=0.06)


def _neighbours(canvas: Canvas, draw: Draw) -> None:
    """What can be taken for the organ: kidney, gall bladder, a cyst; and the bright diaphragm."""
    points = canvas.points
    side = 1 if draw.chance(0.5) else -1
    dome = ellipse(points, draw.vary_point(0.50, 0.5, 0.05), (draw.vary(0.44, 0.04), 0.52))
    canvas.fill(np.abs(dome - 1) < 0.022, 0.95, grain=0.05)
    canvas.tint(dome > 1.022, 0.34, grain=0.09)  # mirrored liver behind it

    centre = draw.vary_point(0.66, 0.5 + side * 0.21, 0.06)
    angle, waves, size = draw.uniform(-0.8, 0.8), draw.waves(0.04), draw.vary(1, 0.2)
    canvas.fill(star(points, centre, (0.075 * size, 0.135 * size), waves, angle) < 1, 0.29, grain=0.085)  # kidney
    canvas.fill(star(points, centre, (0.035 * size, 0.085 * size), draw.waves(0.15), angle) < 1, 0.70, grain=0.1)

    centre = draw.vary_point(0.36, 0.5 - side * 0.19, 0.05)
    radii, angle = (draw.vary(0.045, 0.015), draw.vary(0.085, 0.025)), draw.uniform(-1, 1)
    canvas.fill(star(points, centre, (radii[0] + 0.011, radii[1] + 0.011), draw.waves(0.03), angle) < 1, 0.66)
    canvas.fill(ellipse(points, centre, radii, angle) < 1, 0.06, grain=0.03)  # gall bladder
    behind = (np.abs(points[1] - centre[1]) < radii[0]) & (points[0] > centre[0] + radii[1])
    canvas.image[behind] += 0.10  # fluid swallows no sound
    if draw.chance(0.5):
        radius = draw.uniform(0.02, 0.04)
        canvas.fill(ellipse(points, draw.vary_point(0.75, 0.5, 0.15), (radius, radius)) < 1, 0.25)


def _organ(canvas: Canvas, draw: Draw) -> None:
    """The organ: star-shaped, a little darker than what surrounds it, with a thin capsule seen in parts."""
    points = canvas.points
    centre = (draw.vary(0.50, 0.11), draw.vary(0.50, 0.13))
    size, stretch = draw.vary(0.125, 0.04), draw.vary(1.15, 0.25)
    waves, angle = draw.waves(0.16), draw.uniform(-1.5, 1.5)
    level = star(points, centre, (size, size * stretch), waves, angle)
    across = np.cos(
        np.arctan2(points[1] - centre[1], points[0] - centre[0])
    )  # 1 or -1 where the beam meets it squarely
    dark = draw.vary(0.30, 0.07)
    canvas.fill(level < 1, dark, ORGAN, grain=0.075)
    canvas.blend(ramp(level, 1.2) * (level < 0.75), dark + draw.vary(0.03, 0.09))
    canvas.tint((np.abs(level - 1) < 0.05) & (np.abs(across) > 0.55), 0.70, grain=0.05)


def _abdominal_wall(canvas: Canvas, draw: Draw) -> None:
    """Skin, fat and muscle below the probe: bright and dark arcs."""
    depth, turn = beams(canvas.points)
    bottom = NEAR + draw.vary(0.085, 0.03)
    thickness = bottom - NEAR
    canvas.fill(depth < bottom, 0.36, grain=0.07)
    canvas.fill(depth < NEAR + 0.5 * thickness, 0.52, grain=0.08)
    ripple = 0.004 * np.cos(9 * turn + draw.uniform(0, 6.28))
    for share, bright in ((0.12, 0.85), (0.5, 0.72), (0.74, 0.6), (1.0, 0.82)):
        canvas.fill(np.abs(depth - NEAR - share * thickness - ripple) < 0.0065, bright, grain=0.06)


def _shadows(draw: Draw, depth: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Share of the echo that is left behind ribs and gas, and at the edges of the fan, (S, S) in 0..1."""
    left = np.ones_like(depth)
    for _ in range(draw.count(0, 2)):
        centre, width = draw.uniform(-HALF_ANGLE, HALF_ANGLE), draw.uniform(0.03, 0.09)
        start = NEAR + draw.uniform(0.05, 0.35)
        beam = np.exp(-0.5 * ((turn - centre) / width) ** 4) * ramp(start / depth, 0.1)
        left *= 1 - draw.uniform(0.4, 0.75) * beam
    poor_contact = np.clip((HALF_ANGLE - np.abs(turn)) / 0.12, 0, 1)
    return left * (0.55 + 0.45 * poor_contact)


FAMILY = Family(
    paint=paint,
    texture=speckle,
    structures={"organ": (ORGAN,)},
    side_mm=160.0,
    background=0.0,
    warp=Warp(coarse=0.015, fine=0.008),
    scanner=Scanner(noise_law="gaussian", noise=0.015, bias_field=0.08, blur=0.003, gain=0.15, gamma=0.2),
)
