"""Batches of a subset that lies in memory: no loader, no workers, no copies."""

from collections.abc import Callable, Iterator

import torch

from segaug.batch import Batch
from segaug.rng import stream


class SubsetBatches:
    """Endless epochs over a subset, cut off after `updates` batches; each epoch in its own random order.

    The order depends on (seed, number of images, epoch) alone, so it is the same for every strategy and model.
    """

    def __init__(
        self, subset: Batch, batch_size: int, updates: int, seed: int, safe_point: Callable[[], None] = lambda: None
    ) -> None:
        self.subset, self.batch_size, self.updates, self.seed = subset, batch_size, updates, seed
        self.safe_point = safe_point  # called before each batch; raises to end the training

    def __len__(self) -> int:
        return self.updates

    def __iter__(self) -> Iterator[Batch]:
        done, epoch = 0, 0
        while done < self.updates:
            rng = stream(self.seed, "order", len(self.subset), epoch)
            order = torch.randperm(len(self.subset), generator=rng).to(self.subset.index.device)
            for rows in order.split(self.batch_size)[: self.updates - done]:
                self.safe_point()
                yield self.subset.rows(rows)
                done += 1
            epoch += 1
