"""Predicting from several transformed copies of an image, whose logits are brought back and averaged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.policy.carry import carried
from segaug.augment.policy.chain import recoloured
from segaug.augment.policy.intensity import noise_seeds, statistics
from segaug.augment.policy.operations import IDENTITY_ID, flip_ids, operations, tables
from segaug.deform.affine import affine_px
from segaug.deform.grid import along, centred_px
from segaug.deform.warp import Mode, warp

MOST = {2: 4, 3: 8}  # operations that a learned policy predicts by, by the number of axes
_ROWS = 64  # transformed images that are predicted together, at most
_INSIDE_PX = 1e-3  # by which a position may miss the outermost pixel's centre, for rounding


def _mirror_ids(axes: int) -> tuple[int, ...]:
    return tuple(number for number in flip_ids(axes) if len(operations(axes)[number].choice) < 2)


def _left_right_ids(axes: int) -> tuple[int, ...]:
    name = "mirror_columns" if axes == 2 else "mirror_sagittal"
    return tuple(number for number in _mirror_ids(axes) if set(operations(axes)[number].choice) <= {name})


STARTS: Mapping[str, tuple[float | None, float, Callable[[int], tuple[int, ...]]]] = {
    "flips": (None, 0.8, flip_ids),
    "identity_flips": (0.5, 0.85, flip_ids),
    "mirrors": (None, 0.8, _mirror_ids),
    "identity_mirrors": (0.5, 0.8, _mirror_ids),
    "left_right": (None, 0.8, _left_right_ids),
}
"""Name -> probability of the identity, of all chosen ids together, and these; the other ids share what is left.

None: the chosen ids are alike.
Source: Li et al. (2023), released code, orgts 2 to 6.  Of two axes: the same shares, on as many flips as there are.
"""


def forward(image: Tensor, ids: Tensor, rng: torch.Generator, whole: Tensor | None = None) -> Tensor:
    """Each image (B, C, *size) changed by the operation of its id, (B,) long on the CPU; noise alone is random.

    whole: (B, C, ...), of patches the images that they were cut out of, in whose units grey values change.
    """
    return _forward(image, ids, noise_seeds(len(ids), rng), image if whole is None else whole)


def forward_label(label: Tensor, ids: Tensor) -> Tensor:
    """Each label (B, K, *size) moved as `forward` moves its image, to the nearest pixel."""
    return _moved(label, ids, "nearest")


def inverse(logits: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (B, K, *size) brought back to where the untransformed images have their pixels, and votes (B, 1, *size).

    Only operations that move pixels are undone.  There is no vote where that looks outside; the logits there are those
    of the nearest pixel.
    """
    size = tuple(logits.shape[2:])
    table = tables(len(size))
    matrix = table.inverse[ids]
    logits = carried(logits, _exact(matrix, ids))
    votes = torch.ones(len(logits), 1, *size, dtype=torch.bool, device=logits.device)
    for rows, there in _rows_where(table.warps[ids], logits.device):
        field = affine_px(matrix[rows].to(logits), size)
        logits, votes = logits.clone(), votes.clone()
        logits[there], votes[there] = warp(logits[there], field, padding="border"), _inside(field)
    return logits, votes


