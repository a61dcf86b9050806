"""The published sets of pictures: each config reads its layout as it is handed out, and meets what others fell over."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PIL import Image

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.check.check import check
from segaug.data.decode import decode
from segaug.data.kinds.ceiling import ceiling
from segaug.data.kinds.stored import Stored
from segaug.data.rules.canvas import Canvas
from segaug.data.split import split
from segaug.data.task import SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from segaug.experiment.outside import compose
from tests.data.published import picture_trees as trees
from tests.data.published.picture_trees import ell
from tests.data.small_sets import save

NO_EXTERNAL = SplitSizes(min_validation=1, max_external=0)


@cache
def config(name: str) -> Stored:
    return compose([f"dataset={name}"]).config.dataset


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a tree where the config of a set looks for it; gives the root."""

    def write(name, tree, **options):
        monkeypatch.setenv("SEGAUG_DATA", str(tmp_path))
        dataset = config(name)
        root = tmp_path / dataset.root.removeprefix("$SEGAUG_DATA/")
        tree(root, **options)
        return root

    return write


def cases(name) -> dict[str, FileCase]:
    return {case.id: case for case in config(name).cases()}


def same(mask, truth) -> float:
    """Dice."""
    return 2 * (mask & truth).sum() / (mask.sum() + truth.sum())


def patients(found) -> list[str]:
    return [case.patient for case in found.values()]


def parts(name) -> dict[str, list[str]]:
    dataset = config(name)
    found = dataset.cases()
    cut = split(found, replace(dataset.split, min_validation=1, max_external=0))
    return {part: [found[row].id for row in rows] for part, rows in vars(cut).items()}


def bright(image):
    """The L, which is 180 to 200 of 200 where all else is 80 at most."""
    grey = image.max(axis=-1) if image.ndim == 3 else image
    return grey > 0.65 * grey.max()


def test_outlines_of_xrays_lie_on_images_that_were_cropped_and_padded(written):
    written("xray_lung", trees.write_xrays)  # of both sets
    lungs, hearts = cases("xray_lung"), cases("xray_heart")
    assert set(lungs) == set(trees.XRAYS)  # not MCUCXR_0002_0, which the table does not name
    assert set(hearts) == {"JPCLN001", *trees.PADCHEST}
    left = int(trees.on_canvas(64)[:, 0].min()) - 1
    for name, case in lungs.items():
        image, mask = case.read_image(), case.read_mask() > 0
        assert image.shape[:2] == mask.shape == (1024, 1024)
        assert same(bright(image), mask) > 0.99, name
        assert not mask[:, :left].any()
        if name in hearts:  # which are all of the L here, and lungs its two parts
            np.testing.assert_array_equal(hearts[name].read_mask() > 0, mask)
    study, *_ = trees.PADCHEST[0].split("_")
    assert Counter(patients(lungs))[study] == 2
    radiograph = lungs["JPCLN001"]
    assert radiograph.site == "JSRT"
    assert radiograph.read_image().max() == pytest.approx(1 - 700 / 4096)


def test_without_the_crop_outlines_are_shifted_and_the_check_says_so(written, tmp_path):
    def many(root):
        for number in range(14):
            save(root / f"Montgomery/CXR_png/M{number}.png", trees.framed(5, (9, 40), (60, 4), number))
            trees.write_landmarks(root, f"M{number}", trees.on_canvas(5, 96), ("RL", "LL"))
        for folder in ("JSRT/All247images", "Shenzhen/CXR_png", "Padchest/Images"):
            save(root / folder / "other.png", trees.picture())
        rows = [f"M{number}.png,Montgomery,True,False" for number in range(14)]
        (root / "clinical.csv").write_text("\n".join(["File,Dataset,Lung Annotations,Heart Annotations", *rows]))

    written("xray_lung", many)
    right = replace(config("xray_lung"), canvas=Canvas(side=96), split=NO_EXTERNAL, size=32)
    assert not [note for note in check(right).notes if "moved" in note]
    shifted = replace(right, canvas=Canvas(side=96, whole=["Montgomery"]))
    (note,) = [note for note in check(shifted).notes if "moved" in note]
    assert "were images and masks cropped or padded in different ways?" in note


def test_a_black_image_and_a_radiograph_of_another_format_are_refused(written):
    root = written("xray_lung", trees.write_xrays)
    save(root / "Montgomery/CXR_png/MCUCXR_0001_0.png", np.zeros((40, 30), np.uint8))
    with pytest.raises(DataError, match=r"MCUCXR_0001_0\.png: has no pixel above 1 of 255, so that"):
        cases("xray_lung")["MCUCXR_0001_0"].read_image()
    (root / "JSRT/All247images/JPCLN001.IMG").write_bytes(bytes(1000))
    with pytest.raises(DataError, match=r"JPCLN001\.IMG: has 1,000 bytes, and a raw radiograph of JSRT has 8,388,608"):
        cases("xray_lung")["JPCLN001"].read_image()
    np.full(2048 * 2048, 3000, "<u2").tofile(root / "JSRT/All247images/JPCLN001.IMG")
    with pytest.raises(DataError, match=r"holds values up to 47115, and JSRT has 12 bits, the upper byte first"):
        cases("xray_lung")["JPCLN001"].read_image()


