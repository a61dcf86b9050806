"""Diagnostics of layers in whole trials: they change nothing else, and an image's depend on no other image."""

import json

import numpy as np
import pytest
import torch

from segaug.augment.discrepancy import class_means, discrepancy
from segaug.augment.layer_masks import LayerMasks
from segaug.batch import Batch
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.diagnostics import diagnostics_of
from segaug.experiment.trial.run import run_trial
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.results.predictions import read_predictions
from segaug.results.record import check

ASKED = "protocol.diagnostics=true"
OF_THE_OPTION = {"id", "config", "protocol_hash", "diagnostics", "run"}


def run(trial):
    shown = []
    plan = make_plan([trial], skip_large=False)
    (planned,) = plan.trials
    record, _ = run_trial(planned, plan.tasks[planned.trial.task], show=shown.append)
    return record, shown


def test_asking_for_them_changes_nothing_else(tiny):
    (plain, none), (asked, shown) = run(tiny()), run(tiny(ASKED))
    assert {key for key in plain | asked if plain.get(key) != asked.get(key)} == OF_THE_OPTION
    check(json.loads(json.dumps(asked)))
    assert "diagnostics" not in plain
    assert not none
    cases = len(asked["cases"]["ids"])
    assert next(iter(asked["diagnostics"]["layers"])) == "encoder1"
    assert all(len(values) == cases for layer in asked["diagnostics"]["layers"].values() for values in layer.values())
    (predictions,) = shown
    assert len(predictions.predicted) == cases
    dice = np.array(asked["cases"]["dice"])
    assert dice[[*predictions.rows]].tolist() == sorted(dice)[: len(predictions.rows)]


def test_predictions_are_the_same_from_disk_and_have_the_dice_of_the_record(tiny, tmp_path):
    record, (predictions,) = run(tiny(ASKED))
    (tmp_path / "predictions.safetensors").write_bytes(predictions.content())
    again = read_predictions(tmp_path)
    assert (again.predicted == predictions.predicted).all()
    assert again.rows == predictions.rows
    assert np.abs(again.image - predictions.image.clip(0, 1)).max() <= 0.5 / 255 + 1e-12
    for row, truth in zip(again.rows, again.truth, strict=True):
        mask, total = again.predicted[row], again.predicted[row].sum() + truth.sum()
        assert record["cases"]["dice"][row] == pytest.approx(2 * (mask & truth).sum() / total if total else 1)


@pytest.mark.slow
def test_a_diverged_trial_has_none(tiny):
    record, shown = run(tiny(ASKED, "protocol.learning_rate=1e30"))
    assert record["diagnostics"] is None
    assert not shown
    check(json.loads(json.dumps(record)))


def test_those_of_an_image_depend_on_no_other_image_and_are_l_fd_of_a_batch_of_one():
    network = build_with_seed(NnUnet(feature_size=2), 0)
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(20, 1, 16, 16, generator=generator)
    label = (image > 0.6).float()
    label[3] = 0
    none = torch.zeros(20, dtype=torch.long)
    test = Batch(image, label, none, torch.ones(20, 2), none)
    told = diagnostics_of(network, test)
    assert network.training
    assert told["foreground_px"] == label.sum((1, 2, 3)).int().tolist()
    alone = diagnostics_of(network, test.rows(slice(17, 18)))
    _, maps = network.eval().features(image[17:18])
    masks = LayerMasks(label[17:18])
    for name, layer in told["layers"].items():
        of_batch = discrepancy(class_means(maps[name], masks.like(maps[name]))).item()
        assert layer["l_fd"][17] == pytest.approx(alone["layers"][name]["l_fd"][0], abs=1e-5)
        assert layer["l_fd"][17] == pytest.approx(of_batch, abs=1e-4)
        assert layer["separation"][3] is None


def test_windows_that_tile_an_image_have_its_pixels():
    """Of layers that look at a pixel alone the windows' maps are the image's, in another order."""
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(3, 1, 16, 16, generator=generator)
    none = torch.zeros(3, dtype=torch.long)
    test = Batch(image, (image > 0.6).float(), none, torch.ones(3, 2), none)
    whole, tiled = (diagnostics_of(Pointwise(), test, window) for window in (None, (8, 4)))
    assert tiled["foreground_px"] == whole["foreground_px"]
    for key in ("l_fd", "separation"):
        assert tiled["layers"]["encoder1"][key] == pytest.approx(whole["layers"]["encoder1"][key], abs=1e-5)
    covering = diagnostics_of(Pointwise(), test, (8, 12))  # the last window is moved until it fits
    assert covering["layers"]["encoder1"]["l_fd"] != pytest.approx(whole["layers"]["encoder1"]["l_fd"], abs=1e-5)


class Pointwise(torch.nn.Module):
    def features(self, image):
        return image, {"encoder1": torch.cat([image, image.square()], dim=1)}
