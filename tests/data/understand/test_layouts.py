"""A folder in any of the usual layouts is understood: it lists the pairs that were written, and nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from segaug.data.patient_names import UNKNOWN
from segaug.data.understand.built import built, listed
from segaug.data.understand.found import Wishes
from segaug.data.understand.proposal import understand
from segaug.errors import DataError

SIDE = 12
NUMBERED = [f"{place:03}" for place in range(12)]
SLICES = [f"p{patient:02}_slice{place}" for patient in range(6) for place in range(2)]


def _pixels(place: int) -> np.ndarray:
    return np.random.default_rng(place).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)


def _mask(place: int, value: int = 255) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[2:8, 2 : 4 + place % 6] = value
    return mask


def _write(root: Path, path: str, pixels: np.ndarray) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


def _tree(root: Path, image: str, mask: str, names: list[str], **more: list[str]) -> dict[str, str]:
    """Write images and masks by these forms; the pairs, by paths below root."""
    pairs = {}
    for place, name in enumerate(names):
        own = {key: texts[place % len(texts)] for key, texts in more.items()} | {"id": name}
        pairs[image.format(**own)] = mask.format(**own)
        _write(root, image.format(**own), _pixels(place))
        _write(root, mask.format(**own), _mask(place))
    return pairs


def _listed(root: Path) -> tuple[dict[str, str], object]:
    proposal = understand(root, Wishes(name="mine"))
    cases, problems = listed(built(proposal.kind, proposal.options))
    assert not problems
    assert not proposal.problems
    found = {
        case.image_file.relative_to(root).as_posix(): case.mask_file.relative_to(root).as_posix()
        for case in cases
        if case.mask_file
    }
    return found, proposal


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("images/{id}.png", "masks/{id}.png"),
        ("Images/{id}.png", "Annotations/{id}.png"),
        ("img/{id}.png", "gt/{id}.png"),
        ("{id}.png", "{id}_mask.png"),
        ("{id}.png", "{id}_segmentation.png"),
        ("img_{id}.png", "seg_{id}.png"),
        ("images/img_{id}.png", "labels/img_{id}.png"),
        (
            "ISIC2018_Task1-2_Training_Input/ISIC_{id}.bmp",
            "ISIC2018_Task1_Training_GroundTruth/ISIC_{id}_segmentation.png",
        ),
        ("{id}.bmp", "{id}.png"),
        ("first/{id}.png", "second/{id}.png"),
        ("data/here/{id}.png", "data/here/masks/{id}.png"),
    ],
)
def test_each_layout_lists_the_pairs_that_were_written(tmp_path: Path, image: str, mask: str) -> None:
    pairs = _tree(tmp_path, image, mask, NUMBERED)
    found, proposal = _listed(tmp_path)
    assert found == pairs
    assert proposal.patients.confidence == UNKNOWN
    assert proposal.patients.count == len(NUMBERED)
    assert proposal.options["structures"] == {"foreground": [255]}


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("{patient}/img/{id}.png", "{patient}/seg/{id}.png"),
        ("{patient}/{id}.png", "{patient}/{id}_mask.png"),
        ("images/{patient}/{id}.png", "masks/{patient}/{id}.png"),
    ],
)
def test_one_folder_a_patient(tmp_path: Path, image: str, mask: str) -> None:
    pairs = _tree(tmp_path, image, mask, NUMBERED, patient=["case_1", "case_2", "case_3", "case_4"])
    found, proposal = _listed(tmp_path)
    cases, _ = listed(built(proposal.kind, proposal.options))
    assert found == pairs
    assert {case.patient for case in cases} == {"case_1", "case_2", "case_3", "case_4"}
    assert proposal.patients.count == 4


def test_classes_and_parts_are_no_patients(tmp_path: Path) -> None:
    pairs = _tree(tmp_path / "a", "{of}/x ({id}).png", "{of}/x ({id})_mask.png", NUMBERED, of=["benign", "malignant"])
    found, proposal = _listed(tmp_path / "a")
    assert found == pairs
    assert proposal.patients.confidence == UNKNOWN

    pairs = _tree(tmp_path / "b", "{of}/images/{id}.png", "{of}/masks/{id}.png", NUMBERED, of=["train", "val", "test"])
    found, proposal = _listed(tmp_path / "b")
    cases, _ = listed(built(proposal.kind, proposal.options))
    assert found == pairs
    assert proposal.patients.confidence == UNKNOWN
    assert {case.part for case in cases} == {"train", "validation", "test"}


def test_several_masks_of_an_image_are_joined(tmp_path: Path) -> None:
    _tree(tmp_path, "benign ({id}).png", "benign ({id})_mask.png", NUMBERED)
    _write(tmp_path, "benign (003)_mask_1.png", _mask(11))
    _, proposal = _listed(tmp_path)
    cases, _ = listed(built(proposal.kind, proposal.options))
    assert [len(case.more_masks) for case in cases] == [1 if place == 3 else 0 for place in range(12)]
    assert "1 images have 2 masks, joined as one" in proposal.told["masks"][-1]
    assert "{a: '{id}_mask', b: '{id}_mask_1'}" in proposal.told["masks"][-1]
    assert not proposal.not_used


def test_masks_of_single_objects_lie_in_a_folder_of_their_image(tmp_path: Path) -> None:
    for place, name in enumerate(NUMBERED):
        _write(tmp_path, f"{name}/images/{name}.png", _pixels(place))
        for number in range(3):
            _write(tmp_path, f"{name}/masks/{place}{number}f.png", _mask(number))
    _, proposal = _listed(tmp_path)
    cases, _ = listed(built(proposal.kind, proposal.options))
    assert len(cases) == len(NUMBERED)
    assert all(len(case.more_masks) == 2 for case in cases)
    assert proposal.patients.confidence == UNKNOWN  # a folder an image says nothing of patients


def test_a_single_image_with_masks_in_its_folder_is_understood_and_cannot_be_split(tmp_path: Path) -> None:
    _write(tmp_path, "a1/images/a1.png", _pixels(0))
    for number in range(3):
        _write(tmp_path, f"a1/masks/{number}f.png", _mask(number))
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert "1 images have 3 masks, joined as one" in proposal.told["masks"][-1]
    assert "of 1 images in 1 groups of patients" in proposal.problems[-1]


@pytest.mark.parametrize("key", ["graders", "masks"])
def test_masks_that_are_joined_can_be_told_apart_by_what_is_advised(tmp_path: Path, key: str) -> None:
    for number in (1, 2):
        _tree(tmp_path, "images/{id}.png", f"masks/{{id}}_{number}.png", [f"a{name}" for name in NUMBERED])
    for name in NUMBERED:
        _write(tmp_path, f"masks/a{name}_2.png", _mask(0).T[::-1] * (np.arange(SIDE)[:, None] > 9))
    advice = understand(tmp_path, Wishes(name="mine")).told["masks"][-1]
    assert "12 images have 2 masks, joined as one" in advice
    said = yaml.safe_load(advice.split('"')[1].removeprefix("graders="))
    proposal = understand(tmp_path, Wishes(name="mine", options={key: said}))
    assert not proposal.problems
    assert not any("joined" in sentence for sentence in proposal.told["masks"])
    assert proposal.options[key] == said


def test_a_grader_whose_masks_are_not_there_is_a_problem(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    wishes = Wishes(name="mine", options={"graders": {"a": "masks", "b": "nope"}})
    [problem] = understand(tmp_path, wishes).problems
    assert "nope: does not exist" in problem
    assert "dataset.graders.b" in problem


def test_two_graders_and_a_file_for_each_structure(tmp_path: Path) -> None:
    _tree(tmp_path / "a", "images/{id}.png", "masks/{id}.png", NUMBERED)
    _tree(tmp_path / "a", "images/{id}.png", "masks_observer2/{id}.png", NUMBERED)
    proposal = understand(tmp_path / "a", Wishes(name="mine"))
    assert set(proposal.options["graders"].values()) == {"masks", "masks_observer2"}
    assert not proposal.not_used

    for structure in ("liver", "spleen"):
        _tree(tmp_path / "b", "images/{id}.png", f"masks/{structure}/{{id}}.png", NUMBERED)
    for name in NUMBERED:
        _write(tmp_path / "b", f"masks/spleen/{name}.png", _mask(0).T[::-1] * (np.arange(SIDE)[:, None] > 9))
    proposal = understand(tmp_path / "b", Wishes(name="mine"))
    assert proposal.options["masks"] == {"liver": "masks/liver", "spleen": "masks/spleen"}


def test_what_belongs_to_nothing_is_counted_and_images_without_a_mask_are_left_out(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    _write(tmp_path, "images/extra.png", _pixels(50))
    (tmp_path / "notes.txt").write_text("by hand")
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert proposal.not_used == {".txt": ["notes.txt"]}
    assert sorted(row["id"] for row in proposal.table) == NUMBERED
    assert "without a mask: extra (1 in all)" in " ".join(proposal.told["layout"])


def test_a_table_names_patients_even_where_a_spreadsheet_took_zeros(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    rows = [f"{int(name)};child {int(name) // 3};{'test' if int(name) > 8 else 'train'}" for name in NUMBERED]
    (tmp_path / "info.csv").write_text("\n".join(["file;Patient ID;split", *rows]) + "\n")
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert proposal.patients.count == 4
    assert {row["id"]: row["patient"] for row in proposal.table} == {
        name: f"child {int(name) // 3}" for name in NUMBERED
    }
    assert proposal.options["split"]["column"] == "part"


def test_images_that_a_table_does_not_name_are_counted_and_told(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    names = "\n".join(f"{name},child {int(name) // 2}" for name in NUMBERED[:-1])
    (tmp_path / "info.csv").write_text(f"file,patient\n{names}\n")
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert proposal.images == 11
    assert len(proposal.table) == 11
    assert "left out, as info.csv does not name them: 011 (1 in all)" in proposal.told["table"][1]
    said = understand(tmp_path, Wishes(name="mine", options={"table": None}))
    assert said.images == 12


def test_a_table_of_names_alone_leaves_nothing_out(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    _write(tmp_path, "images/001.png", _pixels(0))  # equal pixels need a table
    (tmp_path / "info.csv").write_text("\n".join(["file", *NUMBERED[:-1]]) + "\n")
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert proposal.images == len(proposal.table) == 12


def test_equal_pixels_stay_together(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    _write(tmp_path, "images/011.png", _pixels(0))
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert [row["id"] for row in proposal.table if row["group"]] == ["000", "011"]


def test_parts_fit_few_patients(tmp_path: Path) -> None:
    _tree(tmp_path, "img_{id}.png", "seg_{id}.png", [f"Image_{n:02}{eye}" for n in range(1, 15) for eye in "LR"])
    _, proposal = _listed(tmp_path)
    assert proposal.patients.count == 14
    assert proposal.pool >= 12


def test_arrays_with_official_parts(tmp_path: Path) -> None:
    arrays = {}
    for place, (part, count) in enumerate((("train", 8), ("val", 2), ("test", 4))):
        arrays[f"{part}_images"] = np.stack([_pixels(20 * place + at) for at in range(count)])
        arrays[f"{part}_label"] = np.stack([_mask(at, 1) for at in range(count)])
    np.savez(tmp_path / "set.npz", **arrays)
    proposal = understand(tmp_path, Wishes(name="mine"))
    cases, problems = listed(built(proposal.kind, proposal.options))
    assert not problems
    assert [sum(case.part == part for case in cases) for part in ("train", "validation", "test")] == [8, 2, 4]


def test_outlines_of_coco_and_labelme(tmp_path: Path) -> None:
    square = [2, 2, 8, 2, 8, 8, 2, 8]
    whole: dict[str, list] = {"images": [], "annotations": [], "categories": [{"id": 7, "name": "lesion"}]}
    for place, name in enumerate(NUMBERED):
        for tool in ("coco", "labelme"):
            _write(tmp_path / tool, f"images/{name}.png", _pixels(place))
        whole["images"].append({"id": place, "file_name": f"{name}.png", "height": SIDE, "width": SIDE})
        whole["annotations"].append({"id": place, "image_id": place, "category_id": 7, "segmentation": [square]})
        shape = {"label": "lesion", "points": [[2, 2], [8, 2], [8, 8]], "shape_type": "polygon"}
        own = {"shapes": [shape], "imagePath": f"{name}.png", "imageHeight": SIDE, "imageWidth": SIDE}
        (tmp_path / f"labelme/images/{name}.json").write_text(json.dumps(own))
    (tmp_path / "coco/annotations.json").write_text(json.dumps(whole))
    for tool in ("coco", "labelme"):
        proposal = understand(tmp_path / tool, Wishes(name="mine"))
        cases, problems = listed(built(proposal.kind, proposal.options))
        assert not problems
        assert [case.id for case in cases] == NUMBERED
        assert proposal.options["categories"] == ["lesion"]
        assert set(np.unique(cases[0].read_mask())) == {0, 1}


def test_volumes_of_nnunet_name_their_structures_and_ct_asks_for_a_window(tmp_path: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    for place in range(6):
        for part, voxels in (("imagesTr", _pixels(place)), ("labelsTr", _mask(place, 1))):
            name = f"{part}/liver_{place}{'_0000' if part == 'imagesTr' else ''}.nii.gz"
            (tmp_path / part).mkdir(exist_ok=True)
            whole = np.stack([voxels] * 4, axis=2)
            nibabel.save(nibabel.Nifti1Image(whole, np.diag([1.0, 1.0, 2.0, 1.0])), tmp_path / name)
    told = {"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1}, "file_ending": ".nii.gz"}
    (tmp_path / "dataset.json").write_text(json.dumps(told))
    proposal = understand(tmp_path, Wishes(name="mine"))
    assert proposal.options["structures"] == {"liver": [1]}
    assert proposal.patients.count == 6
    assert proposal.asks is not None
    assert not proposal.not_used
    window = {"how": "window", "window": [-160.0, 240.0]}
    said = understand(tmp_path, Wishes(name="mine", options={"intensity": window}))
    assert said.asks is None
    assert said.options["intensity"] == window


def test_a_mask_that_cannot_be_read_is_a_problem_that_is_named(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    (tmp_path / "masks/004.png").write_bytes((tmp_path / "masks/004.png").read_bytes()[:60])
    (tmp_path / "images/005.png").write_bytes(b"")
    problems = understand(tmp_path, Wishes(name="mine")).problems
    assert len(problems) == 2
    assert "images/005.png" in problems[0]
    assert "masks/004.png" in problems[1]


def test_a_broken_file_of_another_layout_is_told_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "old.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match=r"old\.npz"):
        understand(tmp_path, Wishes(name="mine"))
    pairs = _tree(tmp_path, "images/{id}.png", "masks/{id}.png", NUMBERED)
    found, proposal = _listed(tmp_path)
    assert found == pairs
    assert proposal.not_used == {".npz": ["old.npz"]}
    assert any("not used: " in sentence and "old.npz" in sentence for sentence in proposal.told["layout"])


def test_what_is_said_stands_above_every_guess(tmp_path: Path) -> None:
    _tree(tmp_path, "images/{id}.png", "masks/{id}.png", SLICES)
    assert understand(tmp_path, Wishes(name="mine")).patients.count == 6
    said = understand(tmp_path, Wishes(name="mine", options={"size": 96, "patient_pattern": None}))
    assert said.options["size"] == 96
    assert said.options["patient_pattern"] is None


def test_a_folder_without_masks_is_refused_by_what_it_holds(tmp_path: Path) -> None:
    for place, name in enumerate(NUMBERED):
        _write(tmp_path, f"{name}.png", _pixels(place))
    with pytest.raises(DataError, match=r"holds 12 \.png, and no images with masks"):
        understand(tmp_path, Wishes(name="mine"))
