import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segaug.data.kinds.folder import Folder
from segaug.data.pixels import (
    content_hash,
    crop_centre,
    grey_pixels,
    is_one_of,
    mask_values,
    network_image,
    network_label,
    network_spacing_mm,
    unit_range,
)
from segaug.data.task import Case
from segaug.errors import DataError
from tests.data.small_sets import case


def dataset(**options) -> Folder:
    return Folder(**{"structures": {"a": [1], "b": [2]}, "structure": "a", "size": 16, **options})


def showing(image: np.ndarray, mask: np.ndarray | None = None) -> Case:
    return dataclasses.replace(case("x.png"), read_image=lambda: image, read_mask=lambda: mask)


@given(st.integers(0, 255))
def test_grey_stored_as_rgb_is_the_same_grey(value):
    grey = np.full((2, 3), value, np.uint8)
    np.testing.assert_array_equal(grey_pixels(showing(np.stack([grey] * 3, axis=-1))), grey_pixels(showing(grey)))


def test_luma_weights_are_those_of_bt601():
    primaries = np.eye(3, dtype=np.uint8)[None] * 100  # one red, one green, one blue pixel
    np.testing.assert_allclose(grey_pixels(showing(primaries)), [[29.9, 58.7, 11.4]], rtol=1e-6)


def test_other_shapes_are_refused():
    with pytest.raises(DataError, match=r"x\.png: has the shape \(2, 3, 4\); give one grey"):
        grey_pixels(showing(np.zeros((2, 3, 4))))


def test_mask_must_fit_its_image():
    with pytest.raises(DataError, match=r"mask of x\.png: has 4 x 5 pixels, its image has 5 x 4 .*; export"):
        mask_values(showing(np.zeros((5, 4)), np.zeros((4, 5), int)), (0, 1), (5, 4))


def test_unexpected_mask_values_are_listed_with_their_number_of_pixels():
    mask = np.array([[0, 1, 7], [7, 7, 200]])
    with pytest.raises(
        DataError, match=r"mask of x\.png: holds the values 7 \(3 px\), 200 \(1 px\); allowed are 0, 1; add"
    ):
        mask_values(showing(mask, mask), (0, 1), (2, 3))


def test_content_hash_tells_shape_type_and_values_apart():
    arrays = [np.zeros((2, 3)), np.zeros((3, 2)), np.zeros((2, 3), np.float32), np.eye(2, 3)]
    assert len({content_hash(array) for array in arrays}) == 4
    assert content_hash(np.arange(12).reshape(3, 4).T) == content_hash(np.arange(12).reshape(3, 4).T.copy())


@given(st.integers(3, 9), st.integers(3, 9), st.integers(1, 3))
def test_crop_keeps_the_centre(height, width, side):
    rows, columns = np.indices((height, width))
    for axis, indices in ((height, crop_centre(rows, side, "x")), (width, crop_centre(columns, side, "x"))):
        assert indices.shape == (side, side)
        assert abs(indices.mean() - (axis - 1) / 2) <= 0.5


def test_crop_larger_than_the_image_names_the_option():
    with pytest.raises(DataError, match=r"x\.png: has 20 x 10 pixels, less than dataset\.crop=16; make"):
        crop_centre(np.zeros((20, 10)), 16, "x.png")


def test_unit_range_is_a_monotone_map_onto_0_to_1():
    values = np.array([[-3.0, 5.0, 1.0]], np.float32)
    np.testing.assert_allclose(unit_range(values), [[0, 1, 0.5]])
    np.testing.assert_array_equal(unit_range(np.full((2, 2), 7.0)), np.zeros((2, 2)))


def test_range_is_taken_inside_the_crop():
    pixels = np.zeros((32, 32), np.float32)
    pixels[0, 0] = 1000
    pixels[8:24, 8:16] = 10
    image = network_image(pixels, dataset(crop=16), "x")
    assert image.max() == 1


def test_reducing_averages_and_does_not_skip_pixels():
    """Stripes become their mean, where plain bilinear reads only the two bright ones of each four pixels."""
    stripes = np.tile(np.array([0, 1, 1, 0], np.float32), (64, 16))
    image = network_image(stripes, dataset(), "x")
    torch.testing.assert_close(image[:, :, 2:-2], torch.full((1, 16, 12), 0.5), atol=0.02, rtol=0)


def test_equal_size_is_the_identity():
    pixels = np.random.default_rng(0).random((16, 16), np.float32)
    pixels[0, 0], pixels[0, 1] = 0, 1
    torch.testing.assert_close(network_image(pixels, dataset(), "x")[0], torch.from_numpy(pixels))


def test_image_and_label_stay_aligned():
    """A bright square and its mask have the same centre of mass after crop and resize, for any stored size."""
    for height, width, crop in ((64, 64, None), (50, 80, None), (23, 31, None), (16, 9, None), (50, 80, 40)):
        mask = np.zeros((height, width), np.uint8)
        mask[height // 4 : height // 2, width // 3 : 3 * width // 4] = 1
        options = dataset(size=32, crop=crop)
        image = network_image(mask.astype(np.float32), options, "x")[0]
        label = network_label(mask, options, "x")[0]
        places = torch.stack(torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij"))
        centres = [(places * weight).sum((1, 2)) / weight.sum() for weight in (image, label)]
        torch.testing.assert_close(*centres, atol=0.35, rtol=0)


def test_label_is_the_chosen_structure_and_stays_binary():
    mask = np.random.default_rng(0).integers(0, 3, (37, 41))
    labels = [network_label(mask, dataset(structure=name), "x") for name in "ab"]
    both = network_label(mask, dataset(structures={"a": [1, 2]}), "x")
    assert set(both.unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(labels[0] + labels[1], both)


def test_spacing_keeps_the_size_of_the_body():
    known = dataclasses.replace(case("x"), pixel_mm=(0.5, 2.0))
    rows, columns = network_spacing_mm(known, dataset(), (40, 24))
    assert (16 * rows, 16 * columns) == (40 * 0.5, 24 * 2.0)
    assert network_spacing_mm(known, dataset(crop=16), (40, 24)) == (0.5, 2.0)
    assert all(np.isnan(network_spacing_mm(case("x"), dataset(), (40, 24))))


def test_without_rescaling_stored_values_of_the_size_asked_for_are_kept_bit_for_bit():
    stored = np.random.default_rng(0).integers(20, 230, (16, 16), dtype=np.uint8)
    kept = network_image(stored.astype(np.float32), dataset(rescale=False), "x")
    assert torch.equal(kept[0], torch.from_numpy(stored) / 255)
    assert not torch.equal(network_image(stored.astype(np.float32), dataset(), "x"), kept)


@pytest.mark.parametrize("values", [(), (0,), (1, 255), (-1, 3, 256, 300)])
def test_membership_by_table_is_that_of_numpy(values):
    mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert (is_one_of(mask, values) == np.isin(mask, list(values))).all()
    assert (is_one_of(mask.astype(np.int32), values) == np.isin(mask, list(values))).all()
