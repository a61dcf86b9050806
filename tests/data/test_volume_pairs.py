"""Which files are volumes and which their masks, where a pattern says it, or a structure has several files."""

from pathlib import Path

import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.facts import FactFiles, by_frame
from segaug.data.kinds.volumes import Volumes
from segaug.data.task import SplitSizes
from segaug.errors import ConfigError, DataError
from tests.data.formats.written import affine, head, write_nifti


def tree(root: Path, *files: str) -> Path:
    """Volumes at these places; those called mask or seg hold 1 everywhere."""
    for file in files:
        is_mask = any(word in file for word in ("mask", "seg"))
        write_nifti(root / file, head() * 0 + 1 if is_mask else head(), affine())
    return root


def volumes(root: Path, images: str, masks: object, **options) -> Volumes:
    own = {} if isinstance(masks, dict) else {"structures": {"organ": [1]}}
    own |= {"structure": next(iter(masks)) if isinstance(masks, dict) else "organ", "size": 8}
    return Volumes(root=str(root), images=images, masks=masks, **{**own, **options})


def test_a_pattern_says_patients_sites_and_parts(tmp_path):
    root = tree(tmp_path, *(f"{part}/oslo/p1/{file}.nii.gz" for part in ("tr",) for file in ("a_t1", "a_mask")))
    place = "{part}/{site}/{patient}/{id}_"
    (case, *_) = volumes(root, f"{place}t1.nii.gz", f"{place}mask.nii.gz").cases()
    assert (case.id[:-5], case.patient, case.site, case.part) == ("tr/oslo/p1/a", "p1", "oslo", "train")


def test_an_option_may_not_say_what_the_pattern_says(tmp_path):
    place = "{patient}/{id}"
    with pytest.raises(ConfigError, match=r"dataset.patient_pattern: is set, and dataset.images has {patient}"):
        volumes(tmp_path, f"{place}.nii", f"{place}_m.nii", patient_pattern="(p)")
    with pytest.raises(ConfigError, match=r"dataset.split.column: is set, and dataset.images has {part}"):
        volumes(tmp_path, "{part}/{id}.nii", "m/{part}/{id}.nii", split=SplitSizes(column="part"))


def test_images_and_masks_name_the_same(tmp_path):
    root = tree(tmp_path, "p1/a_t1.nii.gz", "masks/a_mask.nii.gz")
    with pytest.raises(ConfigError, match=r"masks/{id}_mask.nii.gz has {id}, and dataset.images has {patient}, {id}"):
        volumes(root, "{patient}/{id}_t1.nii.gz", "masks/{id}_mask.nii.gz").cases()
    assert volumes(root, "*/{id}_t1.nii.gz", "masks/{id}_mask.nii.gz").cases()


def test_a_name_that_can_be_read_in_two_ways_is_refused(tmp_path):
    root = tree(tmp_path, "a_b_c.nii.gz", "seg/a_b_c.nii.gz")
    with pytest.raises(DataError, match=r"can be read in two ways by {patient}_{id}.nii.gz: its patient is 'a' or"):
        volumes(root, "{patient}_{id}.nii.gz", "seg/{patient}_{id}.nii.gz").cases()


def test_what_both_find_is_of_the_one_that_says_more(tmp_path):
    root = tree(tmp_path, "a.nii.gz", "a_mask.nii.gz")
    assert {case.patient for case in volumes(root, "{id}.nii.gz", "{id}_mask.nii.gz").cases()} == {"a"}
    other = tree(tmp_path / "other", "a_t1.nii.gz")
    write_nifti(other / "a.nii.gz", head() * 0 + 1, affine())
    assert {case.image_file.name for case in volumes(other, "{id}_t1.nii.gz", "{id}.nii.gz").cases()} == {"a_t1.nii.gz"}
    with pytest.raises(ConfigError, match=r"finds the same files as dataset\.images"):
        volumes(root, "{id}.nii.gz", "{id}.nii.gz").cases()
    alone = tree(tmp_path / "alone", "a_mask.nii.gz")
    with pytest.raises(ConfigError, match="find the same files, and none is left for one"):
        volumes(alone, "{id}.nii.gz", "{id}_mask.nii.gz").cases()


def test_what_has_no_partner_is_left_out_where_that_is_said_alone(tmp_path):
    root = tree(tmp_path, *(f"{name}_{kind}.nii.gz" for name, kind in (
        ("a", "t1"), ("a", "mask"), ("only", "t1"), ("lost", "mask"))))  # fmt: skip
    places = ("{id}_t1.nii.gz", "{id}_mask.nii.gz")
    with pytest.raises(IncompleteDatasetError) as caught:
        volumes(root, *places).cases()
    told = "\n".join(map(str, caught.value.problems))
    assert "lost_mask.nii.gz: has no image lost in" in told
    assert "only_t1.nii.gz: there is no only in" in told
    assert len(caught.value.problems) == 2
    chosen = volumes(root, *places, missing_mask="leave_out", missing_image="leave_out")
    assert {case.patient for case in chosen.cases()} == {"a"}
    assert [remark.split(",")[0] for remark in chosen.remarks()[1:]] == [
        "1 volumes have no mask",
        "1 masks have no volume",
    ]


def test_a_table_may_name_volumes_of_a_pattern(tmp_path):
    root = tree(tmp_path, "a/t1.nii.gz", "a/mask.nii.gz", "b/t1.nii.gz", "b/mask.nii.gz")
    (root / "t.csv").write_text("id,who\nb,p7\n")
    cases = volumes(root, "{id}/t1.nii.gz", "{id}/mask.nii.gz", table="t.csv", patient="who").cases()
    assert {case.patient for case in cases} == {"p7"}


def test_two_files_of_one_frame_are_refused_by_both_names(tmp_path):
    (tmp_path / "a.cfg").write_text("ED: 1\n")
    files = FactFiles(root=tmp_path, text="{patient}.cfg", names=("patient", "id"), follow_links=False)
    found = {"a/1": [tmp_path / "a/1.nii"], "a/01": [tmp_path / "a/01.nii"]}
    with pytest.raises(DataError, match=r"01\.nii: is of the same frame as .*a/1\.nii"):
        by_frame(found, files, ["ED"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"masks": {}}, r"dataset.masks: got {}; use a folder, a pattern, or a mapping"),
        ({"masks": {"organ": [1]}}, r"dataset.masks: got {'organ': \[1\]}"),
        ({"masks": {"organ": "m"}, "structures": {"x": [1]}}, "dataset.structures: is set, but dataset.masks names"),
        ({"missing_mask": "empty"}, "dataset.missing_mask: got 'empty'; use error or leave_out"),
        ({"facts": "{id}.cfg"}, "dataset.facts: is set, and nothing asks what it says"),
        ({"releases": {"cyst": "later"}}, "dataset.releases: got 'cyst'; name a mask value"),
    ],
)
def test_wrong_options_are_one_sentence(options, words):
    with pytest.raises(ConfigError, match=words):
        Volumes(**{"root": "/x", "structure": "organ", "structures": {}, **options})


def test_parts_of_a_mask_are_volume_files(tmp_path):
    root = tree(tmp_path, "images/a.nii.gz", "left/a.nii.gz")
    (root / "right" / "a").mkdir(parents=True)
    with pytest.raises(DataError, match=r"right/a: is one of several parts of a mask, and no such volume"):
        volumes(root, "images", {"organ": ["left", "right"]}).cases()
