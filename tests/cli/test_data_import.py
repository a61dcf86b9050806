"""`segaug data import` writes one config that composes and checks green, and never over another one unasked."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segaug.cli.main import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """24 images of twelve patients, and an empty config folder of the user's own."""
    monkeypatch.setenv("SEGAUG_CONF", str(tmp_path / "conf"))
    data = tmp_path / "data"
    data.mkdir()
    for place in range(24):
        name, rng = f"p{place // 2:02}_slice{place % 2}", np.random.default_rng(place)
        Image.fromarray(rng.integers(0, 256, (16, 16), dtype=np.uint8)).save(data / f"{name}.png")
        mask = np.zeros((16, 16), np.uint8)
        mask[4:10, 4 : 9 + place % 4] = 255
        Image.fromarray(mask).save(data / f"{name}_mask.png")
    return data


def test_a_folder_becomes_a_data_set(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in folder.iterdir())
    assert main(["data", "import", str(folder), "--name", "mine", "--yes"]) == 0
    printed = capsys.readouterr().out
    assert "12 by p and a number: p00, p06, p11" in printed
    assert "segaug data preview mine" in printed
    assert "scale=n4,n8" in printed
    assert "check: no problem found" in printed
    assert sorted(path.name for path in (tmp_path / "conf/dataset").iterdir()) == ["mine.yaml"]
    assert sorted(path.name for path in folder.iterdir()) == before
    assert main(["data", "check", "mine"]) == 0
    assert "24 images of 12 patients" in capsys.readouterr().out


def test_nothing_is_written_without_yes_and_a_name_is_not_taken_twice(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "import", str(folder), "--name", "mine"]) == 1
    assert "add --yes" in capsys.readouterr().out
    assert not (tmp_path / "conf").exists()
    file = tmp_path / "conf/dataset/mine.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("note: another one\n")
    assert main(["data", "import", str(folder), "--name", "mine", "--yes"]) == 2
    assert f"{file} exists" in capsys.readouterr().err
    assert file.read_text() == "note: another one\n"
    assert main(["data", "import", str(folder), "--name", "busi", "--yes"]) == 2
    assert "busi is a data set of segaug's own" in capsys.readouterr().err


def test_the_proposal_as_json_holds_what_was_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "data",
        "import",
        str(folder),
        "--name",
        "mine",
        "--json",
        "--set",
        "size=96",
        "--set",
        "split.max_external=3",
    ]
    assert main(words) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["options"]["size"] == 96
    assert told["options"]["split"]["max_external"] == 3
    assert told["images"] == 24
    assert told["patients"]["count"] == 12


def test_an_option_that_no_kind_has_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "import", str(folder), "--name", "mine", "--set", "sise=96"]) == 2
    assert "sise: is no option of the kind folder" in capsys.readouterr().err
