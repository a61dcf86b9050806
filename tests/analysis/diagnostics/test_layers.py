"""Layers of a made-up study: their order, what is behind a correlation, and what is left out."""

import pytest

from segaug.analysis.diagnostics.layers import in_network_order, layer_cells
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from tests.diagnosed_study import CASES, LAYERS, STRATEGIES, diagnosed, write
from tests.synthetic import replace_record, write_study


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    found = layer_cells(Snapshot(write(tmp_path_factory.mktemp("made") / "study").folder), resamples=200)
    return {(cell.strategy, cell.layer): cell for cell in found}


def test_layers_come_in_the_order_in_which_they_are_computed(cells):
    names = ["decoder1", "encoder10", "bottleneck", "encoder2", "decoder3", "stage1"]
    assert in_network_order(names) == ["encoder2", "encoder10", "stage1", "bottleneck", "decoder3", "decoder1"]
    assert list(cells) == [(strategy, layer) for strategy in STRATEGIES for layer in LAYERS]


def test_a_correlation_that_the_area_makes_is_gone_without_it_and_another_one_is_not(cells):
    encoder, decoder = cells["baseline", "encoder1"].dice_of, cells["baseline", "decoder1"].dice_of
    assert encoder.plain.interval.high < 0
    assert encoder.confounded.interval.high < -0.9
    assert encoder.partial.interval.high > 0
    assert decoder.partial.interval.high < -0.8


def test_a_cell_tells_what_it_is_of(cells):
    cell = cells["red", "bottleneck"]
    assert (cell.trials, cell.images, cell.left_out) == (3, CASES, 0)
    assert cell.separation == pytest.approx(1.5)  # null values do not count
    assert cell.points.shape == (CASES, 2)


def test_images_without_foreground_are_left_out(tmp_path):
    store = write(tmp_path / "study", seeds=1)
    one = diagnosed("baseline", 0)
    one["diagnostics"]["foreground_px"][:2] = [0, 0]
    replace_record(store, one)
    cell = layer_cells(Snapshot(store.folder), resamples=50)[0]
    assert (cell.images, cell.left_out) == (CASES - 2, 2)


def test_a_study_without_diagnostics_has_no_layers(tmp_path):
    store: Store = write_study(tmp_path / "plain", sizes=(4,), seeds=1)
    assert layer_cells(Snapshot(store.folder)) == []
