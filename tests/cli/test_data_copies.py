import json
import sys

import numpy as np
import pytest

from segaug.cli.main import main
from tests.data.copies.planted import cropped, drawn
from tests.data.small_sets import save


@pytest.fixture
def overrides(tmp_path):
    """A set in which a picture of patient p0 is filed once more, cropped, as patient p9; two images have no mask."""
    pictures = {"p0_0": drawn(0), "p0_1": drawn(0), "p1_0": drawn(1), "p9_0": cropped(drawn(0))}
    for name, pixels in pictures.items():
        save(tmp_path / f"set/images/{name}.png", pixels)
    for name in ("p0_0", "p1_0"):
        save(tmp_path / f"set/masks/{name}.png", np.zeros_like(pictures[name]))
    return ["dataset=folder", f"dataset.root={tmp_path / 'set'}", "dataset.patient_pattern='^(p[0-9]+)_'"]


def test_groups_are_printed_and_written_and_repair_the_split(overrides, tmp_path, capsys):
    pytest.importorskip("cv2")
    table = tmp_path / "set/copies.csv"
    assert main(["data", "copies", *overrides, "--csv", str(table)]) == 1
    out = capsys.readouterr().out
    assert "4 images, 3 pairs of near copies; groups: 1 of 3 images" in out
    assert "2 pairs of near copies may be on two sides of the split" in out
    assert table.read_text() == "id,group\np0_0,copies_001\np0_1,copies_001\np1_0,\np9_0,copies_001\n"
    assert main(["data", "copies", *overrides, "dataset.table=copies.csv", "dataset.group=group"]) == 0
    assert "no near copies can be on two sides of the split" in capsys.readouterr().out


def test_json_has_the_evidence_of_each_pair(overrides, capsys):
    pytest.importorskip("cv2")
    assert main(["data", "copies", "--json", *overrides]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["groups"] == {"copies_001": ["p0_0", "p0_1", "p9_0"]}
    pair = report["pairs"][1]
    assert (pair["first"], pair["second"], pair["kept"], pair["mirrored"]) == ("p0_0", "p9_0", False, False)
    assert pair["correlation"] > 0.9


def test_groups_of_the_table_are_kept(overrides, tmp_path, capsys):
    pytest.importorskip("cv2")
    (tmp_path / "set/own.csv").write_text("id,mine\np0_0,a\np0_1,\np1_0,a\np9_0,\n")
    assert main(["data", "copies", "--json", *overrides, "dataset.table=own.csv", "dataset.group=mine"]) == 1
    assert json.loads(capsys.readouterr().out)["groups"] == {"copies_001": ["p0_0", "p0_1", "p1_0", "p9_0"]}


def test_a_missing_package_is_named_with_its_install_command(overrides, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert main(["data", "copies", *overrides]) == 2
    assert "pip install 'segaug[copies]'" in capsys.readouterr().err


def test_a_pooled_set_is_refused(capsys):
    pytest.importorskip("cv2")
    words = ["dataset=pooled", "dataset.base=wbc_tecom_cell", "dataset.added=[wbc_cellavision_cell]"]
    assert main(["data", "copies", *words]) == 2
    assert "search each by itself: segaug data copies wbc_tecom_cell" in capsys.readouterr().err
