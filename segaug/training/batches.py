"""Batches of a subset that lies in memory: no loader, no workers, no copies."""

from collections.abc import Callable, Iterator
from itertools import islice

import torch
from torch import Tensor

from segaug.batch import Batch
from segaug.training.order import row_order


class SubsetBatches:
    """Endless epochs over a subset, cut off after `updates` batches; each epoch in its own random order.

    The order depends on the seed, the sources of the images and `sampling` alone (see `row_order`), so it is the same
    for every strategy and model.
    """

    def __init__(
        self,
        subset: Batch,
        batch_size: int,
        updates: int,
        seed: int,
        safe_point: Callable[[], None] = lambda: None,
        sampling: str = "proportional",
    ) -> None:
        self.subset, self.batch_size, self.updates, self.seed, self.sampling = (
            subset,
            batch_size,
            updates,
            seed,
            sampling,
        )
        self.safe_point = safe_point  # called before each batch; raises to end the training

    def __len__(self) -> int:
        return self.updates

    def __iter__(self) -> Iterator[Batch]:
        for rows in islice(self._rows(), self.updates):
            self.safe_point()
            yield self.subset.rows(rows.to(self.subset.index.device))

    def presentations(self, updates: int) -> Tensor:
        """How often each row stands in the first `updates` batches, (M,) long on the CPU."""
        return torch.cat([*islice(self._rows(), updates)]).bincount(minlength=len(self.subset))

    def _rows(self) -> Iterator[Tensor]:
        return row_order(self.subset.source.cpu(), self.batch_size, self.seed, self.sampling)
