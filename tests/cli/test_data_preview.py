"""`segaug data preview` writes a page of a folder of somebody's own, and opens no mask of an external image."""

from shutil import copytree

import numpy as np
import pytest

from segaug.cli.main import main
from segaug.data.kinds.folder import Folder
from segaug.data.split import split
from segaug.data.task import SplitSizes
from tests.data.copies.planted import drawn
from tests.data.small_sets import save, write_set


def test_page_and_sheet_are_written_and_external_masks_stay_closed(tmp_path, capsys):
    root = tmp_path / "set"
    write_set(root)
    cases = Folder(root=str(root), patient_pattern="^(p[0-9]+)_", structures={"a": [1]}, structure="a").cases()
    external = [cases[row] for row in split(cases, SplitSizes(min_validation=2)).external]
    for case in external:
        case.mask_file.write_bytes(b"no image at all")
    words = [
        f"dataset.root={root}", "dataset.structure=whole", "+dataset.structures.whole=[1,2]",
        "dataset.patient_pattern='^(p[0-9]+)_'", "dataset.size=16", "dataset.split.min_validation=2",
    ]  # fmt: skip
    assert main(["data", "preview", "dataset=folder", *words, "--out", str(tmp_path / "page"), "--images", "30"]) == 0
    assert [line.rpartition("/")[2] for line in capsys.readouterr().out.split()] == ["index.html", "preview.png"]
    html = (tmp_path / "page" / "index.html").read_text()
    assert html.count("<figcaption>p") == 24 - len(external)
    assert not any(f"{case.id}: " in html for case in external)


def test_a_folder_that_is_a_file_and_no_images_are_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["data", "preview", "phantom_blob", "--out", str(tmp_path / "file")]) == 2
    assert main(["data", "preview", "phantom_blob", "--images", "0"]) == 2
    assert "--out" in capsys.readouterr().err


def test_near_copies_are_shown_with_closed_masks_those_first_that_the_split_may_part(tmp_path, capsys):
    pytest.importorskip("cv2")
    root, page = tmp_path / "set", tmp_path / "page"
    pictures = {f"a{seed}": drawn(seed) for seed in range(24)}
    for name, pixels in {**pictures, "b0": np.fliplr(pictures["a0"])}.items():
        save(root / "images" / f"{name}.png", pixels)
        save(root / "masks" / f"{name}.png", np.uint8(np.indices(pixels.shape)[0] < 30))
    words = [f"dataset.root={root}", "dataset.size=16", "dataset.split.min_validation=2"]
    words += ["--images", "4", "--out", str(page)]  # shown: all are searched
    assert main(["data", "preview", "dataset=folder", *words]) == 0
    html = page.joinpath("index.html").read_text()
    assert "The split may part 1 of them" in html
    assert "a0 and b0: details agree to" in html
    assert "may be on two sides of the split" in html
    assert main(["data", "preview", "dataset=folder", *words, "--no-copies"]) == 0
    assert "Not looked for" in page.joinpath("index.html").read_text()


@pytest.mark.parametrize(("grader", "told"), [("majority", "the majority of 2 graders"), ("b", "the grader b")])
def test_whose_masks_are_shown_is_said(tmp_path, grader, told):
    root = tmp_path / "set"
    write_set(root)
    copytree(root / "masks", root / "masks2")
    words = [
        f"dataset.root={root}", "dataset.structure=whole", "+dataset.structures.whole=[1,2]", "dataset.size=16",
        "dataset.patient_pattern='^(p[0-9]+)_'", "dataset.split.min_validation=2",
        "+dataset.graders={a: masks, b: masks2}", f"dataset.grader={grader}",
    ]  # fmt: skip
    assert main(["data", "preview", "dataset=folder", *words, "--no-copies", "--out", str(tmp_path / "page")]) == 0
    assert f"whose masks: {told}" in (tmp_path / "page" / "index.html").read_text()


@pytest.mark.slow
def test_each_source_of_a_pooled_set_is_a_site(tmp_path):
    words = ["dataset=pooled", "dataset.base=shift_none", "dataset.added=[shift_appearance]", "--no-copies"]
    assert main(["data", "preview", *words, "--images", "8", "--out", str(tmp_path)]) == 0
    html = (tmp_path / "index.html").read_text()
    assert "pool of shift_appearance" in html
    assert html.count("<figcaption>shift_appearance/") == 4
    assert ">shift_none</t" in html
