"""Register pairs of images: find the momenta whose geodesics carry the moving images onto the fixed ones."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.grid import sampler_points
from segaug.deform.jacobian import min_jacobian as strict_min_jacobian
from segaug.deform.warp import warp
from segaug.errors import ConfigError
from segaug.registration.affine import affine_field_px, align, followed_by, inverted
from segaug.registration.lbfgs import minimise
from segaug.registration.maps import displacement_px, inverse_map_px
from segaug.registration.modes import Modes, widened
from segaug.registration.shooting import energy, shoot
from segaug.registration.similarity import SIMILARITIES, Dissimilarity
from segaug.registration.strain import limit_strain

FINEST_PX = 128  # a band-limited map needs no more than that of an image
# Of each level: share of the finest image and of the wave numbers, evaluations, particles and cells of `maps`.
_FROM_COARSE = ((1 / 8, 10, 16, 32), (1 / 4, 10, 16, 32), (1 / 2, 15, 32, 32), (1, 20, 32, 64))
COARSE_STEPS = 2  # of shooting while searching; the map that is returned takes twice as many
DIVERGED = 1e3  # coefficient of a whitened momentum; those of real pairs are below 1


@dataclass(frozen=True, kw_only=True)
class Lddmm:
    """Options of registration.  Objective of a pair: |w|^2 / 2 + dissimilarity / (2 sigma^2)."""

    similarity: str = "lncc"  # lncc | ssd
    sigma: float = 3.0  # larger: smoother maps, less alike images
    k: int = 8  # wave numbers per axis
    ell: float = 0.1  # length of the kernel, in longer sides of the image
    s: float = 2.0  # order of the kernel
    min_jacobian: float = 0.05  # shrink a momentum until its map is no more strained than this
    affine: bool = False  # bring position, size and slant together first; that part is not in the momentum

    def __post_init__(self) -> None:
        if self.similarity not in SIMILARITIES:
            _refuse("similarity", self.similarity, f"use one of {', '.join(SIMILARITIES)}")
        if not 1 <= self.k <= 32:
            _refuse("k", self.k, "use 1 to 32 wave numbers; 8 is the default")
        for name in ("sigma", "ell", "s"):
            if not (value := getattr(self, name)) > 0:
                _refuse(name, value, "use a number above 0")
        if not 0 < self.min_jacobian < 1:
            _refuse("min_jacobian", self.min_jacobian, "use a determinant between 0 and 1; 0.05 is the default")

    def modes(self, size: tuple[int, int]) -> Modes:
        """The space of momenta of images of this size."""
        return Modes(size, self.k, self.ell, self.s)


def _refuse(option: str, value: object, fix: str) -> None:
    raise ConfigError(key=f"lddmm.{option}", problem=f"got {value}", fix=fix)


@dataclass(frozen=True)
class Registered:
    """Results of a batch of registrations, one row a pair.

    The whole map is `followed_by(displacement_px(momentum, modes, size), affine)`.
    """

    momentum: Tensor  # (B, 2, n, n), whitened
    modes: Modes
    objective: Tensor  # (B,)
    before: Tensor  # (B,) dissimilarity of the images as given
    after: Tensor  # (B,) of the warped moving image and the fixed one
    min_jacobian: Tensor  # (B,) strict, after the guard, of the deformation without the affine part
    guard_factor: Tensor  # (B,) 1 where the guard did nothing
    affine: Tensor | None = None  # (B, 2, 3), follows the deformation; see `segaug.registration.affine`


@dataclass(frozen=True)
class _Level:
    """One stage from coarse to fine."""

    size: tuple[int, int]  # of the images
    k: int
    evaluations: int
    particles: int
    cells: int


def register(moving: Tensor, fixed: Tensor, lddmm: Lddmm) -> Registered:
    """Carry each moving image onto its fixed image; (B, 1, H, W) both, values in 0..1.

    The result of a pair does not depend on the others in the batch.
    """
    size = (moving.shape[2], moving.shape[3])
    modes = lddmm.modes(size)
    affine = align(moving, fixed) if lddmm.affine else None
    # The fixed image moves, not the moving one: so all momenta of one image live in the frame of that image.
    target = fixed if affine is None else warp(fixed, affine_field_px(inverted(affine), size), padding="border")
    momentum = moving.new_zeros(len(moving), 2, 1, 1)
    for level in _levels(size, lddmm.k):
        momentum, objective = _descend(widened(momentum, level.k), moving, target, lddmm, level)
    with torch.no_grad():
        momentum, factor = limit_strain(widened(momentum, lddmm.k), modes, size, lddmm.min_jacobian)
        compare = SIMILARITIES[lddmm.similarity](fixed)
        field = displacement_px(momentum, modes, size)
        after = compare(warp(moving, followed_by(field, affine), padding="border"))
        smallest = strict_min_jacobian(field)
        return Registered(momentum, modes, objective, compare(moving), after, smallest, factor, affine)


def _levels(size: tuple[int, int], k: int) -> Iterator[_Level]:
    """Each level doubles the image and the wave numbers: coarse momenta cannot be led astray by detail."""
    longer = max(size)
    finest = longer / -(-longer // FINEST_PX)  # a whole number of pixels is averaged into one
    for share, evaluations, particles, cells in _FROM_COARSE:
        rows, columns = (max(2, round(n * share * finest / longer)) for n in size)
        yield _Level((rows, columns), max(1, round(k * share)), evaluations, particles, cells)


def _descend(momentum: Tensor, moving: Tensor, fixed: Tensor, lddmm: Lddmm, level: _Level) -> tuple[Tensor, Tensor]:
    """Lower the objective at one level."""
    small, target = (F.interpolate(image, size=level.size, mode="area") for image in (moving, fixed))
    compare: Dissimilarity = SIMILARITIES[lddmm.similarity](target)
    modes = Modes((moving.shape[2], moving.shape[3]), level.k, lddmm.ell, lddmm.s)

    def evaluate(flat: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            w = flat.view_as(momentum).requires_grad_()
            path = shoot(w, modes, COARSE_STEPS)
            # A NaN coordinate would crash the backward pass of `grid_sample` on a CPU (pytorch issue 24823).
            usable = (path.detach().abs() < DIVERGED).flatten(2).all(2).all(0)
            path = torch.where(usable.view(-1, 1, 1, 1), path, 0)
            field = inverse_map_px(path, modes, level.size, level.particles, level.cells)
            unlike = compare(_sampled(small, field))
            objective = energy(w) + unlike / (2 * lddmm.sigma**2)
            (gradient,) = torch.autograd.grad(objective.sum(), w)
        return torch.where(usable, objective.detach(), torch.inf), gradient.flatten(1)

    found, objective = minimise(evaluate, momentum.flatten(1), level.evaluations)
    return found.view_as(momentum), objective


def _sampled(image: Tensor, field: Tensor) -> Tensor:
    """`warp` with border padding, for small images and gradients: all rows in one call."""
    points = sampler_points(field).flip(1).movedim(1, -1)
    return F.grid_sample(image, points, mode="bilinear", padding_mode="border", align_corners=False)
