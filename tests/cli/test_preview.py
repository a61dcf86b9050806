"""`segaug preview`: pictures of what a strategy does, and of how what it needs was learned."""

import re
from dataclasses import replace

import pytest
import torch
from PIL import Image

from segaug.cli.main import main
from segaug.experiment.cards.examples import augmented, example_batch, learned, patched
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load
from tests.made_bank import registered
from tests.tiny import TINY

QUICK = [
    "augment.joint.updates=2",
    "augment.joint.warmup=1",
    "augment.joint.batch_size=2",
    "augment.joint.validate_every=1",
]


@pytest.mark.usefixtures("tiny_cache")
def test_a_strategy_with_generators_shows_how_they_were_trained(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [*TINY, "dataset.size=32", "augment=gd", *QUICK, "--images", "2", "--versions", "1"]
    assert main(["preview", *words]) == 0
    written = capsys.readouterr().out.split()
    names = ("preview", "preview_kinds", "preview_joint_phase")
    assert written == [str(tmp_path / f"{name}.png") for name in names]
    for picture in written:
        assert Image.open(picture).size[0] > 300


@pytest.mark.usefixtures("tiny_cache")
def test_without_validation_nothing_chooses_what_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = compose([*TINY, "dataset.size=32", "augment=gd", *QUICK, "protocol.validation=none"]).config
    task = load(compose([*TINY, "dataset.size=32"]))
    ((_, content),) = learned(config, task, example_batch(task, 2))
    assert content.facts["chosen_by"].startswith("nothing")


@pytest.mark.parametrize(
    ("out", "said"),
    [("a.jpeg", r"--out: got a\.jpeg; end .* \.png, \.svg, \.pdf"), ("none/a.png", "--out: there is no folder none")],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_learned(out, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["preview", *TINY, "augment=gd", *QUICK, "--out", out]) != 0
    assert re.search(said, capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("tiny_cache")
def test_a_name_without_a_suffix_is_that_of_a_png(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["preview", *TINY, "augment=none", "--images", "1", "--versions", "1", "--out", "look"]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "look.png")]


@pytest.mark.usefixtures("tiny_cache")
def test_a_strategy_that_makes_images_shows_its_bank(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with registered():
        assert main(["preview", *TINY, "augment=hand_made", "--images", "3", "--versions", "1"]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / f"{name}.png") for name in ("preview", "preview_bank")]
    wide, high = Image.open("preview_bank.png").size
    assert wide / high == pytest.approx(6 / 3.6, rel=0.25)  # source, reconstruction, three samples, nearest; three rows


@pytest.mark.usefixtures("tiny_cache")
def test_patches_are_shown_as_a_network_is_shown_them():
    config = compose([*TINY, "dataset.size=32", "augment=red", "protocol.patch=16"]).config
    batch = patched(config, example_batch(load(compose([*TINY, "dataset.size=32"])), 4))
    assert batch.patch.foreground.tolist() == [True, False, True, False]
    made = augmented(config.augment, None, batch, versions=2)
    assert made.image.shape[2:] == (1, 16, 16)
    assert made.displacement_px.shape[2:] == (2, 16, 16)
    for row, (i, j) in enumerate(batch.patch.first_px.tolist()):
        assert torch.equal(made.original_image[row], batch.image[row, :, i : i + 16, j : j + 16])
    whole = patched(compose([*TINY, "dataset.size=32"]).config, batch.rows(slice(0, 1)))
    assert augmented(config.augment, None, replace(whole, patch=None), versions=1).image.shape[3:] == (32, 32)
