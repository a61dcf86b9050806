"""In which order the images of a subset are shown: the base's own order, whatever is added to it."""

from collections import Counter
from itertools import islice

import pytest
import torch

from segaug.rng import stream
from segaug.training.order import SAMPLING, row_order

BATCH = 4
each_sampling = pytest.mark.parametrize("sampling", SAMPLING)


def batches(base, added, count, sampling, seed=0, batch=BATCH):
    """The first so many batches, as lists of rows; the base has the first rows, two sources share the others."""
    source = torch.tensor([0] * base + [1 + row % 2 for row in range(added)])
    return [rows.tolist() for rows in islice(row_order(source, batch, seed, sampling), count)]


def of_base(shown, base):
    return [row for rows in shown for row in rows if row < base]


@each_sampling
def test_without_added_rows_epochs_are_those_of_the_base_alone(sampling):
    shown = batches(6, 0, 6, sampling)
    assert [len(rows) for rows in shown] == [4, 2] * 3
    for epoch in range(3):
        order = torch.randperm(6, generator=stream(0, "order", 6, epoch)).tolist()
        assert shown[2 * epoch] + shown[2 * epoch + 1] == order


@each_sampling
@pytest.mark.parametrize("added", [1, 3, 20])
def test_the_sequence_of_base_rows_is_that_of_the_base_alone(sampling, added):
    shown = of_base(batches(6, added, 40, sampling), 6)
    alone = of_base(batches(6, 0, len(shown), sampling), 6)
    assert shown == alone[: len(shown)]
    assert len(shown) > 20


@pytest.mark.parametrize("added", [2, 3, 18])
def test_proportional_shows_each_image_once_an_epoch(added):
    per_epoch = -(-(6 + added) // BATCH)
    shown = batches(6, added, 3 * per_epoch, "proportional")
    for epoch in range(3):
        rows = [row for batch in shown[epoch * per_epoch : (epoch + 1) * per_epoch] for row in batch]
        assert sorted(rows) == list(range(6 + added))


@pytest.mark.parametrize(
    ("base", "added", "batch", "halves"), [(6, 1, 4, (2, 2)), (6, 20, 4, (2, 2)), (2, 20, 5, (3, 2)), (1, 1, 8, (1, 1))]
)
def test_balanced_batches_are_half_of_the_base(base, added, batch, halves):
    for rows in batches(base, added, 30, "balanced", batch=batch):
        assert (len([row for row in rows if row < base]), len([row for row in rows if row >= base])) == halves


def test_balanced_shows_added_images_as_often_as_each_other():
    shown = Counter(row for rows in batches(6, 5, 30, "balanced") for row in rows if row >= 6)
    assert len(shown) == 5
    assert max(shown.values()) - min(shown.values()) <= 1


@each_sampling
def test_places_and_added_rows_are_drawn_by_seed(sampling):
    first, again, other = (batches(6, 10, 8, sampling, seed) for seed in (0, 0, 1))
    assert first == again != other
    places = {tuple(row < 6 for row in rows) for rows in first}
    assert len(places) > 1


def test_added_rows_alone_come_as_epochs_of_their_own():
    """Where a strategy has left out every row of the base."""
    balanced, proportional = (batches(0, 3, 4, sampling, batch=2) for sampling in ("balanced", "proportional"))
    assert balanced == proportional
    assert sorted(balanced[0] + balanced[1]) == [0, 1, 2]
