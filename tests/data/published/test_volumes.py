"""Each published set of volumes, in its exact layout: the right pixels, patients, parts and spacing, and its traps."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.volumes import Volumes
from segaug.data.pixels import mask_values
from segaug.errors import ConfigError, DataError
from segaug.experiment.config.choice import option
from segaug.experiment.outside import own_loader
from tests.data.formats.written import affine, write_nifti
from tests.data.published.volume_trees import PUBLISHED, SHAPE, btcv_export, marked, scan, values


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Write the tree of a set, and give its data set and root."""
    monkeypatch.setenv("SEGAUG_DATA", str(tmp_path))

    def write_and_compose(name: str):
        dataset = option(own_loader(), "dataset", name)
        root = Path(dataset.root.replace("$SEGAUG_DATA", str(tmp_path)))
        root.mkdir(parents=True)
        PUBLISHED[name].write(root)
        return dataset, root

    return write_and_compose


def problems(dataset) -> str:
    with pytest.raises(IncompleteDatasetError) as caught:
        dataset.cases()
    return "\n".join(map(str, caught.value.problems))


def seen(voxels: np.ndarray, axis: str, place: int) -> np.ndarray:
    """A slice of a volume that runs to superior, posterior and left."""
    return voxels[place] if axis == "axial" else voxels[::-1, :, place]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_right_pixels_patients_parts_and_spacing(name, load):
    dataset, _ = load(name)
    published, cases = PUBLISHED[name], dataset.cases()
    assert {case.id[:-5] for case in cases} == set(published.volumes)
    wanted = [marked(blocks) for blocks in published.marked]
    axis = dataset.slices.axis
    for case in cases:
        patient, number, part = published.volumes[case.id[:-5]]
        place = int(case.id[-3:])
        assert (case.patient, case.part) == (patient, part)
        assert np.array_equal(case.read_image(), seen(scan(number), axis, place))
        mask = mask_values(case, dataset.values(), None)
        for numbers, inside in zip(dataset.foreground(), wanted, strict=True):
            assert np.array_equal(np.isin(mask, numbers), seen(inside, axis, place))
        assert case.pixel_mm == pytest.approx((2, 1.5) if axis == "axial" else (3, 2))
    assert any(seen(np.logical_or.reduce(wanted), axis, int(case.id[-3:])).any() for case in cases)


@pytest.mark.parametrize("name", [*PUBLISHED, "btcv_export"])
def test_a_card_says_what_it_is_and_ct_has_a_window(name):
    dataset = option(own_loader(), "dataset", name)
    kind = dataset.modality.split(",")[0]
    assert kind in ("CT", "MRI")
    assert (dataset.intensity.how, dataset.intensity.per) == (
        ("window", "image") if kind == "CT" else ("percentile", "volume")
    )
    assert all((dataset.anatomy, dataset.licence, dataset.citation, dataset.source, dataset.note, dataset.extent))
    assert dataset.access in ("free", "form", "ask")
    assert dataset.address.startswith(("https://", "http://medicaldecathlon.com"))
    assert dataset.traps
    assert name not in dataset.overlaps
    for other in set(dataset.overlaps) & set(PUBLISHED):
        assert name in option(own_loader(), "dataset", other).overlaps


def test_empty_masks_are_counted_and_nothing_of_them_is_taken(load):
    dataset, root = load("ct_lung")
    for file in (root / "s0000" / "segmentations").iterdir():
        write_nifti(file, values(), affine())
    assert {case.patient for case in dataset.cases()} == {"s0001", "s0002"}
    assert "nothing of 1 patients, who do not have it (s0000)" in dataset.remarks()[0]


def test_a_lobe_that_is_missing_or_holds_two_values_is_named(load):
    dataset, root = load("ct_lung")
    (root / "s0000" / "segmentations" / "lung_middle_lobe_right.nii.gz").unlink()
    write_nifti(root / "s0001" / "segmentations" / "lung_upper_lobe_left.nii.gz", values(A=1, B=2), affine())
    write_nifti(root / "s0002" / "segmentations" / "lung_upper_lobe_left.nii.gz", values(A=1)[1:], affine())
    told = problems(dataset)
    assert "there is no s0000 in" in told
    assert "lung_upper_lobe_left.nii.gz: stands for one structure, but holds 2 values besides 0: 1, 2" in told
    assert "has 10 x 14 x 12 voxels (slices x rows x columns), its image" in told


