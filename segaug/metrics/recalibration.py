"""One scale and one offset on the logits: then cross-entropy no longer measures how far the logits have grown."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from segaug.metrics.logits import cross_entropy, with_background

MIN_SCALE, MAX_SCALE = 0.01, 100.0  # separable images have no finite optimum; uninformative ones none above 0
MAX_LOG_ODDS = 50.0  # of an average logit


@dataclass(frozen=True)
class Recalibration:
    """scale > 1: the network was under-confident; scale < 1: over-confident."""

    scale: float
    offset: tuple[float, ...]  # one a logit; of several 0 for the background, since a softmax sees differences alone

    def apply(self, logits: Tensor) -> Tensor:
        """Recalibrated logits (B, L, ...)."""
        if len(self.offset) == 1:
            return self.scale * logits + self.offset[0]
        offset = torch.tensor(self.offset, dtype=logits.dtype, device=logits.device)
        return self.scale * logits + offset.view(-1, *[1] * (logits.ndim - 2))


def fit_recalibration(logits: Tensor, label: Tensor) -> Recalibration:
    """Scale in 0.01..100 and offsets that minimise the mean cross-entropy of scale * logit + offset.

    logits: (B, 1 or K + 1, ...), label: (B, K, ...) of the validation images.  Convex and deterministic; never worse
    than leaving the logits as they are.  Not finite logits give NaN, which the recalibrated measures then carry on.
    """
    outputs = logits.shape[1]
    if not logits.isfinite().all():
        return Recalibration(float("nan"), (float("nan"),) * outputs)
    s, y = logits.detach().double(), label.detach().double()
    fitted = (
        _fit_one(s.flatten(), y.flatten()) if outputs == 1 else _fit_several(_pixels(s), _pixels(with_background(y)))
    )
    candidates = (Recalibration(1.0, (0.0,) * outputs), fitted)
    loss = F.binary_cross_entropy_with_logits if outputs == 1 else cross_entropy
    return min(candidates, key=lambda candidate: loss(candidate.apply(s), y).mean().item())


def _fit_one(s: Tensor, y: Tensor) -> Recalibration:
    """Of log-odds (P,) and labels (P,)."""
    centre = s.mean().item()
    spread = s.std(correction=0).item() or 1.0  # equal logits: the scale has no effect and stays where it starts
    z = (s - centre) / spread  # unit spread makes the two parameters nearly independent: a few iterations
    scale, offset = _minimise(_loss_of_one, spread, [centre], z, y)
    return Recalibration(float(scale), (float(offset - scale * centre),))


def _fit_several(s: Tensor, y: Tensor) -> Recalibration:
    """Of logits (P, K + 1) and labels of background and structures (P, K + 1)."""
    d = s[:, 1:] - s[:, :1]  # against the background, which is all that a softmax sees
    centre = d.mean(0)
    spread = (d - centre).square().mean().sqrt().item() or 1.0
    scale, *offset = _minimise(_loss_of_several, spread, centre.tolist(), (d - centre) / spread, y)
    return Recalibration(
        float(scale), (0.0, *(float(o - scale * c) for o, c in zip(offset, centre.tolist(), strict=True)))
    )


def _minimise(loss: Any, spread: float, centre: list[float], z: Tensor, y: Tensor) -> tuple[float, ...]:
    """Scale and offsets of standardised logits; starts at scale 1 and offset 0 of the logits themselves."""
    from scipy.optimize import minimize  # whoever only composes a trial does without

    result = minimize(
        loss,
        x0=(spread, *centre),
        args=(z, y),
        jac=True,
        method="L-BFGS-B",
        bounds=((MIN_SCALE * spread, MAX_SCALE * spread), *[(-MAX_LOG_ODDS, MAX_LOG_ODDS)] * len(centre)),
        options={"ftol": 1e-13, "gtol": 1e-9},
    )
    return (result.x[0] / spread, *result.x[1:])


def _loss_of_one(parameters: np.ndarray, z: Tensor, y: Tensor) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of parameters[0] * z + parameters[1] and its two derivatives, in float64."""
    t = parameters[0] * z + parameters[1]
    residual = torch.sigmoid(t) - y
    gradient = np.array([(residual * z).mean().item(), residual.mean().item()])
    return F.binary_cross_entropy_with_logits(t, y).item(), gradient


def _loss_of_several(parameters: np.ndarray, z: Tensor, y: Tensor) -> tuple[float, np.ndarray]:
    """The same of a softmax over the background's 0 and K scaled and moved logits; z: (P, K).  1 + K derivatives."""
    t = F.pad(parameters[0] * z + torch.from_numpy(parameters[1:]), (1, 0))
    log_p = t.log_softmax(1)
    residual = (log_p.exp() - y)[:, 1:]
    gradient = np.array([(residual * z).sum(1).mean().item(), *residual.mean(0).tolist()])
    return -(y * log_p).sum(1).mean().item(), gradient


def _pixels(tensor: Tensor) -> Tensor:
    """(B, L, ...) to (P, L)."""
    return tensor.movedim(1, -1).flatten(0, -2)
