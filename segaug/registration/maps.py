"""Coordinate maps of a shot geodesic: particles carried by its velocities, then interpolated to every pixel.

Particles, because advecting a displacement in the truncated modes folds and is off by up to 10 px at 256 x 256.  Both
directions come from one path; no map is ever inverted.
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.jacobian import min_jacobian
from segaug.deform.spline_field import SplineField
from segaug.registration.modes import Modes
from segaug.registration.shooting import shoot

LOOKED = 32  # particles along the longer side by which `seen_from` looks for strain


def inverse_map_px(path: Tensor, modes: Modes, size: tuple[int, int], particles: int = 64, cells: int = 128) -> Tensor:
    """Displacement of psi_1, the inverse of the flow: `warp(image, it)` is the image carried along the geodesic.

    Of the path run backwards, -path.flip(0), it is the flow phi_1 itself: where each point of the moving image goes.

    path: (T + 1, B, 2, n, n) of `shoot`, T even.  particles and cells: along the longer side, of the particle grid and
    of the grid on which velocities are tabulated.  Returns (B, 2, *size) in pixels, (row, column), pull-back.
    """
    return _flow(-path.flip(0), modes, size, particles, cells)


def displacement_px(momentum: Tensor, modes: Modes, size: tuple[int, int]) -> Tensor:
    """Pull-back field of whitened momenta, shot for unit time; (B, 2, n, n) to (B, 2, *size) in pixels."""
    return inverse_map_px(shoot(momentum, modes), modes, size)


def seen_from(path: Tensor, modes: Modes, matrix: Tensor, particles: int, cells: int) -> tuple[SplineField, Tensor]:
    """The map p -> phi(M p) of shot geodesics, and how strained phi is, by particles that start where M looks.

    path: (T + 1, B, 2, n, n) of `shoot`, T even; phi: the map whose field `displacement_px` is.  matrix: (B, 2, 2), as
    for `affine_px`.  Where M looks outside, phi - id has its border value, as `compose_px` reads it.  Returns the field
    of `modes.size`, pull-back, and (B,) the smallest Jacobian determinant of phi in cells between `LOOKED` particles
    along the longer side that start on a grid of their own: it does not depend on M.
    """
    grid, looked = _counts(modes, particles), _counts(modes, LOOKED)
    velocity = _sampler_velocity(-path.flip(0), modes, _counts(modes, cells))
    frame = _frame(modes.size, looked, matrix.dtype, matrix.device)
    of_points = matrix.flip(1, 2) * frame.per_unit_px
    seen = of_points / frame.per_unit_px[:, None] @ _particles(grid, matrix.dtype, matrix.device).flatten(2)
    at_rest = _particles(looked, matrix.dtype, matrix.device).flatten(2).expand(len(matrix), -1, -1)
    start = torch.cat([seen.clamp(-frame.outermost, frame.outermost), at_rest], 2)[:, :, None]
    change = (_carried(velocity, start) - start)[:, :, 0]
    of_grid, of_looked = change.split([grid[0] * grid[1], looked[0] * looked[1]], 2)
    smallest = min_jacobian((frame.per_unit_looked * of_looked).flip(1).unflatten(2, looked))
    offset_px = (frame.per_unit_px[:, None] * of_grid).flip(1).unflatten(2, grid)
    return SplineField(control_px=offset_px, size=modes.size, matrix=matrix), smallest


def _flow(path: Tensor, modes: Modes, size: tuple[int, int], particles: int, cells: int) -> Tensor:
    """Carry a grid of particles from edge to edge, and read their displacements at every pixel."""
    velocity = _sampler_velocity(path, modes, _counts(modes, cells))
    places = _particles(_counts(modes, particles), velocity.dtype, velocity.device)
    start = places.expand(velocity.shape[1], -1, -1, -1)
    return _at_pixels(_carried(velocity, start) - start, size)


def _carried(velocity: Tensor, start: Tensor) -> Tensor:
    """Integrate dy/dt = v_t(y) with RK4 in steps that span two intervals of the path; points (B, 2, h, w)."""
    moved, h = start, 1 / (len(velocity) - 1)
    for early, middle, late in zip(velocity[:-2:2], velocity[1::2], velocity[2::2], strict=True):
        slope_1 = _at(early, moved)
        slope_2 = _at(middle, moved + h * slope_1)
        slope_3 = _at(middle, moved + h * slope_2)
        slope_4 = _at(late, moved + 2 * h * slope_3)
        moved = moved + h / 3 * (slope_1 + 2 * (slope_2 + slope_3) + slope_4)
    return moved


def _at_pixels(change: Tensor, size: tuple[int, int]) -> Tensor:
    """Displacements of particles, (B, 2, h, w) in the sampler frame, as a field (B, 2, *size) in pixels."""
    half_sides = change.new_tensor(size).view(2, 1, 1) / 2
    return SplineField(control_px=half_sides * change.flip(1), size=size).dense_px()


def _counts(modes: Modes, along_longer: int) -> tuple[int, int]:
    rows, columns = (max(4, round(along_longer * length)) for length in modes.lengths)
    return rows, columns


def _sampler_velocity(path: Tensor, modes: Modes, cells: tuple[int, int]) -> Tensor:
    """Velocities along a path, (T + 1, B, 2, *cells), in sampler units (the image spans -1 to 1), column first."""
    per_length = path.new_tensor([2 / length for length in modes.lengths]).view(2, 1, 1)
    return modes.velocity((path * per_length).flip(-3), cells)


def _at(velocity: Tensor, points: Tensor) -> Tensor:
    """Velocities (B, 2, h, w) at sampler points (B, 2, h, w)."""
    points = points.movedim(1, -1)
    return F.grid_sample(velocity, points, mode="bilinear", padding_mode="border", align_corners=False)


class _Frame(NamedTuple):
    """The sampler frame, column first."""

    per_unit_px: Tensor  # (2,) pixels in a unit
    outermost: Tensor  # (2, 1) where the outermost pixels have their centres
    per_unit_looked: Tensor  # (2, 1) spacings of the particles that are looked at, in a unit


@lru_cache(maxsize=16)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _frame(size: tuple[int, int], looked: tuple[int, int], dtype: torch.dtype, device: torch.device) -> _Frame:
    pixels, particles = (
        torch.tensor(counts[::-1], dtype=torch.float64).to(device, dtype)[:, None] for counts in (size, looked)
    )
    return _Frame((pixels / 2)[:, 0], 1 - 1 / pixels, (particles - 1) / 2)


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _particles(grid: tuple[int, int], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Sampler points of particles from edge to edge, (1, 2, h, w), column first.

    Edge to edge, so that no pixel lies outside of them: a spline that extrapolates by half a cell folds at the border.
    """
    rows, columns = (torch.linspace(-1, 1, n, dtype=torch.float64) for n in grid)
    points = torch.stack(torch.meshgrid(rows, columns, indexing="ij")[::-1])
    return points[None].to(device, dtype)
