"""Short-axis cine MRI of the heart: ONE template, deformed by random smooth one-to-one maps.

All shape variation comes from the maps, so a strategy that deforms by registered maps has the right prior here.
"""

import numpy as np

from segaug.data.phantom.acquisition import Scanner
from segaug.data.phantom.canvas import Canvas
from segaug.data.phantom.deform import Warp
from segaug.data.phantom.draw import Draw
from segaug.data.phantom.family import Family
from segaug.data.phantom.shapes import ellipse, star, tubes
from segaug.data.phantom.texture import tissue_noise

LV, MYO, RV = 1, 2, 3
AIR, LUNG, MUSCLE, LIVER, FAT = 0.02, 0.07, 0.30, 0.42, 0.72
CENTRE = (0.48, 0.55)  # of the left ventricle


def paint(canvas: Canvas, draw: Draw) -> None:
    """The template at the deformed positions, with this case's brightness of blood, fat and liver."""
    blood, fat = draw.uniform(0.66, 0.86), FAT + draw.uniform(-0.12, 0.12)
    _trunk(canvas, fat)
    _abdomen(canvas, LIVER + draw.uniform(-0.08, 0.08), fat)
    _vessels_and_spine(canvas, blood, fat)
    _heart(canvas, blood, fat)


def _trunk(canvas: Canvas, fat: float) -> None:
    """Skin fat, chest muscle with ribs, lungs."""
    points = canvas.points
    trunk = ellipse(points, (0.53, 0.47), (0.47, 0.60), power=2.4)
    canvas.fill(trunk < 1, fat, grain=0.05)
    canvas.fill(trunk < 0.90, MUSCLE, grain=0.03)
    turn = np.arctan2(points[1] - 0.47, points[0] - 0.53)
    canvas.fill((np.abs(trunk - 0.845) < 0.025) & (np.cos(15 * turn) > 0.25), 0.55, grain=0.04)
    canvas.fill(trunk < 0.79, LUNG, grain=0.02)


def _abdomen(canvas: Canvas, liver: float, fat: float) -> None:
    """Liver and stomach below the diaphragm, on the right and at the back of the picture."""
    points = canvas.points
    inside = ellipse(points, (0.53, 0.47), (0.47, 0.60), power=2.4) < 0.80
    waves = np.array([[0.05, -0.04, 0.02], [0.06, 0.03, -0.02]])
    canvas.fill((star(points, (0.82, 0.22), (0.25, 0.33), waves) < 1) & inside, liver, grain=0.035)
    for place, radii in (((0.73, 0.20), (0.012, 0.02)), ((0.80, 0.30), (0.02, 0.012)), ((0.70, 0.31), (0.01, 0.016))):
        canvas.tint(ellipse(points, place, radii) < 1, 0.62)
    stomach = star(points, (0.77, 0.74), (0.13, 0.15), -waves)
    canvas.fill((stomach < 1) & inside, 0.36, grain=0.05)
    canvas.fill((stomach < 0.75) & inside, 0.52, grain=0.08)
    canvas.fill((stomach < 0.62) & (points[0] < 0.74) & inside, AIR)


def _vessels_and_spine(canvas: Canvas, blood: float, fat: float) -> None:
    """Descending aorta, vertebra, spinal canal."""
    points = canvas.points
    canvas.fill(ellipse(points, (0.86, 0.50), (0.12, 0.10)) < 1, MUSCLE, grain=0.03)
    canvas.fill(ellipse(points, (0.845, 0.49), (0.058, 0.062)) < 1, 0.12)
    canvas.fill(ellipse(points, (0.845, 0.49), (0.049, 0.053)) < 1, 0.45, grain=0.05)
    canvas.fill(ellipse(points, (0.925, 0.49), (0.026, 0.03)) < 1, 0.80)
    canvas.fill(ellipse(points, (0.925, 0.49), (0.014, 0.017)) < 1, 0.40)
    canvas.fill(ellipse(points, (0.745, 0.565), (0.037, 0.037)) < 1, MUSCLE)
    canvas.fill(ellipse(points, (0.745, 0.565), (0.031, 0.031)) < 1, blood)


def _heart(canvas: Canvas, blood: float, fat: float) -> None:
    """Fat, right ventricle, wall and cavity of the left ventricle, papillary muscles (part of the cavity)."""
    points, (row, column) = canvas.points, CENTRE
    canvas.fill(ellipse(points, (row, column - 0.085), (0.195, 0.285), -0.15) < 1, fat - 0.14, grain=0.07)
    right = star(points, (row - 0.005, column - 0.155), (0.145, 0.155), np.array([[0.06, 0.03], [-0.04, 0.05]]), -0.2)
    canvas.fill(right < 1.09, MUSCLE)
    canvas.fill(right < 1, blood - 0.03, RV, grain=0.03)
    start = np.array([[row - 0.10, column - 0.25], [row + 0.02, column - 0.30], [row + 0.11, column - 0.22]])
    stop = start + np.array([[0.025, 0.04], [0.0, 0.055], [-0.035, 0.03]])
    strands = tubes(points, start, stop, np.full((3, 2), 0.009))
    canvas.tint((strands < 1) & (right < 1), MUSCLE + 0.1)
    outer = star(points, CENTRE, (0.152, 0.147), np.array([[0.02, -0.012], [0.012, 0.01]]))
    canvas.fill(outer < 1, MUSCLE - 0.02, MYO, grain=0.02)
    inner = star(points, (row + 0.003, column + 0.004), (0.096, 0.092), np.array([[0.03, 0.02], [-0.03, 0.02]]))
    canvas.fill(inner < 1, blood, LV, grain=0.025)
    for place in ((row + 0.048, column + 0.052), (row - 0.040, column + 0.058)):
        canvas.tint((ellipse(points, place, (0.019, 0.017)) < 1) & (inner < 1), MUSCLE + 0.04)


FAMILY = Family(
    paint=paint,
    texture=tissue_noise,
    structures={"lv": (LV,), "myo": (MYO,), "rv": (RV,), "left_heart": (LV, MYO)},
    side_mm=260.0,
    background=AIR,
    warp=Warp(coarse=0.05, fine=0.012),
    scanner=Scanner(noise_law="rician", noise=0.035, bias_field=0.18, blur=0.004, gain=0.12, gamma=0.15),
)
