import shutil

import numpy as np
import pytest
from PIL import Image

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.folder import Folder
from segaug.errors import ConfigError, DataError

TABLE = "id,subject,copy,site\n" + "".join(
    f"p{i // 2:02}_{i % 2},s{i // 4},{'c' * (i < 2)},{'AB'[i % 2]}\n" for i in range(24)
)


def test_every_image_is_a_case_by_id_with_its_patient_and_no_pixel_is_read(folder, root):
    for path in (root / "images").iterdir():
        path.write_bytes(b"not read")
    cases = folder(pixel_mm=0.5).cases()
    assert [case.id for case in cases] == sorted(f"p{i // 2:02}_{i % 2}" for i in range(24))
    assert [case.patient for case in cases] == sorted(f"p{i // 2:02}" for i in range(24))
    assert {case.pixel_mm for case in cases} == {(0.5, 0.5)}


def test_without_pattern_each_image_is_its_own_patient(folder):
    assert all(case.patient == case.id for case in folder(patient_pattern=None).cases())


def test_suffixes_of_image_and_mask_may_differ(folder, root):
    path = root / "images/p03_1.png"
    Image.open(path).save(path.with_suffix(".bmp"))
    path.unlink()
    (case,) = (case for case in folder().cases() if case.id == "p03_1")
    assert case.read_image().shape == case.read_mask().shape


def test_table_gives_patients_groups_and_rows(folder, root):
    (root / "items.csv").write_text(TABLE)
    options = {"table": "items.csv", "patient": "subject", "patient_pattern": None, "group": "copy"}
    cases = folder(**options).cases()
    assert [case.patient for case in cases] == [f"s{i // 4}" for i in range(24)]
    assert [case.duplicate_group for case in cases] == ["c", "c", *[""] * 22]
    kept = folder(**options, where={"site": ["B"], "subject": ["s0", "s1"]}).cases()
    assert [case.id for case in kept] == ["p00_1", "p01_1", "p02_1", "p03_1"]


def test_table_order_does_not_matter(folder, root):
    head, *rows = TABLE.splitlines()
    options = {"table": "items.csv", "patient": "subject", "patient_pattern": None}
    ids = []
    for order in (rows, rows[::-1]):
        (root / "items.csv").write_text("\n".join([head, *order]))
        ids.append([case.id for case in folder(**options).cases()])
    assert ids[0] == ids[1]


def test_values_are_the_union_of_structures_and_background(folder):
    dataset = folder(background=[0, 9], structure="left")
    assert dataset.foreground() == ((1,),)
    assert dataset.values() == (0, 1, 2, 9)


