"""The spectrum of momenta: their power by wave number, and random smooth momenta of the same power and effect."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.guard import guarded_displacement_px
from segaug.registration.modes import Modes

_AT_ONCE = 64  # fields in memory while their rms is measured
_STEPS = 8  # of the calibration; rms displacement is nearly proportional to the scale, so 2 or 3 are enough
_CLOSE = 1e-3  # relative


@dataclass(frozen=True)
class Matched:
    """Independent normal momenta that are like given ones in power by wave number and in rms displacement."""

    power: Tensor  # (2, k + 1, k + 1) mean square of the given ones, by component and wave numbers
    scale: Tensor  # () factor of the draws that makes the displacements alike
    given_rms_px: float
    rms_px: float  # of the matched ones, on the draws that the scale was found with

    def deviation(self) -> Tensor:
        """Standard deviation of each mode of a matched momentum, (2, n, n)."""
        return self.scale * _unfolded(self.power).sqrt()


def power(momenta: Tensor) -> Tensor:
    """Mean square of momenta (M, 2, n, n) by component and wave numbers, (2, k + 1, k + 1), averaged over phases.

    The four modes cos cos, cos sin, sin cos, sin sin of a pair of wave numbers become one number.  Independent modes of
    equal power in these four make a stationary field: the same law at every pixel of a periodic image.
    """
    square = momenta.square().mean(0)
    both_axes = _phases_averaged(_phases_averaged(square).mT)
    return both_axes.mT


def _phases_averaged(square: Tensor) -> Tensor:
    """(..., n), constant, cosines, sines, to (..., k + 1)."""
    k = (square.shape[-1] - 1) // 2
    return torch.cat([square[..., :1], (square[..., 1 : k + 1] + square[..., k + 1 :]) / 2], -1)


def matched(momenta: Tensor, modes: Modes, min_jacobian: float | None, rng: torch.Generator) -> Matched:
    """Find the scale at which normal momenta with the power of `momenta` (M, 2, n, n) have their rms displacement.

    Found on M fixed draws whose mean square is made exactly 1 in every mode, so that chance hardly moves it.
    """
    given = rms_px(momenta, modes, min_jacobian)
    of_modes = power(momenta)
    draws = torch.randn(momenta.shape, generator=rng).to(momenta)
    draws = draws / draws.square().mean(0).sqrt() * _unfolded(of_modes).sqrt()
    scale = momenta.new_ones(())
    found = rms_px(draws, modes, min_jacobian)
    for _ in range(_STEPS):
        if abs(found - given) <= _CLOSE * given:
            break
        scale = scale * given / found
        found = rms_px(scale * draws, modes, min_jacobian)
    return Matched(of_modes, scale, given, found)


def rms_px(momenta: Tensor, modes: Modes, min_jacobian: float | None) -> float:
    """Root of the mean squared length of the guarded displacements of momenta, over all of them and all pixels."""
    squares = [
        guarded_displacement_px(some, modes, min_jacobian).square().sum(1).mean((1, 2))
        for some in momenta.split(_AT_ONCE)
    ]
    return torch.cat(squares).mean().sqrt().item()


def _unfolded(of_modes: Tensor) -> Tensor:
    """(2, k + 1, k + 1) by wave number to (2, n, n) by mode."""
    k = of_modes.shape[-1] - 1
    wave = torch.cat([torch.arange(k + 1), torch.arange(1, k + 1)]).to(of_modes.device)
    return of_modes[:, wave[:, None], wave]
