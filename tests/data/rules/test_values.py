"""What the numbers of a mask mean, and what can be typed for them."""

import numpy as np
import pytest

from segaug.data.pixels import mask_values, network_label
from segaug.data.rules.values import Values, code, codes, text, tidy_structures
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from segaug.experiment.outside import compose
from tests.data.small_sets import image_and_mask, save
from tests.data.test_pixels import dataset, showing

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(1, [1]), ([1, 255], [1, 255]), ("#FF0000", ["#ff0000"]), (["#808080", 3], [128, 3]), ([], [])],
)
def test_one_value_or_a_list_of_numbers_and_colours(typed, kept):
    assert tidy_structures({"a": typed}) == {"a": kept}


@pytest.mark.parametrize("typed", ["red", "#ff00", 1.5, None, True, {"a": 1}, [[1]]])
def test_other_values_are_refused_with_what_can_be_typed(typed):
    with pytest.raises(
        ConfigError, match=r"dataset\.structures\.a: got .*; use .* dataset\.structures\.a=1, '.*\"#ff0000\"'"
    ):
        tidy_structures({"a": typed})


def test_numbers_of_colours_are_apart_from_each_other_and_from_labels():
    colours = ["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#000001"]
    numbers = [code(colour) for colour in colours]
    assert numbers[:2] == [0, 255]
    assert len(set(numbers)) == 6
    assert min(numbers[2:]) > 65535
    assert [text(number) for number in numbers] == ["0", "255", *colours[2:]]
    pixels = np.array([[[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours]], np.uint8)
    assert codes(pixels).tolist() == [numbers]


@pytest.mark.parametrize(
    "typed",
    ["dataset.structures.nerve=2", "dataset.structures.nerve=[2]", "dataset.structures={nerve: [2]}",
     "dataset.structures={nerve: 2}", 'dataset.structures.nerve="#020202"', "+dataset.structures={nerve: [2]}"],
)  # fmt: skip
def test_a_command_may_say_it_in_any_of_these_ways(typed):
    trial = compose(["dataset=folder", "dataset.root=x", "dataset.structure=nerve", typed])
    assert trial.config.dataset.foreground() == ((2,),)
    assert trial.task == "folder(structure=nerve,structures.nerve=[2])"


def test_a_name_stands_for_what_a_command_says_and_for_its_config():
    typed = ["dataset=folder", "dataset.structures.nerve=2", "dataset.structure=nerve"]
    assert compose([*typed, "dataset.name=nerves of ours"]).task == "nerves of ours"
    assert compose(["dataset=folder", "dataset.name=''"]).task == "folder"
    with pytest.raises(ConfigError, match=r"dataset\.name: .* holds a control character"):
        dataset(name="a\nb")


def coloured(mask: np.ndarray) -> np.ndarray:
    pixels = np.zeros((*mask.shape, 3), np.uint8)
    pixels[mask == 1], pixels[mask == 2] = RED, BLUE
    return pixels


def test_masks_in_colour_are_the_same_task_as_masks_of_numbers(folder, root):
    want = load_task(folder(), None).label
    for number in range(24):
        save(root / f"masks/p{number // 2:02}_{number % 2}.png", coloured(image_and_mask(number)[1]))
    task = load_task(folder(structures={"whole": ["#ff0000", "#0000ff"]}), None)
    assert task.label.nan_to_num(-1).equal(want.nan_to_num(-1))
    with pytest.raises(DataError, match=r"#0000ff \(60 px\).*#ff0000 \(60 px\)"):
        load_task(folder(), None)


def test_above_zero_is_the_one_structure_whatever_the_numbers():
    mask = np.array([[0, 1, 2, 70000], [9, 9, 0, -1]])
    chosen = dataset(above_zero=True, size=2, background=[0, 9])
    with pytest.raises(DataError, match=r"holds the values -1 \(1 px\)"):
        mask_values(showing(mask, mask), chosen.values(), mask.shape)
    mask[1, 3] = 0
    read = mask_values(showing(mask, mask), chosen.values(), mask.shape)
    assert np.isin(read, chosen.foreground()[0]).astype(int).tolist() == [[0, 1, 1, 1], [0, 0, 0, 0]]
    with pytest.raises(ConfigError, match=r"dataset\.above_zero: is true, and several structures are chosen \(a, b\)"):
        dataset(above_zero=True, structure="all")


def test_values_of_the_same_structures_are_one():
    values = Values(structures={"all": [1, 2, 255], "left": [1, 255]}, background=[0, 7], above_zero=False)
    assert values.alike(np.array([0, 7, 1, 255, 2, 9], np.uint8)).tolist() == [0, 0, 1, 1, 2, 9]


def test_area_keeps_what_covers_half_of_a_pixel():
    mask = np.zeros((4, 8), np.uint8)
    mask[:2, :2] = [[1, 0], [0, 1]]  # half of the first pixel
    mask[:2, 2:4] = [[1, 0], [0, 0]]  # a quarter of the second
    mask[:2, 4:6] = [[1, 0], [2, 2]]  # three quarters of the third, mostly b
    mask[:2, 6:] = [[1, 0], [2, 0]]  # half of the fourth, as much of either
    mask[2:] = 1
    options = {"mask_resize": "area", "structure": "all", "size": 2}
    label = network_label(mask[:, :4], dataset(**options), "x")
    assert label.tolist() == [[[1, 0], [1, 1]], [[0, 0], [0, 0]]]
    label = network_label(mask[:, 4:], dataset(**options), "x")
    assert label.tolist() == [[[0, 1], [1, 1]], [[1, 0], [0, 0]]]


def test_area_of_the_same_size_is_the_mask_and_of_any_other_keeps_large_areas():
    mask = np.random.default_rng(0).integers(0, 3, (16, 16))
    for resize in ("nearest", "area"):
        same = network_label(mask, dataset(mask_resize=resize, structure="all"), "x").numpy()
        assert np.array_equal(same, [mask == 1, mask == 2])
    disc = (np.hypot(*(np.indices((61, 47)) - 25)) < 15).astype(int)
    share = network_label(disc, dataset(mask_resize="area", size=24), "x").mean()
    assert share == pytest.approx(disc.mean(), rel=0.05)
    with pytest.raises(ConfigError, match=r"dataset\.mask_resize: got mean; choose from: nearest, area"):
        dataset(mask_resize="mean")