@pytest.mark.parametrize(("name", "truth"), [("xray_diaphragm", ell(2)), ("xray_spine", ell(2)[::-1])])
def test_pseudo_labels_are_called_so_and_keep_studies_together(written, name, truth):
    written(name, trees.write_pseudo)
    found = cases(name)
    assert len(found) == 5
    assert len(set(patients(found))) == 4
    for case in found.values():
        np.testing.assert_array_equal(case.read_mask(), truth)
    assert "seudo-labels" in config(name).note
    assert "labels were made by a model" in " ".join(config(name).traps)


def test_slices_of_kaggle_are_read_once_of_the_one_sequence_and_by_patient(written):
    written("lgg", trees.write_lgg)
    every = replace(config("lgg"), per_patient=None)
    found = {case.id: case for case in every.cases()}
    assert len(found) == 6  # the archive holds twelve
    assert patients(found) == ["TCGA_CS_4941"] * 2 + ["TCGA_DU_5871"] * 4
    sizes = SplitSizes(test_share=0.1, min_validation=0, max_external=0)
    dataset = replace(every, size=12, split=sizes)
    listed = dataset.cases()
    green, red = (decode(one, listed, split(listed, sizes)) for one in (dataset, replace(dataset, channel=0)))
    assert green.image.shape[1] == 1
    assert green.content_hash != red.content_hash
    np.testing.assert_array_equal(found[f"{trees.LGG[0]}_1"].read_mask(), ell())
    assert check(dataset).notes == ("3 masks hold none of the chosen structure",)


def test_of_slices_of_kaggle_few_without_a_tumour_are_taken(written):
    written("lgg", trees.write_lgg)
    assert list(cases("lgg")) == [f"{visit}_1" for visit in trees.LGG]
    assert config("lgg").remarks() == ["taken are 3 of the 3 slices that hold the structure, and 0 of the 3 others"]
    half = replace(config("lgg"), per_patient=1, share_without=1.0)
    assert [case.id for case in half.cases()] == [f"{visit}_{number}" for visit in trees.LGG[::2] for number in (1, 10)]


def test_contours_of_two_experts_are_joined_and_both_eyes_are_one_patient(written):
    written("papila_disc", trees.write_papila)  # of both sets
    for name, moved in (("papila_disc", 0), ("papila_cup", 4)):
        found = cases(name)
        eyes = {"RET002OD": "RET002", "RET002OS": "RET002", "RET004OD": "RET004"}
        assert dict(zip(found, patients(found), strict=True)) == eyes
        first = np.roll(ell(4) > 0, moved, axis=1)
        lower = np.roll(first, 4, axis=0)
        np.testing.assert_array_equal(found["RET002OD"].read_mask(), first & lower)
        for grader, truth in (("expert_1", first), ("expert_2", lower), ("union", first | lower)):
            (mask, *_) = replace(config(name), grader=grader).cases()
            np.testing.assert_array_equal(mask.read_mask(), truth)
        structure = name.split("_")[1]
        assert ceiling(config(name), ["RET002OD"])[structure] == pytest.approx(same(first, lower), abs=0.03)


def test_a_missing_grader_and_an_eye_of_another_name_are_refused(written):
    root = written("papila_disc", trees.write_papila)
    gone = root / "ExpertsSegmentations/Contours/RET002OS_disc_exp2.txt"
    text = gone.read_text()
    gone.unlink()
    told = r"RET002OS\.jpg: nothing is marked in it by .*Contours/RET002OS_disc_exp2\.txt; add it there"
    with pytest.raises(IncompleteDatasetError, match=told):
        cases("papila_disc")
    gone.write_text(text)
    (root / "FundusImages/RET002OS.jpg").rename(root / "FundusImages/RET002_left.jpg")
    for path in (root / "ExpertsSegmentations/Contours").glob("RET002OS_*"):
        path.rename(path.with_name(path.name.replace("RET002OS", "RET002_left")))
    with pytest.raises(ConfigError, match=r"dataset\.patient_pattern: .* finds no patient in 'RET002_left'"):
        cases("papila_disc")


def test_contours_without_an_image_are_named(written):
    root = written("papila_disc", trees.write_papila)
    (root / "FundusImages/RET004OD.jpg").unlink()
    with pytest.raises(
        IncompleteDatasetError, match=r"RET004OD_disc_exp1\.txt: marks something in an image that is not there"
    ):
        cases("papila_disc")


