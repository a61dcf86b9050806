"""What is known of data sets: by modality, of one in full, and as the page of docs."""

import json
from pathlib import Path

import pytest

from segaug.cli.data_list_page import page
from segaug.cli.data_list_table import LAYOUTS, by_kind, of_modality, print_table
from segaug.cli.main import main
from segaug.experiment.known_sets import KnownSet

DOCS = Path(__file__).parents[2] / "docs/datasets.md"


def known(name="a", **told):
    return KnownSet(**{"name": name, "file": f"/conf/{name}.yaml", "whose": "segaug", "state": "not here", **told})


def test_the_page_of_docs_is_what_the_command_prints(capsys):
    assert main(["data", "list", "--markdown"]) == 0
    assert capsys.readouterr().out == DOCS.read_text(encoding="utf-8"), "segaug data list --markdown > docs/datasets.md"


@pytest.mark.parametrize(
    ("asked", "modality", "fits"),
    [
        ("CT", "CT, patches", True), ("ct", "CT", True), ("CT", "OCT of the retina", False), ("mr", "cine MRI", True),
        ("micro", "H&E histology", True), ("MRI", "CT (registered to MRI)", False), ("x-ray", "chest X-ray", True),
        ("ray", "chest X-ray", False),
    ],
)  # fmt: skip
def test_a_modality_is_asked_for_by_the_beginning_of_a_word(asked, modality, fits):
    assert of_modality(known(modality=modality), asked) == fits


def test_all_sets_of_a_modality_and_no_others_are_listed(capsys):
    assert main(["data", "list", "--modality", "ct", "--json"]) == 0
    listed = [one["name"] for one in json.loads(capsys.readouterr().out)]
    assert {"lung_tumour", "phantom_thorax_lung"} <= set(listed)
    assert not {"busi", "sunnybrook", "folder"} & set(listed)
    assert main(["data", "list", "--modality", "xtc"]) == 2
    assert "--modality: no data set is of 'xtc'; use the beginning of a word, as of CT, MRI" in capsys.readouterr().err


def test_one_set_is_told_in_full(capsys):
    assert main(["data", "list", "sunnybrook_96"]) == 0
    told = capsys.readouterr().out
    assert "same patients  sunnybrook, sunnybrook_volumes" in told
    assert "licence        CC0 1.0 public domain" in told
    assert main(["data", "list", "wbc_tecm_cell"]) == 2
    assert "there is no data set 'wbc_tecm_cell'; did you mean 'wbc_tecom_cell'?" in capsys.readouterr().err


def test_every_word_of_a_set_is_told(capsys):
    from segaug.cli.data_list_words import print_words

    told = {"access": "form", "address": "https://a.org", "extent": "9 patients", "structures": ("lv", "rv")}
    several = {"overlaps": ("b",), "traps": ("One.", "Two."), "downloads": ("a.zip",), "graders": ("x", "y")}
    print_words([known(**told, **several, segments=("lv",))])
    told = " ".join(capsys.readouterr().out.split())
    for words in ("access by a form: registration", "address https://a.org", "published 9 patients", "same patients b",
                  "look out One.", "look out Two.", "fetch a (a.zip)", "graders x, y", "has as well rv"):  # fmt: skip
        assert words in told


@pytest.mark.parametrize("width", [80, 100])
def test_a_hundred_sets_are_a_line_each_whatever_the_width(width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    words = {"modality": "CT", "licence": "CC BY-SA 4.0", "access": "form", "segments": ("a" * 30,)}
    many = [known(f"a_set_of_some_length_{number:02}", **words) for number in range(100)]
    print_table(many, 100)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 102
    assert max(map(len, lines)) <= width
    assert all(line.rstrip().endswith("not here") and "form" in line for line in lines[2:])


def test_kinds_stand_in_one_order_and_the_page_is_of_data_alone():
    sets = [known("z", modality="cine MRI"), known("y", modality="CT"), known("x", state="needs options"),
            known("w", modality="CT", state="generated"), known("v", modality="odd")]  # fmt: skip
    assert list(by_kind(sets)) == ["CT", "MRI", "Other", "Generated", LAYOUTS]
    made = page(
        [*sets, known("u", modality="CT", licence="a|b", traps=("T.",)), known("t", modality="CT", traps=("T.",))]
    )
    assert "| `u` |  |  |  | a\\|b |  |  |" in made
    assert "- `u`, `t`: T.\n" in made
    assert "`x`" not in made


def test_sets_that_are_pooled_by_a_config_say_what_their_sources_do(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / "both.yaml").write_text("defaults: [base_pooled, _self_]\nbase: shift_base\nadded: [shift_none]\n")
    (folder / "away.yaml").write_text(
        "defaults: [busi, _self_]\nroot: /nowhere\nstructures: {lv: [1]}\nstructure: lv\n"
    )
    (folder / "half.yaml").write_text("defaults: [base_pooled, _self_]\nbase: shift_base\nadded: [away]\n")
    monkeypatch.setenv("SEGAUG_CONF", str(tmp_path))
    both, half = (told(name, capsys) for name in ("both", "half"))
    assert (both["state"], both["images"], both["modality"]) == ("generated", 320, "cine MRI, short axis (generated)")
    assert (both["segments"], both["overlaps"]) == (["lv"], ["shift_base", "shift_none"])
    assert (half["state"], half["images"]) == ("not here", None)
    assert half["modality"] == "cine MRI, short axis (generated); ultrasound (B-mode)"
    assert main(["data", "fetch", "both"]) == 2
    assert "segaug data fetch shift_base" in capsys.readouterr().err


def told(name, capsys):
    assert main(["data", "list", name, "--json"]) == 0
    return json.loads(capsys.readouterr().out)[0]
