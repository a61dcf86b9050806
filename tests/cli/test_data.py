import json

import pytest
from PIL import Image

from segaug.cli.main import main
from tests.data.small_sets import image_and_mask, save, write_set


@pytest.fixture
def overrides(tmp_path):
    """Options of a sound set of 24 images."""
    write_set(tmp_path / "set")
    return [
        "dataset=folder",
        f"dataset.root={tmp_path / 'set'}",
        "dataset.patient_pattern='^(p[0-9]+)_'",
        "dataset.structures={foreground: [1, 2]}",
        "dataset.split.min_validation=2",
    ]


def test_sound_set_prints_its_parts_and_exits_0(overrides, capsys):
    assert main(["data", "check", *overrides]) == 0
    out = capsys.readouterr().out
    for words in ("24 images of 12 patients, 20 x 24 pixels", "25.00 %", "not opened", "no problem found"):
        assert words in out


def test_problems_are_printed_and_exit_1(overrides, tmp_path, capsys):
    (tmp_path / "set/images/p00_0.png").write_bytes(b"")
    assert main(["data", "check", *overrides]) == 1
    out = capsys.readouterr().out
    assert "images/p00_0.png: cannot be decoded" in out
    assert "1 problem\n" in out


def test_json_has_one_entry_per_image(overrides, capsys):
    assert main(["data", "check", "--json", *overrides]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [case["verdict"] for case in report["cases"]] == ["ok"] * 24
    assert report["problems"] == []
    assert sum(part["images"] for part in report["parts"]) == 24


def test_sites_are_told_in_one_line_where_some_are_aimed_at(capsys):
    words = ["dataset=phantom_template_lv", "dataset.size=16", "dataset.images=60"]
    assert main(["data", "check", *words]) == 0
    assert "sites" not in capsys.readouterr().out
    assert main(["data", "check", *words, "dataset.split.target=[b]"]) == 0
    assert "sites: b (target) 14 test, 16 validation; a 6 external, 24 pool\n" in capsys.readouterr().out


def test_missing_folder_is_one_line_and_exits_2(capsys):
    assert main(["data", "check", "dataset=folder"]) == 2
    assert capsys.readouterr().err == "segaug: error: dataset.root: is not set; set dataset.root=/path/to/the/data\n"


def test_several_structures_have_a_column_each_and_colour_is_told(overrides, tmp_path, capsys):
    for path in (tmp_path / "set/images").iterdir():
        Image.open(path).convert("RGB").save(path)
    parts = [
        "+dataset.structures={left: [1], right: [2]}",
        "dataset.structure=[left,right]",
        "dataset.colour=true",
    ]
    assert main(["data", "check", *overrides, *parts]) == 0
    out = capsys.readouterr().out
    head, test = (line.split() for line in out.splitlines() if line.startswith(("part", "test")))
    assert head == ["part", "images", "patients", "left", "right", "foreground", "empty", "masks"]
    assert test[3:] == ["12.50", "%", "12.50", "%", "25.00", "→", "25.00", "%", "0", "→", "0"]
    assert "as stored → at 64 px" in out
    assert "20 x 24 pixels (rows x columns), in colour" in " ".join(out.split())  # the name of the task is long


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dataset=phantom_blob", "dataset.colour=true"], "dataset.colour: there is no such option; choose from: "),
        (["dataset=phantom_template", "dataset.structure=all"], "dataset.structure: lv and left_heart overlap: "),
        (["dataset=phantom_blob", "dataset.structure=all"], "dataset.structure: all means several structures, and "),
    ],
)
def test_wrong_options_are_one_line_and_exit_2(words, told, capsys):
    assert main(["data", "check", *words]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"segaug: error: {told}")
    assert shown.count("\n") == 1


def test_images_without_a_mask_are_counted(overrides, tmp_path, capsys):
    for number in range(3):
        save(tmp_path / f"more/p9{number}_0.png", image_and_mask(100 + number)[0])
    assert main(["data", "check", *overrides, f"dataset.unlabelled={tmp_path / 'more'}"]) == 0
    out = capsys.readouterr().out
    assert "27 images of 15 patients" in " ".join(out.split())
    assert "without a mask, from dataset.unlabelled: 3 of the 7 external images" in out
