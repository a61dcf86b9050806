"""Images without a mask join the external part, and nothing else changes."""

import os
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from segaug.data.check.check import check
from segaug.data.task import SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError, UserError
from tests.data.small_sets import image_and_mask, save


@pytest.fixture
def more(tmp_path):
    """A folder of five images of three patients whom the set does not have, and no mask."""
    for number in range(5):
        image, _ = image_and_mask(100 + number)
        save(tmp_path / f"more/p9{number // 2}_{number}.png", image)
    return tmp_path / "more"


@pytest.fixture
def with_more(folder, more):
    """Make the set with that folder, with options replaced."""
    return lambda **options: folder(**{"unlabelled": str(more), **options})


def refused(dataset) -> str:
    """The one problem of a data set, which a run and a check tell alike."""
    with pytest.raises(UserError) as error:
        load_task(dataset, None)
    (problem,) = check(dataset).problems
    assert problem in str(error.value)
    return problem


def test_they_join_the_external_part_and_no_other_part_changes(folder, with_more):
    before, after = load_task(folder(), None), load_task(with_more(), None)
    assert asdict(after.split) == asdict(before.split) | {"external": (*before.split.external, *range(24, 29))}
    assert after.image[:24].equal(before.image)
    assert after.label[:24].nan_to_num(-1).equal(before.label.nan_to_num(-1))
    assert after.label[24:].isnan().all()
    assert after.ids[24:] == ("p90_0", "p90_1", "p91_2", "p91_3", "p92_4")
    assert after.patients[24:] == ("p90", "p90", "p91", "p91", "p92")
    assert (before.unlabelled, after.unlabelled) == (0, 5)


def test_they_are_read_as_any_other_image(folder, with_more, root, more):
    options = {"size": 12, "crop": 18, "pixel_mm": 0.5, "patient_pattern": None}
    task = load_task(with_more(**options), None)
    for path in more.iterdir():
        path.rename(root / "images" / path.name)
        save(root / "masks" / path.name, image_and_mask(0)[1])
    labelled = load_task(folder(**options), None)
    assert labelled.ids == task.ids
    assert labelled.image.equal(task.image)
    assert labelled.spacing_mm.equal(task.spacing_mm)


def test_they_are_external_whatever_the_sizes_of_the_split(with_more):
    task = load_task(with_more(split=SplitSizes(min_validation=2, max_external=0)), None)
    assert task.split.external == tuple(range(24, 29))


def test_what_they_show_is_part_of_the_content_and_where_they_lie_is_not(folder, with_more, more):
    without, before = (load_task(dataset, None).content_hash for dataset in (folder(), with_more()))
    more.rename(more.with_name("moved"))
    assert load_task(with_more(unlabelled=str(more.with_name("moved"))), None).content_hash == before
    save(more.with_name("moved") / "p90_0.png", image_and_mask(200)[0])
    after = load_task(with_more(unlabelled=str(more.with_name("moved"))), None).content_hash
    assert len({without, before, after}) == 3


