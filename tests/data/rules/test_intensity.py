"""Which stored values become 0 and 1."""

import dataclasses
import re

import numpy as np
import pytest
import tifffile
from PIL import Image

from segaug.data.decode import decode
from segaug.data.pixels import grey_limits, in_channels, network_image, stored_pixels, unit_range
from segaug.data.rules.intensity import Intensity
from segaug.data.split import split
from segaug.data.task import Case
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import case

STORED = np.random.default_rng(0).integers(0, 4096, (16, 16)).astype(np.uint16)
STORED[0, 0] = 65535  # one bright pixel, as of a marker


def showing(pixels: np.ndarray, **facts: object) -> Case:
    return dataclasses.replace(case("x.png"), read_image=lambda: pixels, **facts)


@pytest.fixture
def seen(folder):
    """seen(case, **options): (16, 16) that the network sees."""

    def look(one: Case, **options: object) -> np.ndarray:
        dataset = folder(**options)
        stored = stored_pixels(one, dataset.channel)
        limits = grey_limits(one, stored, dataset)
        return network_image(in_channels(stored, dataset.form.channels), dataset, "x", limits)[0].numpy()

    return look


def linear(low: float, high: float) -> np.ndarray:
    return ((STORED.astype(np.float64) - low) / (high - low)).clip(0, 1)


def test_8_bits_span_their_own_range_bit_for_bit(seen):
    stored = (STORED % 200).astype(np.uint8)
    want = unit_range(stored.astype(np.float32))
    assert np.array_equal(seen(showing(stored)), want)
    assert np.array_equal(seen(showing(stored), intensity=Intensity(how="minmax")), want)


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_more_bits_span_percentiles_so_that_one_bright_pixel_darkens_nothing(seen, kind):
    want = linear(*np.percentile(STORED, [0.5, 99.5]))
    np.testing.assert_allclose(seen(showing(STORED.astype(kind))), want, atol=1e-5)
    assert seen(showing(STORED), intensity=Intensity(how="minmax")).mean() < 0.1 < want.mean()


def test_a_window_is_the_same_in_all_images(seen):
    window = Intensity(window=[1000, 2000])
    assert window.how == "window"
    np.testing.assert_allclose(seen(showing(STORED), intensity=window), linear(1000, 2000), atol=1e-5)
    dark = (STORED // 8).astype(np.uint8)
    assert seen(showing(dark), intensity=window).max() == 0  # 8 bits too


def test_percentiles_are_taken_inside_the_crop(folder, seen):
    stored = np.zeros((40, 40), np.uint16)
    stored[12:28, 12:28] = STORED
    np.testing.assert_array_equal(seen(showing(stored), crop=16), seen(showing(STORED)))


def test_the_range_of_a_volume_is_that_of_its_case(seen):
    slice_of = showing(STORED, limits=lambda: (0.0, 8000.0))
    per_volume = Intensity(per="volume")
    np.testing.assert_allclose(seen(slice_of, intensity=per_volume), linear(0, 8000), atol=1e-5)
    assert np.array_equal(seen(slice_of), seen(showing(STORED)))
    with pytest.raises(DataError, match=r"x\.png: is no slice of a volume; set dataset\.intensity\.per=image"):
        seen(showing(STORED), intensity=per_volume)


def test_limits_of_what_is_nearly_constant_are_its_whole_range():
    sparse = np.zeros((50, 50), np.float32)
    assert Intensity().limits(sparse) == (0, 0)
    sparse[0, 0] = 9
    assert Intensity().limits(sparse) == (0, 9)


def test_without_rescaling_more_than_8_bits_are_refused_with_the_way_out(seen):
    with pytest.raises(DataError, match=r"x\.png: has more than 8 bits .*rescale=false.*'dataset\.intensity\.window="):
        seen(showing(STORED), rescale=False)


def test_ct_asks_for_a_window_by_name(folder):
    cases = [dataclasses.replace(each, unit="HU") for each in folder().cases()]
    parts = split(cases, folder().split)
    with pytest.raises(
        ConfigError, match=r"dataset\.intensity: .*Hounsfield.*'dataset\.intensity\.window=\[-160,240\]'"
    ):
        decode(folder(), cases, parts)
    decode(folder(intensity=Intensity(window=[-160, 240])), cases, parts)


def test_values_that_are_no_numbers_are_refused():
    with pytest.raises(DataError, match=r"x\.png: holds NaN or infinite values"):
        stored_pixels(showing(np.array([[1.0, np.nan]])))


def test_each_choice_is_another_task_and_none_is_the_one_of_before(folder, root):
    contents = [
        load_task(folder(**options), None).content_hash
        for options in (
            {},
            {"intensity": Intensity(how="minmax")},
            {"intensity": Intensity(how="percentile")},
            {"intensity": Intensity(window=[0, 100])},
            {"mask_resize": "area"},
        )
    ]
    assert len(set(contents)) == 5


def test_a_folder_of_16_bits_is_a_task(folder, root):
    eight = load_task(folder(intensity=Intensity(how="minmax")), None)
    for path in (root / "images").iterdir():
        tifffile.imwrite(path.with_suffix(".tif"), np.asarray(Image.open(path)).astype(np.uint16) * 16)
        path.unlink()
    sixteen = load_task(folder(intensity=Intensity(how="minmax")), None)
    assert np.allclose(sixteen.image, eight.image, atol=1e-6)
    assert not np.allclose(load_task(folder(), None).image, eight.image, atol=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"how": "best"}, "how: got best; choose from: auto, minmax, percentile, window"),
        ({"per": "patient"}, "per: got patient; choose from: image, volume"),
        ({"window": [240, -160]}, "window: got [240, -160]; use two numbers, the lower one first"),
        ({"window": [1, 1]}, "window: got [1, 1]"),
        ({"window": [1]}, "window: got [1]"),
        ({"how": "window"}, "window: is not set; set 'dataset.intensity.window=[low,high]'"),
        ({"how": "minmax", "window": [0, 1]}, "window: is set, and dataset.intensity.how is minmax"),
        ({"low": 60, "high": 40}, "low: the percentiles 60 and 40 are no range"),
        ({"how": "minmax", "low": 1}, "low: percentiles are set, and dataset.intensity.how is minmax"),
    ],
)
def test_what_is_no_range_is_said(options, message):
    with pytest.raises(ConfigError, match=re.escape(f"dataset.intensity.{message}")):
        Intensity(**options)


def test_one_range_cannot_be_two(folder):
    with pytest.raises(ConfigError, match=r"dataset\.rescale: is false together with dataset\.intensity\.how=window"):
        folder(rescale=False, intensity=Intensity(window=[0, 1]))


def test_one_channel_of_colour(seen, folder):
    colours = np.stack([STORED % 251, STORED % 241, STORED % 239], axis=-1).astype(np.uint8)
    for place, name in enumerate(("red", "green", "blue")):
        alone = seen(showing(np.ascontiguousarray(colours[..., place])))
        for channel in (place, name):
            assert np.array_equal(seen(showing(colours), channel=channel), alone)
    grey = colours[..., 0].copy()
    assert np.array_equal(seen(showing(grey), channel="blue"), seen(showing(grey)))  # all its channels are alike
    with pytest.raises(ConfigError, match=r"dataset\.channel: got 3; choose from: red \(0\), green \(1\), blue \(2\)"):
        folder(channel=3)
    with pytest.raises(ConfigError, match=r"dataset\.channel: is set together with dataset\.colour=true"):
        folder(channel=0, colour=True)
