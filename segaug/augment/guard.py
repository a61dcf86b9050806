"""Fields of momenta at training time, kept from folding."""

from torch import Tensor

from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian as strict_min_jacobian
from segaug.registration.maps import displacement_px, seen_from_px
from segaug.registration.modes import Modes
from segaug.registration.shooting import shoot
from segaug.registration.strain import limit_strain

PARTICLES, CELLS = 48, 96  # of a calm map that is seen through an affine one; cells no finer than pixels
COARSE_PX = 96  # longer side up to which shooting takes half the steps: it is off by a share of the side, not by pixels
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
    if matrix is not None:
        return _seen_through(momentum, modes, min_jacobian, matrix)
    field = displacement_px(momentum, modes, modes.size)
    if min_jacobian is None:
        return field
    strained = ~(strict_min_jacobian(field) >= min_jacobian)  # NaN, of a momentum that diverged, is strained too
    if strained.any():
        limited, _ = limit_strain(momentum[strained], modes, modes.size, min_jacobian)
        field[strained] = displacement_px(limited, modes, modes.size)
    return field


def _seen_through(momentum: Tensor, modes: Modes, min_jacobian: float | None, matrix: Tensor) -> Tensor:
    """Few particles in one step where the map is calm; the other rows in full: shot, guarded and composed."""
    field, smallest = seen_from_px(coarse_path(momentum, modes), modes, matrix, PARTICLES, min(CELLS, max(modes.size)))
    strained = ~(smallest >= (min_jacobian or 0) + MARGIN)  # NaN, of a momentum that diverged, is strained too
    if strained.any():
        inner = guarded_displacement_px(momentum[strained], modes, min_jacobian)
        field[strained] = compose_px(inner, affine_px(matrix[strained], modes.size))
    return field


def coarse_path(momentum: Tensor, modes: Modes) -> Tensor:
    """Start, middle and end of geodesics, (3, B, 2, n, n): what particles need that are carried in one step."""
    return shoot(momentum, modes, 2) if max(modes.size) <= COARSE_PX else shoot(momentum, modes)[::2]
