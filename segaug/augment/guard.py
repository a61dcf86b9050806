"""Fields of momenta at training time, kept from folding."""

from torch import Tensor

from segaug.deform.jacobian import min_jacobian as strict_min_jacobian
from segaug.registration.maps import displacement_px
from segaug.registration.modes import Modes
from segaug.registration.strain import limit_strain


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
