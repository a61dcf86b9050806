"""Cards: pictures of every strategy; damaged files name themselves."""

import io
import json
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from segaug.errors import DataError
from segaug.report.data.cards import read_card
from segaug.report.look.mosaic import mosaic_png
from segaug.report.look.pictures import outline_of
from segaug.report.look.theme import themed
from segaug.report.pictures.preview import preview_figure
from tests.report.conftest import write_card


def test_no_card_has_no_facts(tmp_path):
    card = read_card(tmp_path, "nowhere")
    assert (card.facts, card.pictures) == (None, ())


def test_one_picture_per_strategy_in_the_order_of_the_palette(tmp_path):
    write_card(tmp_path / "cards" / "lung", strategies=("red", "baseline"))
    with themed():
        card = read_card(tmp_path, "lung")
    assert [picture.title for picture in card.pictures] == ["baseline", "red"]
    image = Image.open(io.BytesIO(b64decode(card.pictures[0].data.split(",")[1])))
    assert min(image.size) > 250
    assert ("images for pool", "64") in card.facts.rows


def test_a_damaged_card_names_its_file(tmp_path):
    write_card(tmp_path / "cards" / "lung")
    (tmp_path / "cards" / "lung" / "examples.safetensors").write_bytes(b"no")
    with pytest.raises(DataError, match=r"examples\.safetensors"):
        read_card(tmp_path, "lung")
    (tmp_path / "cards" / "lung" / "card.json").write_text("{")
    with pytest.raises(DataError, match=r"card\.json"):
        read_card(tmp_path, "lung")


def square(n=2, k=3, structures=1, channels=1, side=16):
    """Images with a square for each structure, and k versions of each."""
    label = np.zeros((n, structures, side, side))
    for place in range(structures):
        label[:, place, 3 * place : 3 * place + 3, 4:9] = 1
    image = np.repeat(label.sum(1, keepdims=True), channels, axis=1)
    return image, label, *(np.repeat(one[:, None], k, axis=1) for one in (image, label))


def outlines(figure):
    """(tile, its outlines) of all tiles with a picture."""
    tiles = [axes for axes in figure.axes if axes.images]
    return [[one for one in axes.collections if type(one).__name__ == "QuadContourSet"] for axes in tiles]


@pytest.mark.parametrize("moved", [False, True])
def test_preview_draws_originals_versions_and_displacements(moved):
    n, k = 2, 3
    displacement = np.full((n, k, 2, 16, 16), 1.5) if moved else None
    drawn = outlines(preview_figure(*square(n, k), displacement))
    assert sum(map(bool, drawn)) == n * (k + 1)
    assert len(drawn) == n * (k + 1) + (n * k if moved else 0)


def test_preview_outlines_each_structure_in_its_colour_and_names_them():
    names = ("rv", "myo", "lv")
    figure = preview_figure(*square(structures=3), structures=names)
    colours = {tuple(tuple(one.get_edgecolor()[0]) for one in tile) for tile in outlines(figure)}
    assert len(colours) == 1  # the same in all tiles
    assert len(set(*colours)) == 3
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(names)
    assert not preview_figure(*square()).legends


def test_what_lies_inside_of_a_ring_has_its_own_outline_whatever_the_order():
    row, column = np.mgrid[:16, :16]
    radius = np.hypot(row - 8, column - 8)
    inner, ring = (radius < 3), (radius >= 3) & (radius < 6)
    for order in ((inner, ring), (ring, inner)):
        label = np.stack(order)[None].astype(float)
        tiles = outlines(preview_figure(label[:, :1], label, label[:, None, :1], label[:, None], structures=("a", "b")))
        colour = bytes.fromhex(outline_of(0 if order[0] is inner else 1).colour[1:])
        assert np.allclose(np.array(tiles[0][-1].get_edgecolor()[0][:3]) * 255, list(colour))


def test_preview_shows_colour_in_colour():
    image, *rest = square(channels=3)
    image[:, 1:] = 0
    drawn = preview_figure(image, *rest).axes[0].images[0].get_array()
    assert drawn.shape == (16, 16, 3)
    assert np.ptp(drawn[..., 0]) == 1
    assert not drawn[..., 1:].any()


