"""In which order the images of a subset are shown, where some of them may be of other sources than the base.

The base rows of a training follow each other in the same order whatever is added to them, so that trials which differ
in that are pairs.  Where between them the added rows stand is drawn from streams of its own.
"""

from collections.abc import Iterator
from itertools import count

import torch
from torch import Tensor

from segaug.rng import stream

SAMPLING = ("proportional", "balanced")


def row_order(source: Tensor, batch_size: int, seed: int, sampling: str) -> Iterator[Tensor]:
    """Row numbers of one batch after the other, without end.

    source: (M,) long on the CPU, 0 for the base.  proportional: epochs over all rows, of which the last batch may be
    smaller.  balanced: full batches, half of each from the base, one more where the half is none; a source with fewer
    rows begins again within the batch.  Without added rows both are the epochs of the base.
    """
    base, added = (source == 0).nonzero()[:, 0], (source != 0).nonzero()[:, 0]
    base_rows, added_rows = _endless(base, seed, "order"), _endless(added, seed, "added order")
    alone = not len(added) or not len(base)
    places = _proportional if sampling == "proportional" or alone else _balanced
    for is_added in places(len(base), len(added), batch_size, seed):
        yield torch.tensor([next(added_rows if one else base_rows) for one in is_added.tolist()])


def _endless(rows: Tensor, seed: int, name: str) -> Iterator[int]:
    """Each row once an epoch; asked for only where there are rows."""
    for epoch in count():
        yield from rows[torch.randperm(len(rows), generator=stream(seed, name, len(rows), epoch))].tolist()


def _proportional(base: int, added: int, batch_size: int, seed: int) -> Iterator[Tensor]:
    """For each batch, which of its rows are added ones: an epoch has as many of either as there are."""
    for epoch in count():
        order = torch.randperm(base + added, generator=stream(seed, "places", base, added, epoch))
        yield from (order >= base).split(batch_size)


def _balanced(base: int, added: int, batch_size: int, seed: int) -> Iterator[Tensor]:
    size = min(batch_size, base + added)
    for batch in count():
        order = torch.randperm(size, generator=stream(seed, "places", size, batch))
        yield order >= size - size // 2
