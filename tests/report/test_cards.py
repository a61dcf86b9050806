"""Cards: pictures of every strategy; damaged files name themselves."""

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from segaug.errors import DataError
from segaug.report.cards import read_card
from segaug.report.preview import preview_figure
from segaug.report.theme import themed
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


@pytest.mark.parametrize("moved", [False, True])
def test_preview_draws_originals_versions_and_displacements(moved):
    n, k, side = 2, 3, 16
    label = np.zeros((n, side, side))
    label[:, 4:9, 4:9] = 1
    versions = np.repeat(label[:, None], k, axis=1)
    displacement = np.full((n, k, 2, side, side), 1.5) if moved else None
    figure = preview_figure(label, label, versions, versions, displacement)
    pictures = [axes for axes in figure.axes if axes.images]
    outlines = [axes for axes in pictures if any(type(each).__name__ == "QuadContourSet" for each in axes.collections)]
    assert len(outlines) == n * (k + 1)
    assert len(pictures) == n * (k + 1) + (n * k if moved else 0)


def test_preview_counts_folds_and_shows_the_smallest_determinant():
    square = np.zeros((1, 9, 9))
    square[:, 3:6, 3:6] = 1
    versions = np.repeat(square[:, None], 2, axis=1)
    jacobian = np.full((1, 2, 8, 8), 1.5)
    jacobian[0, 0, 2, 2:4] = (0.0, -0.1)
    jacobian[0, 1, 2, 2] = 0.25
    figure = preview_figure(square, square, versions, versions, np.ones((1, 2, 2, 9, 9)), jacobian)
    told = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert told == ["2 folded", "min 0.25"]


def test_preview_of_empty_masks_has_no_outline():
    empty = np.zeros((1, 8, 8))
    figure = preview_figure(empty, empty, empty[:, None], empty[:, None])
    assert not any(axes.collections for axes in figure.axes)
