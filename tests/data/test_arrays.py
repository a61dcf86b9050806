"""Arrays in files of NumPy and HDF5: which images there are, of whom, of which part, and their values."""

import numpy as np
import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.arrays import Arrays
from segaug.data.rules.intensity import Intensity
from segaug.data.rules.slices import Slices
from segaug.errors import ConfigError, DataError
from tests.data.entry import cache_name
from tests.data.small_sets import image_and_mask

h5py = pytest.importorskip("h5py")
STACK = np.zeros((3, 4, 4))
PARTED = {"files": "set.npz", "axes": "nhw", "image_key": "{part}_images", "label_key": "{part}_label"}


def arrays(root, **options):
    own = {"root": str(root), "structures": {"whole": [1, 2], "left": [1]}, "structure": "whole", "size": 16}
    return Arrays(**{**own, **options})


def stacks(count, start=0):
    pictures = [image_and_mask(number) for number in range(start, start + count)]
    return np.stack([image for image, _ in pictures]), np.stack([mask for _, mask in pictures])


def parted(root, counts=(12, 3, 5)):
    made, start = {}, 0
    for part, count in zip(("train", "val", "test"), counts, strict=True):
        made[f"{part}_images"], made[f"{part}_label"] = stacks(count, start)
        start += count
    np.savez_compressed(root / "set.npz", **made)
    return made


def same(case, image, mask):
    np.testing.assert_array_equal(case.read_image(), image)
    np.testing.assert_array_equal(case.read_mask(), mask)


def test_one_file_of_parts_gives_images_with_the_part_they_were_published_in(tmp_path):
    made = parted(tmp_path)
    cases = arrays(tmp_path, **PARTED).cases()
    assert [case.part for case in cases] == ["test"] * 5 + ["train"] * 12 + ["validation"] * 3
    assert [case.id for case in cases][4:6] == ["test_004", "train_000"]
    assert all(case.patient == case.id for case in cases)
    same(cases[16], made["train_images"][11], made["train_label"][11])


@pytest.mark.parametrize("suffix", [".npz", ".h5"])
def test_one_file_a_slice(tmp_path, suffix):
    for number in range(4):
        image, mask = image_and_mask(number)
        own = {"image": image.astype(np.float16) / 255, "label": mask.astype(np.float32)}
        path = tmp_path / f"case{number // 2}_slice{number}{suffix}"
        if suffix == ".npz":
            np.savez(path, **own)
        else:
            with h5py.File(path, "w") as file:
                for name, array in own.items():
                    file[name] = array
    cases = arrays(tmp_path, patient_pattern="^(case[0-9]+)_").cases()
    assert [(case.id, case.patient, case.part) for case in cases] == [
        (f"case{number // 2}_slice{number}", f"case{number // 2}", "") for number in range(4)
    ]
    same(cases[3], own["image"], mask)
    assert cases[3].read_mask().dtype.kind == "i"


def volume(empty=2):
    """Slices of which the first ones show nothing."""
    image, mask = stacks(6)
    mask[:empty] = 0
    return image, mask


@pytest.mark.parametrize("axes", ["dhw", "hwd", "hdw"])
def test_volumes_are_patients_and_give_the_slices_that_the_rule_takes(tmp_path, axes):
    image, mask = volume()
    order = ["dhw".index(letter) for letter in axes]
    for name in ("case0", "case1"):
        with h5py.File(tmp_path / f"{name}.npy.h5", "w") as file:
            file["image"], file["label"] = image.transpose(order), mask.transpose(order)
    cases = arrays(tmp_path, axes=axes, slices=Slices(per_patient=3, share_without=0.4)).cases()
    assert [case.id for case in cases][:4] == ["case0_001", "case0_002", "case0_004", "case0_005"]
    assert [case.patient for case in cases] == ["case0"] * 4 + ["case1"] * 4
    same(cases[3], image[5], mask[5])


def test_groups_of_one_file_are_volumes_and_their_range_is_that_of_the_volume(tmp_path):
    image, mask = volume()
    with h5py.File(tmp_path / "all.h5", "w") as file:
        for name in "ab":
            file[f"sets/{name}/scan"], file[f"sets/{name}/truth"] = image.astype(np.float32), mask
    keys = {"image_key": "sets/{case}/scan", "label_key": "sets/{case}/truth", "axes": "dhw"}
    cases = arrays(tmp_path, files="all.h5", intensity=Intensity(how="minmax", per="volume"), **keys).cases()
    assert sorted({case.patient for case in cases}) == ["a", "b"]
    assert cases[0].limits() == (image.min(), image.max())


