"""Axial CT of the chest: lungs, heart and what surrounds them. Rows run from front to back, as on a reading screen."""

from dataclasses import dataclass

import numpy as np

from segaug.data.phantom.acquisition import Scanner
from segaug.data.phantom.canvas import Canvas, ramp
from segaug.data.phantom.deform import Warp
from segaug.data.phantom.draw import Draw
from segaug.data.phantom.family import Family
from segaug.data.phantom.shapes import Point, ellipse, star, tubes
from segaug.data.phantom.texture import tissue_noise
from segaug.data.phantom.vessels import grow

RIGHT_LUNG, LEFT_LUNG, HEART = 1, 2, 3
AIR, LUNG, FAT, MUSCLE, ORGAN, BONE = 0.02, 0.13, 0.42, 0.58, 0.62, 0.95


@dataclass(frozen=True)
class Chest:
    """The room inside the ribs: its middle, half its height [sides] and its level function (S, S)."""

    row: float
    column: float
    height: float
    cavity: np.ndarray


def paint(canvas: Canvas, draw: Draw) -> None:
    """One slice; `level` runs from 0 (just below the arch of the aorta) to 1 (dome of the liver)."""
    level = draw.uniform(0, 1)
    blood = draw.uniform(0.60, 0.80)  # how much contrast medium is in the vessels
    chest = _chest_wall(canvas, draw, draw.vary_point(0.51, 0.50, 0.03))
    _lungs(canvas, draw, chest)
    _disease(canvas, draw, chest)
    _mediastinum(canvas, draw, chest, blood)
    if level > 0.45:
        _domes(canvas, draw, chest, level)
    _heart(canvas, draw, chest, level, blood)
    _spine(canvas, draw, chest, blood)


def _chest_wall(canvas: Canvas, draw: Draw, middle: Point) -> Chest:
    """Table, skin, fat, muscle, ribs, shoulder blades."""
    points, (row, column) = canvas.points, middle
    size, fat = draw.vary(1.0, 0.10), draw.vary(0.028, 0.02)
    height, width = 0.245 * size * draw.vary(1, 0.08), 0.315 * size * draw.vary(1, 0.06)
    power = draw.vary(2.4, 0.2)
    table = np.abs(points[0] - (row + height + fat + 0.09) - 0.35 * (points[1] - 0.5) ** 2)
    canvas.tint(table < 0.008, 0.28)

    wall = 0.055
    for grow_by, intensity in ((wall + fat + 0.006, 0.55), (wall + fat, FAT), (wall, MUSCLE), (0.014, FAT)):
        body = ellipse(points, middle, (height + grow_by, width + grow_by), power=power)
        canvas.fill(body < 1, intensity, grain=0.025)
    turn = np.arctan2((points[1] - column) / width, (points[0] - row) / height)
    ring = ellipse(points, middle, (height + 0.026, width + 0.026), power=power)
    tilt = draw.uniform(0, 2 * np.pi) + draw.vary(0, 0.6) * np.sign(points[1] - column)
    rib = (np.abs(ring - 1) < 0.042) & (np.cos(9 * np.abs(turn) + tilt) > 0.1) & (np.abs(turn) < 2.75)
    canvas.fill(rib, BONE, grain=0.03)
    canvas.tint(rib & (np.abs(ring - 1) < 0.018) & (np.cos(9 * np.abs(turn) + tilt) > 0.35), 0.74)  # marrow
    for side in (-1, 1):
        high = np.array([[row + 0.62 * height, column + side * 0.92 * (width + 0.02)]])
        low = high + np.array([[0.085, -side * 0.10]])
        blade = tubes(points, high, low, np.array([[0.011, 0.006]]))
        canvas.fill(blade < 1, 0.88)
    return Chest(row, column, height, ellipse(points, middle, (height, width), power=power))