def test_lines_that_six_graders_drew_into_copies_are_found_and_joined(written):
    written("riga_disc", trees.write_riga)  # of both sets
    for name, truth in (("riga_disc", ell(trees.TIMES) > 0), ("riga_cup", trees.inner())):
        found = cases(name)
        assert Counter(case.site for case in found.values()) == {
            "BinRushed1-Corrected": 2, "BinRushed2": 1, "MagrabiaMale": 1, "MagrabiFemale": 1, "MESSIDOR": 3,
        }  # fmt: skip
        for image in ("BinRushed1-Corrected/1", "MagrabiaMale/5", "MESSIDOR/7"):
            exact = found[image].image_file.suffix == ".tif"
            assert same(found[image].read_mask() > 0, truth) > (0.98 if exact else 0.9), image
        by_grader = config(name).by_grader()
        lower = np.roll(truth, 3, axis=0)
        for grader, expected in {"1": truth, "2": truth, "6": lower}.items():  # the second has gaps in its lines
            mask = {case.id: case for case in by_grader[grader]}["MESSIDOR/7"].read_mask()
            assert same(mask > 0, expected) > (0.9 if grader == "2" else 0.999)
    assert "leave_out" in config("riga_disc").remarks()[0]


def test_a_copy_that_lacks_and_lines_that_touch_are_refused(written):
    root = written("riga_cup", trees.write_riga)
    image = np.asarray(Image.open(root / "MESSIDOR/image7prime.tif"))
    touching = ell(trees.TIMES) > 0, np.roll(trees.inner(), -9, axis=0)
    save(root / "MESSIDOR/image7-3.tif", trees.drawn(image, touching))
    with pytest.raises(DataError, match=r"image7-3\.tif: shows no 2 closed lines, one inside of the other: .* touch\?"):
        cases("riga_cup")["MESSIDOR/7"].read_mask()
    save(root / "MESSIDOR/image7-3.tif", image)
    with pytest.raises(DataError, match=r"image7-3\.tif: has nothing drawn into it that its image has not"):
        cases("riga_cup")["MESSIDOR/7"].read_mask()
    (root / "MESSIDOR/image8-6.tif").unlink()
    with pytest.raises(IncompleteDatasetError, match=r"image8prime\.tif: there is no copy .*MESSIDOR/image8-6 in"):
        cases("riga_cup")


def test_both_publishers_are_one_task_with_two_test_sites(written, tmp_path):
    written("riga_disc", trees.write_riga)
    eyes = [f"RET{number:03}{eye}" for number in range(2, 7) for eye in ("OD", "OS")]
    written("papila_disc", trees.write_papila, eyes=eyes)
    small = {"split": SplitSizes(min_validation=1, max_external=0, test_share=0.3), "size": 32}
    pooled = config("fundus_disc")
    assert (pooled.base, pooled.added, pooled.k) == ("riga_disc", ["papila_disc"], [0])
    sources = {name: replace(source, **small) for name, source in pooled.sources.items()}
    task = load_task(replace(pooled, sources=sources), None)
    assert task.form.sources == ("riga_disc", "papila_disc")
    assert [len(rows) > 0 for rows in (task.split.test, *task.added_tests)] == [True, True]


def test_the_challenge_on_skin_keeps_its_three_parts(written):
    written("isic2018", trees.write_isic)
    found = cases("isic2018")
    for case in found.values():
        np.testing.assert_array_equal(case.read_mask(), ell(4))
        assert same(bright(case.read_image()), ell(4) > 0) > 0.9
    assert parts("isic2018")["test"] == ["Test/ISIC_0012169"]
    assert parts("isic2018")["validation"] == ["Validation/ISIC_0012255"]
    assert len(found) == 4


def test_masks_that_were_blurred_by_resizing_are_refused_with_their_share(written):
    root = written("isic2018", trees.write_isic)
    path = root / "ISIC2018_Task1_Training_GroundTruth/ISIC_0000000_segmentation.png"
    blurred = (
        Image.fromarray(ell(4)).resize((96, 128), Image.Resampling.BILINEAR).resize((48, 64), Image.Resampling.BICUBIC)
    )
    blurred.save(path)
    wrong = ((np.asarray(blurred) > 0) & (np.asarray(blurred) < 255)).mean()
    dataset = replace(config("isic2018"), size=16)
    (problem,) = [problem for problem in map(str, check(dataset).problems) if "holds the values" in problem]
    assert f"in {wrong:.2%} of its pixels; allowed are 0, 255; set" in problem