def test_channels_are_the_last_axis_of_a_picture_or_one_is_chosen(tmp_path):
    rng = np.random.default_rng(0)
    image, mask = rng.integers(0, 255, (5, 4, 20, 24), dtype=np.uint8), stacks(5)[1]
    np.savez(tmp_path / "a.npz", image=image, label=mask[:, None], rgb=image[:, :3], grey=image[:, :1])
    options = {"axes": "nchw", "label_axes": "nchw"}
    same(arrays(tmp_path, image_key="rgb", **options).cases()[2], np.moveaxis(image[2, :3], 0, 2), mask[2])
    same(arrays(tmp_path, image_key="grey", **options).cases()[2], image[2, 0], mask[2])
    same(arrays(tmp_path, channel=3, **options).cases()[2], image[2, 3], mask[2])
    for channel, told in ((None, "has 4 channels; choose one by dataset.channel=0"), (4, "and no number 4")):
        with pytest.raises(DataError, match=told):
            arrays(tmp_path, channel=channel, **options).cases()[2].read_image()


def test_a_table_chooses_images_by_their_names(tmp_path):
    parted(tmp_path)
    (tmp_path / "t.csv").write_text("id,subject\ntrain_001,x\ntrain_003,y\n")
    cases = arrays(tmp_path, table="t.csv", patient="subject", **PARTED).cases()
    assert [(case.id, case.patient) for case in cases] == [("train_001", "x"), ("train_003", "y")]
    (tmp_path / "t.csv").write_text("id,subject\nother,x\n")
    with pytest.raises(DataError, match=r"there is no other in .*; its images are called test_000, test_001"):
        arrays(tmp_path, table="t.csv", patient="subject", **PARTED).cases()


def test_a_decoded_copy_is_of_the_array_that_was_read(tmp_path):
    image, mask = stacks(4)
    np.savez(tmp_path / "a.npz", image=image, other=255 - image, label=mask)
    names = {cache_name(arrays(tmp_path, axes="nhw", image_key=key).cases(), [], {}, ()) for key in ("image", "other")}
    assert len(names) == 2


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"image": STACK}, r"a\.npz: has no array 'label'; it holds image; set dataset\.image_key"),
        ({"image": STACK, "label": STACK[:2]}, "has 3 images in 'image' and 2 masks in 'label'"),
        ({"image": STACK[..., None], "label": STACK}, r"shape \(3, 4, 4, 1\), and dataset\.axes=nhw"),
        ({"image": STACK[:0], "label": STACK[:0]}, r"shape \(0, 4, 4\)"),
        ({"image": STACK, "label": np.array([None])}, "array 'label' holds Python objects"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named_before_any_value_is_read(tmp_path, made, told):
    np.savez(tmp_path / "a.npz", **made)
    with pytest.raises(IncompleteDatasetError, match=told):
        arrays(tmp_path, axes="nhw").cases()


def test_values_that_are_no_numbers_or_have_a_fraction_are_refused(tmp_path):
    image, mask = (array.astype(np.float32) for array in stacks(2))
    image[1, 3, 3], mask[1, 3, 3] = np.nan, 0.5
    np.savez(tmp_path / "a.npz", image=image, label=mask)
    good, bad = arrays(tmp_path, axes="nhw").cases()
    same(good, image[0], mask[0])
    with pytest.raises(DataError, match=r"a\.npz:image: has values that are no numbers .*, in image 1"):
        bad.read_image()
    with pytest.raises(DataError, match=r"a\.npz:label: has mask values that are no whole numbers, such as 0\.5"):
        bad.read_mask()


def test_a_rule_that_leaves_nothing_is_refused(tmp_path):
    image, mask = volume(empty=6)
    np.savez(tmp_path / "a.npz", image=image, label=mask)
    with pytest.raises(ConfigError, match=r"dataset\.slices: no slice of 1 volumes holds whole"):
        arrays(tmp_path, axes="dhw").cases()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"axes": "xyz"}, r"dataset\.axes: got 'xyz'; write h and w, perhaps c, and n or d"),
        ({"axes": "ndhw"}, r"dataset\.axes: got 'ndhw'"),
        ({"axes": "nhw", "label_axes": "hw"}, r"dataset\.label_axes: got 'hw'; give it the stacked axis"),
        ({"image_key": "{name}"}, r"dataset\.image_key: got '\{name\}'; use \{part\} or \{case\}"),
        ({"image_key": "{part}_images"}, r"dataset\.label_key: 'label' has not the places of"),
        ({"slices": Slices(axis="coronal")}, r"dataset\.slices\.axis: is not known of arrays"),
        ({"channel": "red"}, r"dataset\.channel: got red"),
        ({"channel": True}, r"dataset\.channel: got True"),
    ],
)  # fmt: skip
def test_wrong_options_fail_before_any_file_is_read(tmp_path, options, told):
    with pytest.raises(ConfigError, match=told):
        arrays(tmp_path, **options)


def test_a_folder_without_arrays_names_what_is_there(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(DataError, match=r"holds no file of the suffix \.npz, \.h5, \.hdf5 \(found: 1 \.png\)"):
        arrays(tmp_path).cases()
    with pytest.raises(ConfigError, match=r"dataset\.files: '\.\./x' leads out"):
        arrays(tmp_path, files="../x").cases()