def test_files_of_two_structures_may_not_overlap(load):
    _, root = load("ct_heart")
    places = {name: f"{{id}}/segmentations/{name}.nii.gz" for name in ("heart", "liver")}
    dataset = Volumes(root=str(root), images="{id}/ct.nii.gz", masks=places, structure="all")
    assert "liver.nii.gz: overlaps with heart.nii.gz in 63 voxels; give each voxel to one structure" in problems(
        dataset
    )


def test_unlabelled_volumes_do_not_count_as_empty(load):
    dataset, root = load("covid_infection")
    assert len(dataset.remarks()) == 1
    shutil.copy(root / "Validation" / "volume-covid19-A-0000_ct.nii.gz", root / "Train")
    assert "there is no volume-covid19-A-0000 in" in problems(dataset)


def test_volumes_without_a_public_mask_are_left_out_and_that_is_said(load):
    dataset, root = load("abdomen_liver")
    assert dataset.remarks()[1].startswith("1 volumes have no mask, among them")
    (root / "Mask" / "Case_00777.nii.gz").write_bytes((root / "Mask" / "Case_00801.nii.gz").read_bytes())
    assert "Case_00777.nii.gz: has no image Case_00777 in" in problems(dataset)
    (root / "AbdomenCT-1K-ImagePart2").mkdir()
    image = root / "AbdomenCT-1K-ImagePart1" / "Case_00001_0000.nii.gz"
    shutil.copy(image, root / "AbdomenCT-1K-ImagePart2")
    assert "holds several of the name Case_00001" in problems(dataset)


def test_sources_that_the_owners_hide_are_overlaps():
    hidden = option(own_loader(), "dataset", "abdomen_kidney")
    assert {"kits_kidney", "kits_tumour", "msd_pancreas", "msd_spleen", "msd_liver"} < set(hidden.overlaps)
    assert "hide which volume" in hidden.traps[0]


def test_a_corrected_mask_that_is_missing_is_not_replaced_by_that_of_the_program(load):
    dataset, root = load("lgg_tcia")
    next(root.glob("TCGA-HT-7680/*_ManuallyCorrected.nii.gz")).unlink()
    assert {case.patient for case in dataset.cases()} == {"TCGA-CS-4941"}
    assert dataset.remarks()[1].startswith("1 volumes have no mask")


def test_frames_are_those_of_the_file_beside_them(load):
    dataset, root = load("acdc")
    by_id = {case.id: case for case in dataset.cases()}
    of_frames = {(id[:-5], case.image_file.name) for id, case in by_id.items() if case.patient == "patient101"}
    assert ("testing/patient101/ED", "patient101_frame14.nii.gz") in of_frames
    assert ("testing/patient101/ES", "patient101_frame01.nii.gz") in of_frames
    assert not any("4d" in case.image_file.name for case in by_id.values())
    assert {case.site for case in by_id.values()} == {"DCM"}
    folder = root / "database" / "testing" / "patient101"
    (folder / "Info.cfg").write_text("ED: 14\nES: 7\nGroup: NOR\n")
    with pytest.raises(DataError, match=r"Info.cfg: says ES: 7, and .*patient101 has no file of that number"):
        dataset.cases()
    (folder / "Info.cfg").write_text("ED: 14\nGroup: NOR\n")
    with pytest.raises(DataError, match=r"Info.cfg: has no ES \(it has ED, Group\); add the line `ES: value`"):
        dataset.cases()
    (folder / "Info.cfg").unlink()
    with pytest.raises(DataError, match=r"Info.cfg: cannot be read"):
        dataset.cases()


