from dataclasses import replace

import pytest
import torch

from segaug.batch import Batch, joined, with_patches
from segaug.patch import PatchCount, alternating, draw_patch
from segaug.rng import stream

SIZE = (16, 12)


def labels(*foreground: tuple[slice, slice], size=(24, 31)) -> torch.Tensor:
    """One image for each rectangle of foreground, in the second of two structures."""
    label = torch.zeros(len(foreground), 2, *size)
    for row, (rows, columns) in zip(label, foreground, strict=True):
        row[1, rows, columns] = 1
    return label


CORNER, MIDDLE, NOTHING = (slice(20, 24), slice(28, 31)), (slice(9, 12), slice(10, 17)), (slice(0), slice(0))


def batch_of(label: torch.Tensor) -> Batch:
    rows = len(label)
    image = torch.rand(rows, 1, *label.shape[2:], generator=stream(0, "image"))
    return Batch(image, label, torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows).long())


def every(rows: int, wanted: bool) -> torch.Tensor:
    return torch.full((rows,), wanted)


@pytest.mark.parametrize("wanted", [True, False])
def test_every_pixel_of_the_class_is_as_likely(wanted):
    label = labels(MIDDLE).expand(21000, -1, -1, -1)
    drawn = draw_patch(label, (1, 1), every(21000, wanted), stream(0, "patch"))
    counts = torch.zeros(24, 31).index_put_(tuple(drawn.centre.T), torch.ones(21000), accumulate=True)
    inside = (label[0, 1] > 0) == wanted
    assert (counts[~inside] == 0).all()
    expected = 21000 / inside.sum()
    assert ((counts[inside] - expected).square() / expected).mean() == pytest.approx(1, abs=0.5)  # chi squared
    assert counts[inside].max() < expected + 6 * expected.sqrt()


@pytest.mark.parametrize("size", [SIZE, (16, 13), (15, 12), (24, 31), (24, 2)])
def test_a_patch_holds_its_pixel_and_fits_in_the_image(size):
    wanted = alternating(200)
    drawn = draw_patch(labels(CORNER, MIDDLE).repeat(100, 1, 1, 1), size, wanted, stream(0, "patch"))
    first, last = drawn.first_px, drawn.first_px + torch.tensor(size)
    assert (first >= 0).all()
    assert (last <= torch.tensor([24, 31])).all()
    assert torch.equal(drawn.foreground, wanted)
    assert not drawn.missing.any()
    corner = drawn.foreground & (torch.arange(200) % 2 == 0)
    assert (last[corner] >= torch.tensor([21, 29])).all()  # the patch holds a pixel of the rectangle


def test_a_patch_that_is_as_large_as_the_image_is_the_image():
    drawn = draw_patch(labels(CORNER, MIDDLE), (24, 31), alternating(2), stream(0, "patch"))
    assert (drawn.first_px == 0).all()


def test_a_larger_one_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        draw_patch(labels(CORNER), (24, 32), every(1, True), stream(0, "patch"))


def test_an_image_without_the_class_gives_the_other_one_and_says_so():
    label = labels(NOTHING, MIDDLE, (slice(0, 24), slice(0, 31)))
    for wanted, taken, missing in ((True, [0, 1, 1], [1, 0, 0]), (False, [0, 0, 1], [0, 0, 1])):
        drawn = draw_patch(label, SIZE, every(3, wanted), stream(0, "patch"))
        assert drawn.foreground.tolist() == taken
        assert drawn.missing.tolist() == missing


def test_foreground_is_any_structure_and_of_soft_labels_what_is_mostly_there():
    label = torch.zeros(1, 2, 5, 5)
    label[0, :, 1, 2] = 0.3
    label[0, 0, 3, 3] = 0.4
    assert draw_patch(label, (1, 1), every(1, True), stream(0, "patch")).centre.tolist() == [[1, 2]]


def test_a_row_does_not_depend_on_the_others():
    first, other = (
        draw_patch(labels(*each), SIZE, every(3, True), stream(0, "patch"))
        for each in ((CORNER, MIDDLE, NOTHING), (NOTHING, MIDDLE, CORNER))
    )
    assert torch.equal(first.centre[1], other.centre[1])


def test_three_axes_are_cut_along_their_own():
    label = torch.zeros(1, 1, 5, 6, 7)
    label[0, 0, 4, 2, 6] = 1
    drawn = draw_patch(label, (1, 2, 3), every(1, True), stream(0, "patch"))
    assert drawn.first_px.tolist() == [[4, 1, 4]]


def test_classes_take_turns():
    assert alternating(5).tolist() == [True, False, True, False, True]
    assert torch.equal(torch.cat([alternating(3), alternating(4, offset=3)]), alternating(7))


def test_patches_go_with_their_rows():
    batch = with_patches(batch_of(labels(CORNER, MIDDLE, NOTHING)), SIZE, stream(0, "patch"))
    order = torch.tensor([2, 0])
    for rows, expected in ((batch.rows(order), order), (batch.rows(slice(1, 3)), torch.tensor([1, 2]))):
        assert torch.equal(rows.patch.centre, batch.patch.centre[expected])
        assert torch.equal(rows.patch.foreground, batch.patch.foreground[expected])
        assert torch.equal(rows.patch.missing, batch.patch.missing[expected])
    both = joined(batch.rows(order), batch)
    assert torch.equal(both.patch.centre, torch.cat([batch.patch.centre[order], batch.patch.centre]))
    assert both.to("cpu").patch.size == SIZE


def test_rows_with_and_without_patches_are_no_one_batch():
    batch = batch_of(labels(CORNER))
    other = with_patches(batch, SIZE, stream(0, "patch"))
    assert joined(batch, batch).patch is None
    with pytest.raises(ValueError, match="no one batch"):
        joined(batch, other)
    with pytest.raises(ValueError, match="differ in their number of rows"):
        replace(joined(batch, batch), patch=other.patch)


def test_without_a_size_a_batch_stays():
    batch = batch_of(labels(CORNER))
    assert with_patches(batch, None, stream(0, "patch")) is batch


def test_what_is_counted_is_told():
    facts = PatchCount((64, 64), rows=8, foreground=3, missing=1).facts()
    assert facts == {"size": [64, 64], "foreground_share": 0.375, "missing_rows": 1, "rows": 8}