def _lungs(canvas: Canvas, draw: Draw, chest: Chest) -> None:
    """Both lungs with their vessels; the mediastinum is put over them later."""
    points, row, column = canvas.points, chest.row, chest.column
    air = LUNG + draw.vary(0, 0.03) + 0.12 * (points[0] - row)  # denser towards the back, where the patient lies
    for value, side in ((RIGHT_LUNG, -1), (LEFT_LUNG, 1)):
        lung = (chest.cavity < 1) & (side * (points[1] - column) > 0)
        canvas.fill(lung, air, value, grain=0.022)
        hilum = (row + draw.vary(0.01, 0.02), column + side * 0.05)
        for turn in (0.45, 1.2, 1.9, 2.6):
            tree = grow(draw, hilum, side * (turn + draw.vary(0, 0.25)), draw.uniform(0.075, 0.105), 0.0095, 4)
            vessel = tubes(points, tree.start, tree.stop, tree.radius)
            canvas.tint((vessel < 1) & lung, draw.uniform(0.38, 0.52))


def _disease(canvas: Canvas, draw: Draw, chest: Chest) -> None:
    """Now and then consolidated lung (still lung) or fluid behind it (not lung), which look much alike."""
    points, row, column = canvas.points, chest.row, chest.column
    side = 1 if draw.chance(0.5) else -1
    lung = canvas.label > 0
    if draw.chance(0.35):
        centre = (row + draw.uniform(-0.12, 0.16), column + side * draw.uniform(0.16, 0.26))
        radius = draw.uniform(0.03, 0.09)
        patch = ramp(star(points, centre, (radius, radius), draw.waves(0.25)), 0.5) * lung
        canvas.blend(patch, draw.uniform(0.30, 0.56))
        canvas.grain[patch > 0.5] = 0.06
    if draw.chance(0.3):
        depth = draw.uniform(0.72, 0.92)
        behind = (ellipse(points, (row - 0.05, column), (0.26 * depth + 0.03, 0.36)) > 1) & (points[0] > row)
        canvas.fill(behind & (chest.cavity < 1) & (side * (points[1] - column) > 0), 0.54)


def _mediastinum(canvas: Canvas, draw: Draw, chest: Chest, blood: float) -> None:
    """Fat and vessels between the lungs, windpipe, gullet, breastbone."""
    points, row, column = canvas.points, chest.row, chest.column
    width = draw.vary(0.055, 0.015)
    canvas.fill(
        star(points, (row + 0.01, column + 0.005), (chest.height, width), draw.waves(0.06)) < 1, 0.47, grain=0.04
    )
    for offset, radius, value in (
        ((-0.055, -0.035), 0.030, blood),  # ascending aorta
        ((-0.045, -0.078), 0.020, blood - 0.03),  # superior vena cava
        ((-0.03, 0.03), 0.028, blood),  # pulmonary trunk
        ((0.015, 0.0), 0.030, blood - 0.04),  # pulmonary arteries
    ):
        centre = (row + offset[0] + draw.vary(0, 0.01), column + offset[1] + draw.vary(0, 0.008))
        canvas.fill(ellipse(points, centre, (radius, 1.25 * radius), draw.uniform(-0.6, 0.6)) < 1, value)
    for side in (-1, 1):  # main bronchi
        centre = (row + 0.052, column + side * 0.035)
        canvas.fill(ellipse(points, centre, (0.018, 0.022)) < 1, ORGAN)
        canvas.fill(ellipse(points, centre, (0.013, 0.017)) < 1, AIR)
    breastbone = (row - chest.height - 0.026, column)
    canvas.fill(ellipse(points, breastbone, (0.017, 0.05), power=3) < 1, BONE)
    canvas.fill(ellipse(points, breastbone, (0.009, 0.04), power=3) < 1, 0.7)


def _domes(canvas: Canvas, draw: Draw, chest: Chest, level: float) -> None:
    """Tops of liver and stomach, which push into the lungs from below and are as bright as the heart."""
    points, row, column = canvas.points, chest.row, chest.column
    liver = 0.16 * (level - 0.35) * draw.vary(1.2, 0.3)
    dome = star(points, (row - 0.01, column - 0.17), (1.25 * liver, liver + 0.02), draw.waves(0.06))
    canvas.fill((dome < 1) & (chest.cavity < 0.97), ORGAN, grain=0.025)
    if draw.chance(0.6):
        stomach = (row + draw.vary(0.04, 0.03), column + draw.vary(0.235, 0.02))
        radius = 0.13 * level * draw.vary(0.8, 0.2)
        canvas.fill((ellipse(points, stomach, (radius, 0.8 * radius)) < 1) & (chest.cavity < 0.97), ORGAN - 0.04)
        bubble = (ellipse(points, stomach, (0.8 * radius, 0.6 * radius)) < 1) & (points[0] < stomach[0] + 0.01)
        canvas.fill(bubble & (chest.cavity < 0.97), AIR + 0.05)  # gas, as dark as lung