def test_variables_in_root_are_replaced(folder, root, monkeypatch):
    monkeypatch.setenv("PLACE", str(root.parent))
    assert len(folder(root="$PLACE/set").cases()) == 24
    monkeypatch.delenv("PLACE")
    with pytest.raises(ConfigError, match=r"dataset\.root: \$PLACE/set names an environment variable that is not set"):
        folder(root="$PLACE/set").cases()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"structure": "whale"}, r"dataset\.structure: unknown structure 'whale'; did you mean 'whole'\? choose from"),
        ({"size": 0}, r"dataset\.size: got 0; use a positive"),
        ({"crop": -1}, r"dataset\.crop: got -1"),
        ({"pixel_mm": 0.0}, r"dataset\.pixel_mm: got 0\.0"),
        ({"patient": "subject"}, r"dataset\.patient: is set together with dataset\.patient_pattern; keep one"),
        ({"patient_pattern": "p"}, r"dataset\.patient_pattern: has 0 groups; write .* one group"),
        ({"patient_pattern": "(p"}, r"dataset\.patient_pattern: missing \)"),
    ],
)
def test_wrong_options_fail_before_any_file_is_read(folder, options, message):
    with pytest.raises(ConfigError, match=message):
        folder(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"root": ""}, r"dataset\.root: is not set; set dataset\.root=/path"),
        ({"root": "/nowhere"}, r"dataset\.root: the folder /nowhere does not exist; set dataset\.root"),
        ({"images": "imgs"}, r"imgs: does not exist; .* holds empty, images, masks: set dataset\.images=NAME"),
        ({"masks": "empty"}, r"empty: has no readable file \(found: nothing\); add files"),
        ({"patient_pattern": "^(q[0-9])"}, r"dataset\.patient_pattern: .* finds no patient in 'p00_0'"),
        ({"where": {"site": ["A"]}}, r"dataset\.where: names columns, but there is no table; set dataset\.table"),
        ({"table": "no.csv"}, r"no\.csv: does not exist; set dataset\.table to .*: 'items\.csv'"),
        (
            {"table": "items.csv", "id_column": "name"},
            r"dataset\.id_column: .* has no column 'name'; choose from: id, subj",
        ),
        ({"table": "items.csv", "group": "twin"}, r"dataset\.group: .* has no column 'twin'"),
        ({"table": "items.csv", "where": {"site": ["C"]}}, r"dataset\.where: .* never holds 'C'; it holds: 'A', 'B'"),
        ({"table": "items.csv", "where": {"site": ["A"], "id": ["p00_1"]}}, r"dataset\.where: no row .* passes all"),
        ({"table": "items.csv", "id_column": "subject"}, r"items\.csv: column 'subject' holds 's0' more than once"),
        (
            {"table": "items.csv", "patient": "copy", "patient_pattern": None},
            r"column 'copy' is empty for image 'p01_0'",
        ),
    ],
)
def test_wrong_folders_and_columns_name_the_fix(folder, root, options, message):
    (root / "items.csv").write_text(TABLE)
    (root / "empty").mkdir()
    with pytest.raises((ConfigError, DataError), match=message):
        folder(**options).cases()


@pytest.mark.parametrize("text", ["id,site\n", "id,site\na\n", "id,site\na,b,c\n", 'id,site\n"a,b\n'])
def test_broken_tables_are_refused(folder, root, text):
    (root / "items.csv").write_text(text)
    with pytest.raises(DataError, match=r"items\.csv: "):
        folder(table="items.csv").cases()


def test_folder_of_other_files_says_what_it_holds(folder, root):
    shutil.rmtree(root / "images")
    (root / "images").mkdir()
    (root / "images/a.dcm").write_bytes(b"")
    with pytest.raises(DataError, match=r"images: has no readable file \(found: 1 \.dcm\); add .*\.png"):
        folder().cases()


def test_missing_and_ambiguous_files_are_all_collected(folder, root):
    (root / "masks/p00_0.png").rename(root / "masks/p00_0_mask.png")
    shutil.copy(root / "masks/p05_1.png", root / "masks/p05_1.bmp")
    with pytest.raises(
        IncompleteDatasetError, match=r"2 problems, the first is: .*images/p00_0\.png: there is no p00_0\.\*"
    ) as e:
        folder().cases()
    missing, ambiguous = e.value.problems
    assert "nearest name there is p00_0_mask.png" in str(missing)
    assert "holds several files p05_1.* (p05_1.bmp, p05_1.png); keep one of them" in str(ambiguous)
    assert len(e.value.cases) == 24
    with pytest.raises(DataError, match="there is no"):
        e.value.cases[0].read_mask()


def test_image_named_only_in_the_table(folder, root):
    (root / "items.csv").write_text(TABLE)
    (root / "images/p02_0.png").unlink()
    with pytest.raises(IncompleteDatasetError, match=r"items\.csv: there is no p02_0\.\* in .*images"):
        folder(table="items.csv").cases()


def test_no_cases_but_the_masks_of_images_are_needed(folder, root):
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(root / "masks/other.png")
    (root / "images/.hidden.png").write_bytes(b"")
    (root / "images/notes.txt").write_text("")
    assert len(folder().cases()) == 24


def test_bare_folder_asks_for_structures():
    with pytest.raises(ConfigError, match=r"dataset\.structure: unknown structure ''; choose from: \(none"):
        Folder()
