"""Fields of momenta at training time, kept from folding."""

from torch import Tensor

from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.field import Dense, Sampled
from segaug.deform.jacobian import min_jacobian as strict_min_jacobian
from segaug.registration.maps import displacement_px, seen_from
from segaug.registration.modes import Modes
from segaug.registration.shooting import energy, shoot
from segaug.registration.strain import limit_strain

PARTICLES, CELLS = 40, 128  # along the longer side, of a calm map; velocities are tabulated no finer than pixels
MARGIN = 0.15  # above the limit.  What is so calm among `maps.LOOKED` particles is calm at every pixel
DRIFT = 0.02  # of the energy, which a geodesic keeps: beyond it, half the steps are too few
_STILL = 1e-12  # energy of what does not move


def guarded_displacement_px(momentum: Tensor, modes: Modes, min_jacobian: float | None) -> Tensor:
    """Shoot whitened momenta (B, 2, n, n) to pull-back fields (B, 2, *modes.size) in pixels.

    A row whose smallest strict Jacobian determinant is below `min_jacobian` is shot again with a smaller momentum; the
    others keep their bits.  None: rows are shot as they are.
    """
    field = displacement_px(momentum, modes, modes.size)
    if min_jacobian is None:
        return field
    strained = ~(strict_min_jacobian(field) >= min_jacobian)  # NaN, of a momentum that diverged, is strained too
    if strained.any():
        limited, _ = limit_strain(momentum[strained], modes, modes.size, min_jacobian)
        field[strained] = displacement_px(limited, modes, modes.size)
    return field


def guarded_field(momentum: Tensor, modes: Modes, min_jacobian: float | None, matrix: Tensor) -> Sampled:
    """The maps p -> phi(M p), as `compose_px` makes them of guarded phi and M; what is limited is phi's strain alone.

    matrix: (B, 2, 2), as for `affine_px`.  Rows where phi is calm are carried in one step by few particles that start
    where M looks; the others are shot in full, guarded and composed.
    """
    path = shoot(momentum, modes, 2)
    field, smallest = seen_from(path, modes, matrix, PARTICLES, min(CELLS, max(modes.size)))
    # NaN, of a momentum that diverged, is neither.
    calm = (smallest >= (min_jacobian or 0) + MARGIN) & (energy_drift(path) <= DRIFT)
    if calm.all():
        return field
    dense, strained = field.dense_px(), ~calm
    inner = guarded_displacement_px(momentum[strained], modes, min_jacobian)
    dense[strained] = compose_px(inner, affine_px(matrix[strained], modes.size))
    return Dense(dense)


def energy_drift(path: Tensor) -> Tensor:
    """How far the energy of a path (T + 1, B, 2, n, n) strays from that of its start, as a share of it; (B,)."""
    energies = energy(path.flatten(0, 1)).unflatten(0, path.shape[:2])
    return (energies[1:] - energies[0]).abs().amax(0) / energies[0].clamp_min(_STILL)