def test_the_cached_copy_is_the_same_task_and_follows_the_files(with_more, more, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    fresh = load_task(with_more(), cache)
    with monkeypatch.context() as patch:
        patch.setattr("segaug.data.tensors.decode", lambda *_: pytest.fail("decoded again"))
        again = load_task(with_more(), cache)
    assert again.image.equal(fresh.image)
    assert (again.content_hash, again.split, again.unlabelled) == (fresh.content_hash, fresh.split, 5)
    save(more / "p90_0.png", image_and_mask(200)[0])
    assert load_task(with_more(), cache).content_hash != fresh.content_hash


def test_variables_are_replaced_and_without_a_pattern_each_image_is_a_patient(with_more, more, monkeypatch):
    monkeypatch.setenv("PLACE", str(more.parent))
    task = load_task(with_more(unlabelled="$PLACE/more", patient_pattern=None), None)
    assert task.patients[24:] == task.ids[24:]


def test_the_check_counts_them(with_more, folder, root):
    report = check(with_more())
    assert report.problems == report.notes == ()
    assert {part.name: part.unlabelled for part in report.parts} == {
        "test": 0, "validation": 0, "external": 5, "pool": 0,
    }  # fmt: skip
    assert sum(part.images for part in report.parts) == 29
    assert [case.labelled for case in report.cases] == [True] * 24 + [False] * 5
    assert {part.unlabelled for part in check(folder()).parts} == {0}


def test_the_check_notes_that_the_table_does_not_know_their_patients(with_more, root):
    (root / "items.csv").write_text("id,subject\n" + "".join(f"p{i // 2:02}_{i % 2},s{i // 4}\n" for i in range(24)))
    report = check(with_more(table="items.csv", patient="subject", patient_pattern=None))
    assert report.problems == ()
    (note,) = report.notes
    assert note.startswith("each of the 5 images without a mask counts as a patient of its own; make sure")


@pytest.mark.parametrize(
    ("unlabelled", "message"),
    [
        ("", r"^dataset\.unlabelled: is not set; set dataset\.unlabelled=/path"),
        ("/nowhere", r"^dataset\.unlabelled: the folder /nowhere does not exist; set dataset\.unlabelled=/path"),
        ("$NO_SUCH_PLACE", r"^dataset\.unlabelled: \$NO_SUCH_PLACE names an environment variable that is not set"),
    ],
)
def test_a_missing_folder_is_told_by_its_key(folder, unlabelled, message):
    with pytest.raises(ConfigError, match=message):
        folder(unlabelled=unlabelled).cases()


def test_a_folder_without_images_says_what_it_holds(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"empty: has no readable file \(found: nothing\); add files"):
        folder(unlabelled=str(tmp_path / "empty")).cases()


def test_a_link_that_leads_out_is_not_followed(with_more, more, tmp_path):
    save(tmp_path / "elsewhere/a.png", image_and_mask(300)[0])
    os.symlink(tmp_path / "elsewhere/a.png", more / "p95_0.png")
    with pytest.raises(DataError, match=r"more/p95_0\.png: is a link to .*follow_links"):
        with_more().cases()
    assert len(with_more(follow_links=True).cases()) == 30


def test_a_patient_of_a_labelled_image_is_refused_before_any_pixel_is_read(with_more, root, more):
    (more / "p90_0.png").rename(more / "p03_7.png")
    for path in (root / "images").iterdir():
        path.write_bytes(b"not read")
    with pytest.raises(DataError, match=r"more/p03_7\.png: has the same patient \(p03\) as .*images/p03_1\.png, which"):
        with_more().cases()


@pytest.mark.parametrize(
    ("options", "told"),
    [({}, "the same name"), ({"patient_pattern": None}, "the same name")],
    ids=["pattern", "no pattern"],
)
def test_a_name_of_a_labelled_image_is_refused(with_more, more, options, told):
    (more / "p90_0.png").rename(more / "p03_1.png")
    problem = refused(with_more(**options))
    assert problem.startswith(f"{more}/p03_1.png: has {told} as ")
    assert problem.endswith("remove it from the folder of dataset.unlabelled, or rename it if it shows another patient")


@pytest.mark.parametrize("part", ["test", "validation", "external", "pool"])
def test_the_pixels_of_a_labelled_image_are_refused_whatever_part_that_is_in(folder, with_more, root, more, part):
    task = load_task(folder(), None)
    labelled = root / f"images/{task.ids[getattr(task.split, part)[0]]}.png"
    Image.open(labelled).convert("RGB").save(more / "p90_0.png")  # another file, the same grey pixels
    assert refused(with_more()) == (
        f"{more}/p90_0.png: has identical pixels as {labelled}, which is labelled; "
        "remove it from the folder of dataset.unlabelled"
    )


def test_an_unreadable_and_an_ambiguous_file_name_themselves(with_more, more):
    (more / "p91_2.png").write_bytes(b"no image")
    assert refused(with_more()).startswith(f"{more}/p91_2.png: cannot be decoded")
    Image.fromarray(image_and_mask(1)[0]).save(more / "p91_2.bmp")
    assert "holds several files p91_2.* (p91_2.bmp, p91_2.png); keep one" in refused(with_more())


def test_a_crop_that_does_not_fit_names_the_image(with_more, more):
    save(more / "p90_0.png", np.zeros((10, 30), np.uint8))
    assert refused(with_more(crop=18)).startswith(f"{more}/p90_0.png: has 10 x 30 pixels, less than dataset.crop=18")


def test_colour_among_grey_is_refused_unless_the_labelled_images_are_in_colour_too(with_more, root, more):
    image, _ = image_and_mask(300)
    save(more / "p90_0.png", np.stack([image, image, image], axis=-1))  # stored as RGB, but grey
    load_task(with_more(), None)
    coloured = np.stack([image, image, 255 - image], axis=-1)
    save(more / "p90_0.png", coloured)
    problem = refused(with_more())
    assert problem.startswith(f"{more}/p90_0.png: is in colour, but the task is grey (dataset.colour=false)")
    assert problem.endswith("; save it as grey, or remove it from the folder of dataset.unlabelled")
    save(root / "images/p00_0.png", coloured[::-1])
    load_task(with_more(), None)
    assert load_task(with_more(colour=True), None).image.shape[1] == 3