def test_nuclei_of_monuseg_keep_the_official_test_folder(written):
    written("monuseg", trees.write_monuseg)
    found = cases("monuseg")
    assert patients(found) == ["TCGA-2Z-A9J9", "TCGA-A7-A13E", "TCGA-A7-A13F", "TCGA-B0-5711"]
    assert parts("monuseg")["test"] == ["Test/TCGA-2Z-A9J9-01A-01-TS1"]
    for case in found.values():
        np.testing.assert_array_equal(case.read_mask(), ell(4) > 0)
        np.testing.assert_array_equal(bright(case.read_image()), ell(4) > 0)


def test_a_patient_of_monuseg_in_both_folders_is_refused(written):
    root = written("monuseg", trees.write_monuseg)
    train, test = root / "MoNuSeg 2018 Training Data", root / "MoNuSegTestData"
    name = "TCGA-2Z-A9J9-01Z-00-DX9"
    save(train / f"Tissue Images/{name}.tif", trees.colour(trees.picture(4, 9)))
    (train / f"Annotations/{name}.xml").write_text((test / "TCGA-2Z-A9J9-01A-01-TS1.xml").read_text())
    with pytest.raises(DataError, match=r"is in the official part .* both are of patient TCGA-2Z-A9J9"):
        parts("monuseg")


def test_slides_of_tnbc_are_patients_and_an_alpha_channel_that_says_nothing_is_dropped(written):
    root = written("tnbc", trees.write_tnbc)
    found = cases("tnbc")
    assert Counter(patients(found)) == {"01": 3, "02": 2, "11": 1}
    for case in found.values():
        assert case.read_image().shape == (64, 48, 3)
        np.testing.assert_array_equal(case.read_mask(), ell(4))
    with pytest.raises(DataError, match=r"has an alpha channel \(mode RGBA\)"):
        replace(config("tnbc"), alpha="refuse").cases()[0].read_image()
    path = next((root / "Slide_01").iterdir())
    pixels = np.array(Image.open(path))
    pixels[5, 5, 3] += 1
    save(path, pixels)
    with pytest.raises(DataError, match=r"has an alpha channel \(mode RGBA\)"):
        [case.read_image() for case in config("tnbc").cases()]
    assert replace(config("tnbc"), alpha="refuse").cases()[0].reading != config("tnbc").cases()[0].reading


def test_all_masks_of_an_image_of_busi_are_joined_and_normal_ones_are_left_out_or_empty(written):
    written("busi_original", trees.write_busi)
    found = cases("busi_original")
    assert list(found) == ["benign/benign (1)", "benign/benign (100)", "malignant/malignant (20)"]
    for case in found.values():
        np.testing.assert_array_equal(case.read_mask(), ell(2))
    everyone = replace(config("busi_original"), where={"class": ["benign", "malignant", "normal"]}).cases()
    assert not everyone[-1].read_mask().any()
    assert len(everyone) == 4


def test_udiat_has_two_folders(written):
    written("udiat", trees.write_udiat)
    found = cases("udiat")
    assert list(found) == ["000001", "000007", "000163"]
    for case in found.values():
        np.testing.assert_array_equal(case.read_mask(), ell(2))


def test_arrays_of_medsegbench_keep_their_parts_and_single_classes_are_not_looked_at(written):
    root = written("medsegbench", trees.write_medsegbench)
    found = cases("medsegbench")
    assert len(found) == 6
    assert {part: len(ids) for part, ids in parts("medsegbench").items()}["test"] == 2
    for case in found.values():
        np.testing.assert_array_equal(case.read_mask(), ell(2, 1))
        np.testing.assert_array_equal(bright(case.read_image()), ell(2) > 0)
    with pytest.raises(DataError, match=r"names 3 axes; set dataset\.axes to .* e\.g\. nhwc"):
        replace(config("medsegbench"), files="wbc_256.npz").cases()
    classes = {"cytoplasm": [1], "nucleus": [2]}
    several = replace(
        config("medsegbench"), files="wbc_256.npz", axes="nhwc", structures=classes,
        structure="nucleus",
    )  # fmt: skip
    one = several.cases()[0]
    assert one.read_image().shape == (32, 24, 3)
    np.testing.assert_array_equal(one.read_mask() == 2, (ell(2) > 0) & (np.arange(24) < 10))
    assert root.name == "medsegbench"


PICTURES = (
    "xray_lung", "xray_heart", "xray_diaphragm", "xray_spine", "lgg", "papila_disc", "papila_cup", "riga_disc",
    "riga_cup", "isic2018", "monuseg", "tnbc", "busi_original", "udiat", "medsegbench",
)  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_each_says_what_it_is_and_how_one_gets_it(name):
    told = config(name)
    assert all((told.modality, told.anatomy, told.licence, told.citation, told.source, told.note, told.extent))
    assert told.access in ("free", "form", "ask")
    assert told.address.startswith("https://")
    assert told.traps
    assert set(told.structures) == {*told.form.structures}  # none of another set that it was made from
    assert name not in told.overlaps
    for other in {*told.overlaps} & {*PICTURES}:
        assert name in config(other).overlaps