def test_a_mask_of_a_frame_that_is_not_named_is_refused(load):
    dataset, root = load("acdc")
    folder = root / "database" / "training" / "patient001"
    for end in ("", "_gt"):
        shutil.copy(folder / f"patient001_frame01{end}.nii.gz", folder / f"patient001_frame05{end}.nii.gz")
    with pytest.raises(DataError, match=r"frame05_gt.nii.gz: is the mask of a frame that .*Info.cfg does not name"):
        dataset.cases()
    (folder / "patient001_frame05_gt.nii.gz").unlink()
    assert len({case.image_file for case in dataset.cases()}) == 4


def test_facts_choose_volumes_and_sites(load):
    dataset, root = load("acdc_lv")
    (root / "database" / "training" / "patient001" / "Info.cfg").write_text("ED: 1\nES: 12\nGroup: HCM\n")
    options = {key: getattr(dataset, key) for key in ("images", "masks", "facts", "frames", "structures")}

    def chosen(**more) -> Volumes:
        return Volumes(root=str(root), structure="lv", **{**options, **more})

    assert {case.patient for case in chosen(where={"Group": ["HCM"]}).cases()} == {"patient001"}
    with pytest.raises(ConfigError, match=r"Group of .* is never 'NOR'; it is: DCM, HCM"):
        chosen(where={"Group": ["NOR"]}).cases()
    with pytest.raises(ConfigError, match=r"dataset.facts: is set together with dataset.table"):
        chosen(table="t.csv")
    with pytest.raises(ConfigError, match=r"dataset.frames: names frames, but there is no file"):
        chosen(facts=None)
    with pytest.raises(ConfigError, match=r"dataset.facts: has {site}, which dataset.images has not; use {part}"):
        chosen(facts="{site}/Info.cfg").cases()


def test_the_pattern_chooses_volumes_beside_facts_and_without_them(load):
    dataset, root = load("acdc_lv")
    options = {key: getattr(dataset, key) for key in ("images", "masks", "structures")}
    facts = {key: getattr(dataset, key) for key in ("facts", "frames")}

    def patients(**more) -> set[str]:
        return {case.patient for case in Volumes(root=str(root), structure="lv", **{**options, **more}).cases()}

    assert patients() == {"patient001", "patient101"}
    assert patients(where={"part": ["testing"]}) == {"patient101"}
    assert patients(where={"part": ["testing"]}, **facts) == {"patient101"}
    group = {"Group": [read_group(root, "training", "patient001")]}
    assert patients(where={"part": ["training"], **group}, **facts) == {"patient001"}
    with pytest.raises(ConfigError, match=r"\{part\} of .* is never 'other'; it is: testing, training"):
        patients(where={"part": ["other"]}, **facts)
    with pytest.raises(ConfigError, match=r"dataset.facts: is set, and nothing asks what it says"):
        patients(where={"part": ["testing"]}, facts=facts["facts"])


def read_group(root, part, patient) -> str:
    return (root / "database" / part / patient / "Info.cfg").read_text().partition("Group: ")[2].split()[0]


def test_hidden_copies_of_a_mac_are_no_volumes(load):
    dataset, root = load("msd_spleen")
    assert len(list((root / "imagesTr").glob("._*"))) == 2
    assert {case.image_file.name for case in dataset.cases()} == {"spleen_10.nii.gz", "spleen_12.nii.gz"}


def test_a_channel_is_chosen_by_the_name_that_the_file_of_the_task_gives_it(load):
    dataset, root = load("msd_prostate")
    options = {"root": str(root), "structures": dataset.structures, "structure": "transition"}
    case = Volumes(channel="ADC", **options).cases()[0]
    assert case.patient == "prostate_04"
    assert np.array_equal(case.read_image(), scan(1 + 3)[int(case.id[-3:])])
    with pytest.raises(ConfigError, match=r"got FLAIR, and .*dataset.json names t2 \(0\), adc \(1\)"):
        Volumes(channel="FLAIR", **options).cases()


