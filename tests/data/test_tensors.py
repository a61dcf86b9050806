import dataclasses
import warnings
from dataclasses import field

import numpy as np
import pytest
import torch
from PIL import Image

from segaug.data.rules.intensity import Intensity
from segaug.data.task import Case, SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import DataError
from segaug.form import Form
from tests.data.small_sets import image_and_mask, save


def test_task_holds_every_case_in_order(folder):
    dataset = folder(pixel_mm=2.0)
    task = load_task(dataset, None)
    assert task.ids == tuple(case.id for case in dataset.cases())
    assert task.image.shape == task.label.shape == (24, 1, 16, 16)
    assert (task.image.dtype, task.label.dtype) == (torch.float32, torch.float32)
    assert task.image.amin() >= 0
    assert task.image.amax() <= 1
    torch.testing.assert_close(task.spacing_mm, torch.tensor([[2.5, 3.0]]).expand(24, 2))


def test_labels_match_the_masks_and_external_ones_are_nan(folder):
    task = load_task(folder(), None)
    share = task.label.mean(dim=(1, 2, 3))
    assert torch.isnan(share[list(task.split.external)]).all()
    inside = [*task.split.test, *task.split.validation, *task.split.pool]
    torch.testing.assert_close(share[inside], torch.full((len(inside),), 10 * 12 / (20 * 24)), atol=0.03, rtol=0)
    assert task.split.external


def test_external_masks_are_never_opened(folder, root, tmp_path):
    external = load_task(folder(), None).split.external
    ids = [folder().cases()[row].id for row in external]
    before = load_task(folder(), tmp_path / "cache")
    for name in ids:
        (root / f"masks/{name}.png").write_bytes(b"no image at all")
    assert load_task(folder(), None).content_hash == before.content_hash
    assert load_task(folder(), tmp_path / "cache").content_hash == before.content_hash
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_any_other_mask_is_checked(folder, root):
    task = load_task(folder(), None)
    name = task.ids[task.split.pool[0]]
    save(root / f"masks/{name}.png", np.full((20, 24), 3, np.uint8))
    with pytest.raises(DataError, match=rf"masks/{name}\.png: holds the values 3 \(480 px\); allowed are 0, 1, 2"):
        load_task(folder(), None)


def test_identical_images_of_two_parts_are_an_error(folder, root):
    task = load_task(folder(), None)
    first, second = (f"images/{task.ids[part[0]]}.png" for part in (task.split.test, task.split.pool))
    Image.open(root / first).convert("RGB").save(root / second)  # another file, the same grey pixels
    with pytest.raises(DataError, match="identical pixels") as error:
        load_task(folder(), None)
    assert first in str(error.value)
    assert second in str(error.value)


def test_content_hash_names_what_the_task_holds(folder, root):
    base = load_task(folder(), None).content_hash
    assert base == load_task(folder(note="other words"), None).content_hash
    changes = [
        {"size": 32},
        {"crop": 18},
        {"structure": "left"},
        {"pixel_mm": 1.0},
        {"patient_pattern": None},
        {"split": SplitSizes(min_validation=2, max_external=0)},
        {"split": SplitSizes(min_validation=4, max_external=0)},
    ]
    hashes = {load_task(folder(**change), None).content_hash for change in changes}
    assert len(hashes | {base}) == len(changes) + 1
    image, _ = image_and_mask(0)
    image[0, 0] ^= 1
    save(root / "images/p00_0.png", image)
    assert load_task(folder(), None).content_hash != base


def test_content_hash_ignores_how_files_are_stored(folder, root):
    base = load_task(folder(), None).content_hash
    for path in list((root / "images").iterdir()):
        Image.open(path).save(path.with_suffix(".bmp"))
        path.unlink()
    assert load_task(folder(), None).content_hash == base


FORM = Form(channels=1, structures=("a",), size=(16, 16))


@dataclasses.dataclass(frozen=True)
class Generated:
    """A dataset without files."""

    size: int = 16
    crop: int | None = None
    rescale: bool = True
    intensity: Intensity = field(default_factory=Intensity)
    channel: str | None = None
    mask_resize: str = "nearest"
    name: str = ""
    form: Form = FORM
    split: SplitSizes = field(default_factory=lambda: SplitSizes(min_validation=2))

    def cases(self):
        def make(number: int, what: int):
            return lambda: image_and_mask(number)[what]

        return [Case(f"g{i:02}", f"g{i:02}", f"generated {i}", make(i, 0), make(i, 1)) for i in range(24)]

    def foreground(self):
        return ((1, 2),)

    def values(self):
        return (0, 1, 2)


def test_generated_images_are_decoded_alike_and_leave_no_file(folder, tmp_path):
    generated = load_task(Generated(), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    stored = load_task(folder(patient_pattern=None), None)
    torch.testing.assert_close(generated.image, stored.image)


def same(first, second) -> bool:
    pairs = ((getattr(first, name), getattr(second, name)) for name in ("image", "label", "spacing_mm", "source"))
    return all(torch.equal(a.nan_to_num(-1), b.nan_to_num(-1)) for a, b in pairs)


def test_cached_copy_is_the_same_task(folder, tmp_path, monkeypatch):
    fresh = load_task(folder(), tmp_path / "cache")
    monkeypatch.setattr("segaug.data.tensors.decode", lambda *_: pytest.fail("decoded again"))
    again = load_task(folder(), tmp_path / "cache")
    assert same(fresh, again)
    tensors = {name: getattr(fresh, name) for name in ("image", "label", "spacing_mm", "source")}
    assert dataclasses.replace(again, **tensors) == fresh


@pytest.mark.parametrize("part", ["images", "masks"])
def test_changed_files_are_never_answered_from_the_cache(folder, root, tmp_path, part):
    task = load_task(folder(), tmp_path / "cache")
    image, mask = image_and_mask(100)
    save(root / part / f"{task.ids[task.split.pool[0]]}.png", image if part == "images" else mask // 2)
    changed = load_task(folder(), tmp_path / "cache")
    assert changed.content_hash != task.content_hash
    assert same(changed, load_task(folder(), None))


@pytest.mark.parametrize("damage", ["truncated", "one bit", "empty", "foreign"])
def test_damaged_cache_is_noticed_and_rebuilt(folder, tmp_path, damage):
    fresh = load_task(folder(), tmp_path / "cache")
    (path,) = (tmp_path / "cache").iterdir()
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes({"truncated": data[:-100], "one bit": data, "empty": b"", "foreign": b"x" * 500}[damage])
    with pytest.warns(UserWarning, match="the cached copy is damaged; the images are decoded again"):
        assert same(fresh, load_task(folder(), tmp_path / "cache"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert same(fresh, load_task(folder(), tmp_path / "cache"))


def test_cache_that_cannot_be_written_is_a_warning(folder, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="cannot write the cache"):
        assert len(load_task(folder(), tmp_path / "cache").ids) == 24


def test_images_that_are_not_rescaled_are_another_task(folder):
    asis, rescaled = load_task(folder(rescale=False), None), load_task(folder(), None)
    assert asis.content_hash != rescaled.content_hash
    assert asis.image.amax() < 1 <= rescaled.image.amax() + 0.1
