"""One scale and one offset on the logits: then cross-entropy no longer measures how far the logits have grown."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from scipy.optimize import minimize
from torch import Tensor

MIN_SCALE, MAX_SCALE = 0.01, 100.0  # separable images have no finite optimum; uninformative ones none above 0
MAX_LOG_ODDS = 50.0  # of an average logit


class Recalibration(NamedTuple):
    """scale > 1: the network was under-confident; scale < 1: over-confident."""

    scale: float = 1.0
    offset: float = 0.0

    def apply(self, logits: Tensor) -> Tensor:
        """Recalibrated logits, same shape."""
        return self.scale * logits + self.offset


UNCHANGED = Recalibration()


def fit_recalibration(logits: Tensor, label: Tensor) -> Recalibration:
    """Scale in 0.01..100 and offset that minimise the mean cross-entropy of scale * logit + offset.

    logits, label: (B, K, H, W) of the validation images.  Convex and deterministic; never worse than leaving the logits
    as they are.  Logits that are not finite give NaN for both, which the recalibrated metrics then carry on.
    """
    if not logits.isfinite().all():
        return Recalibration(float("nan"), float("nan"))
    s, y = logits.detach().double().flatten(), label.detach().double().flatten()
    centre = s.mean().item()
    spread = s.std(correction=0).item() or 1.0  # equal logits: the scale has no effect and stays where it starts
    z = (s - centre) / spread  # unit spread makes the two parameters nearly independent: a few iterations
    result = minimize(
        _loss_and_gradient,
        x0=(spread, centre),  # scale 1, offset 0
        args=(z, y),
        jac=True,
        method="L-BFGS-B",
        bounds=((MIN_SCALE * spread, MAX_SCALE * spread), (-MAX_LOG_ODDS, MAX_LOG_ODDS)),
        options={"ftol": 1e-13, "gtol": 1e-9},
    )
    scale = result.x[0] / spread
    fitted = Recalibration(float(scale), float(result.x[1] - scale * centre))
    candidates = (UNCHANGED, fitted)
    return min(candidates, key=lambda c: F.binary_cross_entropy_with_logits(c.apply(s), y).item())


def _loss_and_gradient(parameters: np.ndarray, z: Tensor, y: Tensor) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of parameters[0] * z + parameters[1] and its two derivatives, in float64."""
    t = parameters[0] * z + parameters[1]
    residual = torch.sigmoid(t) - y
    gradient = np.array([(residual * z).mean().item(), residual.mean().item()])
    return F.binary_cross_entropy_with_logits(t, y).item(), gradient
