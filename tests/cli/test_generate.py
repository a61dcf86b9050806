"""`segaug generate`: the folder it writes, that it is read back bit for bit, and what is refused before learning."""

import csv
import json
import os
import re
import shlex
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import torch
from PIL import Image
from rich.console import Console
from torch import Tensor

from segaug.augment.augpaint.options import Judge
from segaug.augment.augpaint.random_bank import RandomBank
from segaug.augment.strategy import Strategy
from segaug.cli.generate_files import write
from segaug.cli.generate_output import printed
from segaug.cli.main import main
from segaug.data.tensors import load_task
from segaug.experiment.outside import compose
from segaug.experiment.synthesis.made_images import IGNORED, made_images
from segaug.experiment.synthesis.trial_bank import TrialBank, trial_bank
from tests.made_bank import registered
from tests.tiny import TINY

WORDS = [*TINY, "augment=hand_made", "scale=n8", "seed=3"]


@pytest.fixture(autouse=True)
def _here(tmp_path, tiny_cache, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGAUG_CACHE", str(tiny_cache))
    with registered():
        yield


def written(capsys, *more: str) -> tuple[Path, str]:
    """The folder, and what was said."""
    assert main(["generate", *WORDS, "--out", "bank", *more]) == 0, capsys.readouterr().err
    return Path("bank"), capsys.readouterr().out


def items(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "items.csv").open(newline="")))


def trained_on(strategy: Strategy | None = None):
    """Trial, its bank, and the rows that `training_set` adds."""
    trial = compose(WORDS)
    if strategy is not None:
        trial = replace(trial, config=replace(trial.config, augment=strategy))
    made = trial_bank(trial, Console(file=StringIO()))
    subset = made.task.batch(made.rows[:8])
    rows = made.planned.trial.config.augment.training_set(subset, made.bank)
    return made, rows.image[8:], rows.label[8:]


@pytest.mark.parametrize("more", [(), ("--kept",)], ids=["all", "kept"])
def test_the_printed_command_reads_the_rows_that_the_trial_trained_on_bit_for_bit(capsys, more):
    _, said = written(capsys, *more)
    look_at_what_is_read(said, *trained_on())


def test_so_it_does_of_samples_that_are_transformed_scored_and_stored():
    made, image, label = trained_on(RandomBank(judge=Judge(updates=1, batch_size=2)))
    assert len(image) > 0
    images = list(made_images(made, kept_only=False))
    write(Path("bank"), made, images)
    look_at_what_is_read(printed(Path("bank"), made, images), made, image, label)


def test_so_it_does_of_pixels_that_count_for_nothing():
    made, image, label = trained_on()
    rim = torch.zeros_like(label[:1], dtype=torch.bool)
    rim[..., :4, 2:] = True
    form = replace(made.task.form, ignored=True)
    bank = replace(made.bank, label=made.bank.label.masked_fill(rim, torch.nan))
    made = replace(made, bank=bank, task=replace(made.task, form=form))
    images = list(made_images(made, kept_only=False))
    assert all((each.mask[:4, 2:] == IGNORED).all() for each in images)
    write(Path("bank"), made, images)
    said = printed(Path("bank"), made, images)
    look_at_what_is_read(said, made, image, label.masked_fill(rim, torch.nan))


def look_at_what_is_read(said: str, made: TrialBank, image: Tensor, label: Tensor) -> None:
    """By the command in the last line."""
    words = shlex.split(said.splitlines()[-1])
    assert words[:4] == ["segaug", "train", "dataset=folder", "dataset.root=bank"]
    task = load_task(compose(words[2:]).config.dataset, None)
    sources = [made.task.patients[made.rows[place]] for place in made.bank.place[made.bank.chosen.nonzero()[:, 0]]]
    known = [row for row in range(len(task.ids)) if row not in task.split.external]
    assert task.patients == tuple(sources)
    assert torch.equal(task.image, image)
    torch.testing.assert_close(task.label[known], label[known], rtol=0, atol=0, equal_nan=True)
    assert min(map(len, (task.split.pool, task.split.validation, task.split.test))) > 0


def test_every_image_has_a_row_that_names_its_source_and_what_it_is_like(capsys):
    folder, said = written(capsys)
    rows, (made, image, _) = items(folder), trained_on()
    assert [row["id"] for row in rows] == sorted(path.stem for path in (folder / "images").iterdir())
    assert len(rows) == made.bank.score.numel()
    assert sum(row["kept"] == "yes" for row in rows) == len(image)
    for row, score in zip(rows, made.bank.score.flatten().tolist(), strict=True):
        assert float(row["score"]) == pytest.approx(score)
        assert row["source"] in made.task.ids
        assert row["nearest"] == made.task.ids[made.rows[-1]]
        assert Image.open(folder / row["image"]).mode == "L"
        assert set(Image.open(folder / row["mask"]).tobytes()) == {0, 255}
    about = json.loads((folder / "dataset.json").read_text())
    assert about["images"] == {"made": 24, "kept": 12, "written": 24}
    assert about["source_data"]["licence"] == "none needed: generated by segaug"
    assert about["augment"]["name"] == "hand_made"
    assert about["trial"]["id"] == made.planned.id
    assert "not anonymous" in about["privacy"] in said


def test_of_the_kept_ones_there_are_no_others(capsys):
    folder, _ = written(capsys, "--kept")
    assert {row["kept"] for row in items(folder)} == {"yes"}
    assert len(list((folder / "masks").iterdir())) == 12


def test_the_images_of_few_patients_are_no_data_set_of_their_own(capsys):
    assert main(["generate", *WORDS, "scale=n1", "--out", "bank"]) == 0
    assert "1 patient: too few to train and test on them alone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "there"], r"--out: there is there already; name a folder that is not"),
        (["--out", "no/bank"], r"--out: there is no folder no; make it"),
        (["scale.size=100", "--out", "bank"], r"scale\.size: 100 is more than"),
        ([], r"required: --out"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_learned(words, said, tmp_path, capsys):
    Path("there").mkdir()
    assert main(["generate", *WORDS, f"augment.log={tmp_path / 'log'}", *words]) == 2
    assert re.search(said, capsys.readouterr().err)
    assert not (tmp_path / "log").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "there"]


def test_a_strategy_without_images_is_refused_by_name_with_those_that_have_some(capsys):
    assert main(["generate", *TINY, "augment=red", "--out", "bank"]) == 2
    said = r"augment: red makes no images beforehand; choose a strategy that does: .*hand_made"
    assert re.search(said, capsys.readouterr().err)


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch, capsys):
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["generate", *WORDS, "--out", "bank"]) == 2
    assert re.search(r"bank: cannot be written \(No space left on device\); make room", capsys.readouterr().err)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_several_structures_are_read_back(capsys):
    words = ["dataset.structure=[lung,heart]"]
    assert main(["generate", *WORDS, *words, "--out", "bank"]) == 0
    command = shlex.split(capsys.readouterr().out.splitlines()[-1])
    dataset = compose(command[2:]).config.dataset
    assert dataset.form.structures == ("lung", "heart")
    task = load_task(replace(dataset, where={}), None)
    made = trial_bank(compose([*WORDS, *words]), Console(file=StringIO()))
    known = [row for row in range(len(task.ids)) if row not in task.split.external]
    assert torch.equal(task.label[known], made.bank.label.flatten(0, 1)[known])