def test_preview_counts_folds_and_shows_the_smallest_determinant():
    jacobian = np.full((1, 2, 15, 15), 1.5)
    jacobian[0, 0, 2, 2:4] = (0.0, -0.1)
    jacobian[0, 1, 2, 2] = 0.25
    figure = preview_figure(*square(1, 2), np.ones((1, 2, 2, 16, 16)), jacobian)
    told = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert told == ["2 folded", "min 0.25"]


def test_preview_of_empty_masks_has_no_outline():
    empty = [np.zeros_like(one) for one in square()]
    assert not any(outlines(preview_figure(*empty)))


@pytest.mark.parametrize("structures", [1, 2, 8])
def test_a_mosaic_shows_all_structures_on_grey_and_on_colour(structures):
    for channels in (1, 3):
        image, label, *_ = square(1, 0, structures, channels, side=24)
        picture = Image.open(io.BytesIO(mosaic_png(image[:, None], label[:, None]))).convert("RGB")
        found = set(picture.get_flattened_data() if hasattr(picture, "get_flattened_data") else picture.getdata())
        assert {tuple(bytes.fromhex(outline_of(place).colour[1:])) for place in range(structures)} <= found


def test_a_mosaic_keeps_colours():
    image = np.zeros((1, 2, 3, 16, 16))
    image[0, 0, 0], image[0, 1, 2] = 0.9, 0.6  # red, then blue
    picture = Image.open(io.BytesIO(mosaic_png(image, np.zeros((1, 2, 1, 16, 16))))).convert("RGB")
    width = picture.size[0]
    assert picture.getpixel((5, 5)) == (230, 0, 0)
    assert picture.getpixel((width - 5, 5)) == (0, 0, 153)


def test_neighbours_both_keep_their_outline_at_a_shared_border():
    label = np.zeros((1, 1, 2, 20, 20))
    label[..., 0, 5:15, 3:10], label[..., 1, 5:15, 10:17] = 1, 1
    picture = Image.open(io.BytesIO(mosaic_png(np.zeros((1, 1, 1, 20, 20)), label))).convert("RGB")
    row = [picture.getpixel((x, 100)) for x in range(90, 110)]
    assert {tuple(bytes.fromhex(outline_of(place).colour[1:])) for place in (0, 1)} <= set(row)


def test_a_card_of_several_structures_names_them_with_their_shares_and_outlines(tmp_path):
    write_card(tmp_path / "cards" / "heart", structures=("rv", "lv"), channels=3)
    with themed():
        card = read_card(tmp_path, "heart")
    facts = dict(card.facts.rows)
    assert facts["structures"] == "2: rv, lv"
    assert facts["foreground share"] == "rv 0.100, lv 0.200"
    assert facts["colour"] == "3 channels; grey images repeated in them: 7"
    assert [name for name, _ in card.outlines] == ["rv", "lv"]
    assert len(card.pictures) == 2


def test_strategies_added_to_an_earlier_card_stand_beside_its_own(tmp_path):
    folder = tmp_path / "cards" / "lung"
    write_card(folder)
    tensors = load_file(folder / "examples.safetensors")
    for name in ("image", "label"):
        tensors[f"genda/{name}"] = tensors[f"red/{name}"][:, :, None]
        tensors[f"genda/original{'' if name == 'image' else '_label'}"] = tensors[name][:, None]
    save_file(tensors, folder / "examples.safetensors")
    with themed():
        old, new = (one for one in read_card(tmp_path, "lung").pictures if one.title in ("red", "genda"))
    assert old.data == new.data


def test_sources_of_a_pooled_task_have_a_table(tmp_path):
    facts = {"role": "base", "pool": 20, "test": 8, "modality": "", "foreground": 0.25, "intensity": 0.5}
    sources = [{"name": "ours", **facts, "pixel_mm": [0.5, 0.5]}, {"name": "theirs", **facts, "pixel_mm": None}]
    for task, facts in (("a", {"by_source": sources}), ("b", {})):
        folder = tmp_path / "cards" / task
        folder.mkdir(parents=True)
        (folder / "card.json").write_text(json.dumps({"task": task, **facts}))
    table = read_card(tmp_path, "a").sources
    assert [row[0] for row in table.rows] == ["ours", "theirs"]
    assert [row[table.columns.index("pixel [mm]")] for row in table.rows] == ["0.500 × 0.500", "–"]
    assert read_card(tmp_path, "b").sources is None