def _heart(canvas: Canvas, draw: Draw, chest: Chest, level: float, blood: float) -> None:
    """Heart in its fat, four chambers, long axis from the right back to the left front."""
    points, row, column = canvas.points, chest.row, chest.column
    size = draw.vary(0.115, 0.02) * (0.70 + 0.45 * level)
    centre = (row - 0.065 + draw.vary(0, 0.02), column + 0.055 + draw.vary(0, 0.02))
    angle = draw.vary(0.55, 0.35)
    waves, stretch = draw.waves(0.05), draw.vary(1.35, 0.15)
    radii = (size, stretch * size)
    rim = draw.uniform(0.006, 0.022)
    canvas.fill(star(points, centre, (radii[0] + rim, radii[1] + rim), waves, angle) < 1, 0.45, grain=0.03)
    canvas.fill(star(points, centre, radii, waves, angle) < 1, ORGAN - 0.02, HEART, grain=0.02)
    cos, sin = np.cos(angle), np.sin(angle)
    for along, across, scale in ((0.42, 0.32, 0.36), (0.38, -0.42, 0.33), (-0.52, 0.25, 0.36), (-0.45, -0.38, 0.34)):
        chamber = (
            centre[0] + size * (cos * across - sin * stretch * along),
            centre[1] + size * (sin * across + cos * stretch * along),
        )
        bright = 0.06 if across > 0 else 0.0
        canvas.tint(
            star(points, chamber, (scale * size, 1.3 * scale * size), draw.waves(0.12), angle) < 1,
            blood - 0.03 + bright,
        )


def _spine(canvas: Canvas, draw: Draw, chest: Chest, blood: float) -> None:
    """Vertebra with its arch, spinal canal, back muscles, descending aorta, gullet."""
    points = canvas.points
    row, column = chest.row + 0.76 * chest.height + draw.vary(0, 0.01), chest.column + draw.vary(0, 0.006)
    size = draw.vary(1.0, 0.12)
    canvas.fill(ellipse(points, (row + 0.03, column), (0.085, 0.075)) < 1, MUSCLE, grain=0.03)
    for side in (-1, 1):
        canvas.fill(ellipse(points, (row + 0.10, column + side * 0.055), (0.035, 0.05), side * 0.3) < 1, MUSCLE)
    arch = np.array([[row + 0.045, column], [row + 0.05, column], [row + 0.05, column]])
    tips = np.array([[row + 0.125, column], [row + 0.055, column - 0.085], [row + 0.055, column + 0.085]])
    thick = np.array([[0.019, 0.009], [0.020, 0.011], [0.020, 0.011]])
    bone = tubes(points, arch, tips, size * thick)
    canvas.fill(bone < 1, 0.90, grain=0.04)
    canvas.fill(ellipse(points, (row, column), (0.040 * size, 0.050 * size)) < 1, BONE)
    canvas.fill(ellipse(points, (row, column), (0.033 * size, 0.043 * size)) < 1, 0.74, grain=0.06)
    canvas.fill(ellipse(points, (row + 0.055 * size, column), (0.019, 0.023)) < 1, 0.55)
    aorta = (row - 0.035 + draw.vary(0, 0.01), column + 0.058 + draw.vary(0, 0.008))
    radius = draw.vary(0.027, 0.006)
    canvas.fill(ellipse(points, aorta, (1.12 * radius, 1.12 * radius)) < 1, 0.56)
    canvas.fill(ellipse(points, aorta, (radius, radius)) < 1, blood + 0.02, grain=0.01)
    canvas.fill(ellipse(points, (row - 0.065, column + 0.012), (0.013, 0.019)) < 1, 0.55)


FAMILY = Family(
    paint=paint,
    texture=tissue_noise,
    structures={"lung": (RIGHT_LUNG, LEFT_LUNG), "heart": (HEART,)},
    side_mm=380.0,
    background=AIR,
    warp=Warp(coarse=0.018, fine=0.007),
    scanner=Scanner(noise_law="gaussian", noise=0.03, bias_field=0.02, blur=0.004, gain=0.08, gamma=0.15),
)
