"""Learned test-time augmentation alone: the policy of a network that is finished."""

import torch

from segaug.augment.policy.meta import Forward
from segaug.augment.policy.policies import Policy
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy.test_time import MOST, TestTimePolicy, most_probable, start
from segaug.augment.policy.test_time_learning import Probabilities, foreground_patches, learn_test_time
from segaug.batch import Batch
from segaug.models.inference import Window

UPDATES, SAMPLES = 100, 10
REACH = 5.0  # gamma times the updates: of the published 5e-3 in 10 epochs of 100


def tuned(
    forward: Forward, validation: Batch, window: Window, probabilities: Probabilities, rng: torch.Generator
) -> TestTimePolicy:
    """Learn on one validation image after the other, in random order, what to predict by; the network stays as it is.

    forward: of the network in inference mode, images (B, C, ...) to logits.  window: what it is shown at once; a patch
    of this size around foreground is what is learned from.  Without foreground on validation the start is given back.

    Source: Li et al. (2023), "learned TEA alone".  What differs: a tenth of the updates, and gamma such that a logit
    can move as far in all.
    """
    axes = validation.image.ndim - 2
    policy = Policy(logits_of([start("flips", axes)]))
    shown = (validation.label > 0.5).flatten(1).any(1).cpu().nonzero()[:, 0]
    order = torch.cat([shown[torch.randperm(len(shown), generator=rng)] for _ in range(UPDATES)])[:UPDATES]
    for row in order.tolist():
        one = validation.rows(slice(row, row + 1))
        learn_test_time(
            policy,
            forward,
            foreground_patches(one, window, rng),
            probabilities,
            rng,
            samples=SAMPLES,
            rate=REACH / UPDATES,
            whole=one.image,
        )
    return most_probable(policy.logits.detach(), MOST[axes])
