"""One matrix per row for scale, rotations, quarter turns and mirrors together."""

from math import pi

import torch
from torch import Tensor

from segaug.augment.policy.options import TURN, groups, mirrors, place, planes


def matrices(option: Tensor, strength: Tensor, axes: int) -> Tensor:
    """Pull-back (B, D, D) about the middle of the image, for options and strengths (B, G) of all groups.

    The image is scaled and rotated, then turned by quarters, then mirrored.
    """
    return affine(option, strength, axes) @ carrying(option, strength, axes)


def affine(option: Tensor, strength: Tensor, axes: int) -> Tensor:
    """The part of it that interpolates: scale and rotation.

    Positions are multiplied by the factor of the scale, so that above 1 more of the input is shown.  Rotations follow
    each other as (R_z R_x R_y) transposed of the released code of Li et al. (2023); a positive angle turns the picture
    from the first axis of its plane to the second, on the screen clockwise.
    """
    matrix = torch.eye(axes) * strength[:, place(axes)["scale"], None, None]
    for name in _in_order(axes):
        angle_deg = torch.where(_turned(option, name, axes), 0.0, strength[:, place(axes)[name]])
        angle_rad = angle_deg * (pi / 180)
        matrix = matrix @ _rotation(angle_rad.cos(), angle_rad.sin(), planes(axes)[name], axes)
    return matrix


def carrying(option: Tensor, strength: Tensor, axes: int) -> Tensor:
    """The part of it that only carries pixels elsewhere: quarter turns, then mirrors, with exactly 0 and 1 or -1."""
    at = place(axes)
    matrix = torch.eye(axes).expand(len(option), -1, -1)
    for name in _in_order(axes):
        turned = _turned(option, name, axes)
        sign = torch.where(turned, strength[:, at[name]].sign(), 0.0)
        matrix = matrix @ _rotation((~turned).float(), sign, planes(axes)[name], axes)
    flips = option[:, [at[name] for name in mirrors(axes)]]
    return matrix * (1.0 - 2 * flips)[:, None, :]


def _in_order(axes: int) -> tuple[str, ...]:
    """Groups of rotations, in the order in which their matrices are multiplied."""
    return ("rotation",) if axes == 2 else ("rotation_sagittal", "rotation_frontal", "rotation_longitudinal")


def _turned(option: Tensor, name: str, axes: int) -> Tensor:
    """Rows that drew a quarter turn in this plane, (B,) bool."""
    number = place(axes)[name]
    return option[:, number] == groups(axes)[number].names.index(TURN)


def _rotation(cos: Tensor, sin: Tensor, plane: tuple[int, int], axes: int) -> Tensor:
    """(B,) cosines and sines to (B, D, D), rotations in one plane."""
    first, second = plane
    matrix = torch.eye(axes).repeat(len(cos), 1, 1)
    matrix[:, first, first], matrix[:, second, second] = cos, cos
    matrix[:, first, second], matrix[:, second, first] = -sin, sin
    return matrix
