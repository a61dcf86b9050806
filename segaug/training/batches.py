"""Batches of a subset that lies in memory: no loader, no workers, no copies."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor

from segaug.batch import Batch
from segaug.patch import PatchCount, Places, alternating, draw_patch_at
from segaug.rng import stream
from segaug.training.order import row_order


class SubsetBatches:
    """Endless epochs over a subset, cut off after `updates` batches; each epoch in its own random order.

    The order depends on the seed, the sources of the images and `sampling` alone (see `row_order`), so it is the same
    for every strategy and model.  So do the patches, where there are any: the rows have foreground and background by
    turns, and each batch its own stream.
    """

    def __init__(
        self,
        subset: Batch,
        batch_size: int,
        updates: int,
        seed: int,
        safe_point: Callable[[], None] = lambda: None,
        sampling: str = "proportional",
        patch: tuple[int, ...] | None = None,
    ) -> None:
        self.subset, self.batch_size, self.updates, self.seed, self.sampling = (
            subset,
            batch_size,
            updates,
            seed,
            sampling,
        )
        self.safe_point = safe_point  # called before each batch; raises to end the training
        self.patch = patch  # pixels along each axis; None: whole images
        self._places = None if patch is None else Places(subset.label, subset.ignored)

    def __len__(self) -> int:
        return self.updates

    def __iter__(self) -> Iterator[Batch]:
        before = 0
        for update, rows in enumerate(islice(self._rows(), self.updates)):
            self.safe_point()
            yield self._batch(update, rows, before)
            before += len(rows)

    def presentations(self, updates: int) -> Tensor:
        """How often each row stands in the first `updates` batches, (M,) long on the CPU."""
        return torch.cat([*islice(self._rows(), updates)]).bincount(minlength=len(self.subset))

    def patches(self, updates: int) -> PatchCount | None:
        """Those of the first `updates` batches; None where whole images are shown."""
        if self.patch is None or self._places is None:
            return None
        rows = torch.cat([*islice(self._rows(), updates)])
        foreground, missing = self._places.taken(rows, alternating(len(rows)))
        return PatchCount(self.patch, len(rows), int(foreground.sum()), int(missing.sum()))

    def _batch(self, update: int, rows: Tensor, before: int) -> Batch:
        """before: rows of the batches before it."""
        batch = self.subset.rows(rows.to(self.subset.index.device))
        if self.patch is None or self._places is None:
            return batch
        wanted, rng = alternating(len(rows), before), stream(self.seed, "patch", update)
        return replace(batch, patch=draw_patch_at(self._places, rows, self.patch, wanted, rng))

    def _rows(self) -> Iterator[Tensor]:
        return row_order(self.subset.source.cpu(), self.batch_size, self.seed, self.sampling)
