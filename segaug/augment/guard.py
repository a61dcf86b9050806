"""Fields of momenta at training time, kept from folding."""

from torch import Tensor

from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian as strict_min_jacobian
from segaug.registration.maps import displacement_px, inverse_map_px, seen_from_px
from segaug.registration.modes import Modes
from segaug.registration.shooting import shoot
from segaug.registration.strain import limit_strain

PARTICLES, CELLS = 48, 96  # of a calm map that is seen through an affine one
# Above the limit.  So calm among a few particles, a map is kept at every pixel, and off by some .02 px at the most.
MARGIN = 0.3


def guarded_displacement_px(
    momentum: Tensor, modes: Modes, min_jacobian: float | None, matrix: Tensor | None = None
) -> Tensor:
    """Shoot whitened momenta (B, 2, n, n) to pull-back fields (B, 2, *modes.size) in pixels.

    A row whose smallest strict Jacobian determinant is below `min_jacobian` is shot again with a smaller momentum; the
    others keep their bits.  None: rows are shot as they are.  matrix: (B, 2, 2), as for `affine_px`; the field is that
    of p -> phi(M p), as `compose_px` makes it of phi and M, and what is limited is the strain of phi alone.
    """
    path = shoot(momentum, modes)
    if matrix is None:
        return _guarded(path, modes, min_jacobian)
    # Few particles in one step where the map is calm: shooting needs short steps, particles that are carried do not.
    field, smallest = seen_from_px(path[::2], modes, matrix, PARTICLES, CELLS)
    strained = ~(smallest >= (min_jacobian or 0) + MARGIN)  # NaN, of a momentum that diverged, is strained too
    if strained.any():
        inner = _guarded(path[:, strained], modes, min_jacobian)
        field[strained] = compose_px(inner, affine_px(matrix[strained], modes.size))
    return field


def _guarded(path: Tensor, modes: Modes, min_jacobian: float | None) -> Tensor:
    """Fields of geodesics (T + 1, B, 2, n, n) in full."""
    field = inverse_map_px(path, modes, modes.size)
    if min_jacobian is None:
        return field
    strained = ~(strict_min_jacobian(field) >= min_jacobian)
    if strained.any():
        limited, _ = limit_strain(path[0, strained], modes, modes.size, min_jacobian)
        field[strained] = displacement_px(limited, modes, modes.size)
    return field