@dataclass(frozen=True)
class TestTimePolicy:
    """Operations that are chosen, and how much each of them counts."""

    __test__ = False  # is no test

    ids: tuple[int, ...]
    weights: tuple[float, ...]

    def predict(self, model: Callable[[Tensor], Tensor], image: Tensor) -> Tensor:
        """Logits of the model, averaged over the operations; weights count among those that vote for a pixel.

        All transforms of several images are one batch.  With all weight on the identity it is the model bit for bit.
        Where nobody votes all count.  Noise is the same at each call, for each image.
        """
        chosen = [(number, weight) for number, weight in zip(self.ids, self.weights, strict=True) if weight]
        if [number for number, _ in chosen] == [IDENTITY_ID]:
            return model(image)
        ids = torch.tensor([number for number, _ in chosen])
        weights = torch.tensor([weight for _, weight in chosen], device=image.device)
        parts = image.split(max(1, _ROWS // len(ids)))
        return torch.cat([_averaged(model, part, ids, weights) for part in parts])


def flips(axes: int) -> TestTimePolicy:
    """All flips alike: what nnU-Net does at test time."""
    ids = flip_ids(axes)
    return TestTimePolicy(ids, (1 / len(ids),) * len(ids))


def start(name: str, axes: int) -> Tensor:
    """Probabilities (K,) float64 of all operations where a test-time policy starts; see `STARTS`."""
    of_identity, of_all, chosen = STARTS[name]
    ids, count = chosen(axes), len(operations(axes))
    probabilities = torch.full((count,), (1 - of_all) / (count - len(ids)), dtype=torch.float64)
    if of_identity is None:
        probabilities[list(ids)] = of_all / len(ids)
        return probabilities
    probabilities[list(ids)] = (of_all - of_identity) / (len(ids) - 1)
    probabilities[IDENTITY_ID] = of_identity
    return probabilities


def most_probable(logits: Tensor, z: int) -> TestTimePolicy:
    """The z operations of the largest logits (K,), weighted by their probabilities; the lower id of two alike."""
    found, ids = logits.detach().double().cpu().sort(descending=True, stable=True)
    return TestTimePolicy(tuple(ids[:z].tolist()), tuple(found[:z].softmax(0).tolist()))


def _averaged(model: Callable[[Tensor], Tensor], image: Tensor, ids: Tensor, weights: Tensor) -> Tensor:
    rows = ids.repeat(len(image))
    repeated = image.repeat_interleave(len(ids), dim=0)
    changed = _forward(repeated, rows, torch.zeros_like(rows), repeated)
    logits = model(changed)
    logits, votes = inverse(logits.to(torch.promote_types(logits.dtype, torch.float32)), rows)
    logits, votes = (each.unflatten(0, (len(image), len(ids))) for each in (logits, votes))
    counted = weights.to(logits).view(1, -1, *[1] * (logits.ndim - 2)) * (votes | ~votes.any(1, keepdim=True))
    return (logits * counted).sum(1) / counted.sum(1)


def _forward(image: Tensor, ids: Tensor, seeds: Tensor, whole: Tensor) -> Tensor:
    axes = image.ndim - 2
    option, strength = tables(axes).option[ids], tables(axes).strength[ids].to(image)
    return _moved(recoloured(image, option, strength, statistics(whole), seeds, axes), ids, "bilinear")


def _moved(image: Tensor, ids: Tensor, mode: Mode) -> Tensor:
    size = tuple(image.shape[2:])
    table = tables(len(size))
    matrix = table.matrix[ids]
    image = carried(image, _exact(matrix, ids))
    for rows, there in _rows_where(table.warps[ids], image.device):
        image = image.clone()
        image[there] = warp(image[there], affine_px(matrix[rows].to(image), size), mode)
    return image


def _exact(matrix: Tensor, ids: Tensor) -> Tensor:
    """The matrices (B, D, D) of rows whose operation only carries pixels elsewhere; the identity for all others."""
    axes = matrix.shape[-1]
    return torch.where(tables(axes).exact[ids][:, None, None], matrix, torch.eye(axes))


def _inside(field: Tensor) -> Tensor:
    """Where a field (B, D, *size) looks no farther than the centres of the outermost pixels, (B, 1, *size)."""
    size = tuple(field.shape[2:])
    inside = torch.ones_like(field[:, :1], dtype=torch.bool)
    for axis, n in enumerate(size):
        position = field[:, axis : axis + 1] + along(axis, centred_px(n, field), len(size))
        inside = inside & (position.abs() <= (n - 1) / 2 + _INSIDE_PX)
    return inside


def _rows_where(chosen: Tensor, device: torch.device) -> list[tuple[Tensor, Tensor]]:
    """Numbers of the rows that are chosen, (B,) bool on the CPU: here and on a device; nothing where there are none."""
    rows = chosen.nonzero()[:, 0]
    return [(rows, rows.to(device, non_blocking=True))] if len(rows) else []
