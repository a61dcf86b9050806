"""Is a generator any good?  What it does to labelled images, measured once it is chosen, and kept with it."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.augment.artefact import Json
from segaug.augment.task_driven.networks import LATENT, DeformationGenerator, IntensityGenerator
from segaug.batch import Batch
from segaug.deform.jacobian import folded
from segaug.deform.warp import warp

LEAST_SPREAD = 0.05  # of what a generator does, over codes, in shares of its mean magnitude
_MOST_LOST = 0.5  # of a draw's foreground, and of the draws
_IMAGES, _CODES = 8, 16


@torch.no_grad()
def measure(
    generator: DeformationGenerator | IntensityGenerator,
    labelled: Batch,
    rng: torch.Generator,
    *,
    with_labels: bool = True,
) -> dict[str, float]:
    """Of 16 codes for each of up to 8 labelled images, without the baseline; lengths in pixels of these images.

    magnitude: mean length of v or Delta I, over channels; spread: root mean variance over the codes of an image.  Of
    deformations also
    p95_px, share_of_side (mean |v|), folded_share of the cells and, with_labels, leaving_share of the foreground that
    ends outside of the frame, lost_draws: the share of draws in which more than half of it does.
    """
    rows = torch.randperm(len(labelled), generator=rng)[:_IMAGES].to(labelled.index.device)
    some = labelled.rows(rows.repeat_interleave(_CODES))
    z = torch.randn(len(some), LATENT, generator=rng).to(some.image.device)
    made = torch.cat([generator(*part) for part in zip(some.image.split(16), z.split(16), strict=True)])
    if isinstance(generator, IntensityGenerator):
        return {"magnitude": torch.linalg.vector_norm(made, dim=1).mean().item(), "spread": _spread(made)}
    field = generator.in_px(made)
    length = torch.linalg.vector_norm(field, dim=1)
    moved = {
        "magnitude": length.mean().item(),
        "spread": _spread(field),
        "p95_px": length.flatten().kthvalue(math.ceil(0.95 * length.numel())).values.item(),
        "share_of_side": length.mean().item() / max(field.shape[2:]),
        "folded_share": folded(field).float().mean().item(),
    }
    if not with_labels:
        return moved
    label = some.shown
    shown = label.flatten(1).any(1)  # an image without foreground has none to lose
    leaving = _leaving(field[shown], label[shown]) if shown.any() else field.new_zeros(1)
    lost = (leaving > _MOST_LOST).float()
    return {**moved, "leaving_share": leaving.mean().item(), "lost_draws": lost.mean().item()}


def trouble(health: dict[str, float], diverged: bool = False) -> str | None:
    """Why a generator must not be used, and what to do; None if it may.

    diverged: its training ended in numbers that are not finite, whichever generator was chosen before.
    """
    if diverged or not all(map(math.isfinite, health.values())):
        return "the generator's training diverged; lower augment.joint.learning_rate"
    varies = health["spread"] / max(health["magnitude"], 1e-12)
    if varies < LEAST_SPREAD:
        return (
            f"the generator collapsed: over its codes what it does to an image varies by {varies:.1%} of its size "
            f"(the least is {LEAST_SPREAD:.0%}); "
            "use augment.joint.profile=stable or a lower augment.joint.lambda_adv, or train longer"
        )
    if health.get("lost_draws", 0.0) > _MOST_LOST:
        return (
            f"in {health['lost_draws']:.0%} of the draws more than half of the foreground leaves the frame; "
            "lower augment.joint.lambda_ld or augment.joint.updates"
        )
    return None


def over_the_phase(history: dict[str, Sequence[float]], updates: int) -> dict[str, Json]:
    """Means over the joint phase, of what was measured at its checks: by name, null where nothing was.

    accuracy: of the discriminator over the last tenth.  task_share: mean over the checks of the norm of the
    segmentation loss's gradient into the generator, in that of the adversarial one.
    """
    late = [
        value for update, value in zip(history["update"], history["accuracy"], strict=True) if update > 0.9 * updates
    ]
    pairs = zip(history["gradient_segmentation"], history["gradient_adversarial"], strict=True)
    shares = [task / adversarial for task, adversarial in pairs if adversarial > 0]
    norms = {
        name: _mean(history[name]) for name in ("gradient_segmentation", "gradient_adversarial", "gradient_magnitude")
    }
    return {"accuracy": _mean(late), "task_share": _mean(shares), **norms}


def _spread(made: Tensor) -> float:
    """(images * codes, C, H, W): root of the variance over codes, summed over channels, mean over pixels and images."""
    by_image = made.unflatten(0, (-1, _CODES))
    return by_image.var(1).sum(1).mean().sqrt().item()


def _leaving(field_px: Tensor, label: Tensor) -> Tensor:
    """Share of each row's foreground that a field carries out of the frame, (B,).

    On a canvas of twice the side, on which the field continues with its border value and the label with nothing; what
    is nowhere on it has left.
    """
    rows, columns = (n // 2 for n in field_px.shape[2:])
    margin = (columns, columns, rows, rows)
    foreground = label.sum(1, keepdim=True)
    there = warp(F.pad(foreground, margin), F.pad(field_px, margin, mode="replicate"))
    inside = there[:, :, rows : rows + foreground.shape[2], columns : columns + foreground.shape[3]]
    total, nowhere = there.sum((1, 2, 3)), foreground.flatten(1).any(1).float()
    return torch.where(total > 0, 1 - inside.sum((1, 2, 3)) / total.clamp_min(1e-9), nowhere).clamp_min(0)


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else None