def test_labels_of_another_release_are_refused_by_its_name(load):
    for name, value, words in (
        ("brats_wt", 3, r"holds the value 3: BraTS 2023 or later, where 3 is what was 4 \(enhancing tumour\)"),
        ("kits_kidney", 3, "holds the value 3: KiTS of 2021 or 2023, where 3 is a cyst"),
        ("msd_brain_wt", 4, "holds the value 4: BraTS up to 2021, where 1 is necrosis, 2 oedema and 4 enhancing"),
    ):
        dataset, root = load(name)
        file = next(
            file for file in sorted(root.rglob("*.nii.gz")) if re.search(r"_seg|segmentation|labelsTr/B", str(file))
        )
        write_nifti(file, values(A=1, B=2, C=value), affine())
        assert re.search(f"{file.name}: {words}.*; use the release that this set is of", problems(dataset))


def test_a_value_of_another_release_can_be_declared(load):
    dataset, root = load("kits_kidney")
    options = {key: getattr(dataset, key) for key in ("images", "masks", "missing_mask")}
    write_nifti(root / "case_00000" / "imaging.nii.gz", scan(0), affine())
    write_nifti(root / "case_00000" / "segmentation.nii.gz", values(A=1, B=2, C=3), affine())
    cysts = Volumes(root=str(root), structures={"kidney": [1, 2, 3]}, structure="kidney", **options)
    assert max(case.read_mask().max() for case in cysts.cases()) == 3


def test_sessions_of_one_subject_stay_on_one_side(load):
    dataset, _ = load("atlas_stroke")
    cases = dataset.cases()
    sessions = {case.id.split("_s0")[0]: case.patient for case in cases}
    assert sessions["sub-r009s003/ses-1"] == sessions["sub-r009s003/ses-2"] == "sub-r009s003"


def test_a_mask_of_each_spelling_is_found_and_two_are_refused(load):
    dataset, root = load("prostate_site_a")
    site = root / "BMC"
    (site / "Case05_Segmentation.nii.gz").rename(site / "Case05_segmentation.nii.gz")
    assert {case.patient for case in dataset.cases()} == {"Case00", "Case05"}
    shutil.copy(site / "Case05_segmentation.nii.gz", site / "Case05_Segmentation.nii.gz")
    assert "holds several of the name Case05 (Case05_Segmentation.nii.gz, Case05_segmentation.nii.gz)" in problems(
        dataset
    )


def test_sites_have_no_common_window():
    for name in ("prostate_site_a", "prostate_site_b"):
        dataset = option(own_loader(), "dataset", name)
        assert dataset.intensity.per == "volume"
        assert any("endorectal coil" in trap for trap in dataset.traps)


def test_an_export_has_an_order_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGAUG_DATA", str(tmp_path))
    dataset = option(own_loader(), "dataset", "btcv_export")
    btcv_export(tmp_path / "Synapse")
    cases = dataset.cases()
    assert {case.patient for case in cases} == {"case0005", "case0040"}
    assert len(cases) == 2 * SHAPE[0]
    spleen = next(case for case in cases if case.id == "case0040_slice005")
    assert np.array_equal(spleen.read_mask() == 7, marked("A")[5])
    assert dataset.foreground() == ((7,),)
    assert np.allclose(spleen.read_image(), scan(1)[5] / 8000)
    raw = option(own_loader(), "dataset", "btcv_spleen")
    assert {name: raw.structures[name] for name in ("spleen", "liver")} == {"spleen": [1], "liver": [6]}
    assert "btcv_spleen" in dataset.overlaps


def test_an_export_with_the_organs_of_btcv_itself_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGAUG_DATA", str(tmp_path))
    dataset = option(own_loader(), "dataset", "btcv_export")
    btcv_export(tmp_path / "Synapse")
    file = tmp_path / "Synapse" / "train_npz" / "case0005_slice005.npz"
    np.savez(file, image=scan(0)[5] / 8000, label=values(A=13)[5])
    case = next(case for case in dataset.cases() if case.id == "case0005_slice005")
    with pytest.raises(DataError, match=r"holds the values 13 \(21 px\); allowed are 0, 1, 2, 3, 4, 5, 6, 7, 8"):
        mask_values(case, dataset.values(), None)
