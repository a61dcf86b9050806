"""What logits mean: one is the log-odds of a structure; K + 1 are for a softmax of background and K structures."""

import torch
import torch.nn.functional as F
from torch import Tensor

from segaug.known import known


def probabilities(logits: Tensor) -> Tensor:
    """Probability of each structure, (B, K, ...), from logits (B, 1, ...) or (B, K + 1, ...)."""
    return logits.sigmoid() if logits.shape[1] == 1 else logits.softmax(1)[:, 1:]


def logits_of_probability(probability: Tensor) -> Tensor:
    """Logits that mean these probabilities, the inverse of `probabilities`: (B, K, ...) to (B, 1 or K + 1, ...).

    Every probability, that of the background too, is strictly between 0 and 1.
    """
    return probability.logit() if probability.shape[1] == 1 else with_background(probability).log()


def masks(logits: Tensor) -> Tensor:
    """Predicted structures, (B, K, ...) bool: where a single one is likelier than not, or the likeliest of several."""
    if logits.shape[1] == 1:
        return logits > 0
    return likeliest(logits)


def likeliest(scores: Tensor) -> Tensor:
    """Where each structure has the highest score, (B, K, ...) bool; scores: (B, K + 1, ...), background first."""
    return F.one_hot(scores.argmax(1), scores.shape[1]).movedim(-1, 1)[:, 1:].bool()


def cross_entropy(logits: Tensor, label: Tensor, ignored: bool = False) -> Tensor:
    """Mean pixel cross-entropy of each case [nat], natural logarithm: (B,).

    logits: (B, 1 or K + 1, ...).  label: (B, K, ...) in 0..1, sum over K <= 1.  For one structure softplus(s) - y s,
    for several logsumexp(s) - sum of y s over background and structures.  Not finite logits give NaN or infinity.

    ignored: where the label is NaN, a pixel counts for nothing: the mean is over the known pixels of the case, so that
    every case counts alike, however few they are.
    """
    if ignored:
        logits, label, weight = known(logits, label)
        return cross_entropy(logits, label) * weight
    if logits.shape[1] == 1:
        return F.binary_cross_entropy_with_logits(logits, label, reduction="none").flatten(1).mean(1)
    return -(with_background(label) * logits.log_softmax(1)).sum(1).flatten(1).mean(1)


def with_background(label: Tensor) -> Tensor:
    """(B, K, ...) to (B, K + 1, ...): the background, which takes what the structures leave, comes first."""
    return torch.cat([1 - label.sum(1, keepdim=True), label], dim=1)
