"""Images with outlines instead of masks: which marks belong to which image, and which structures they are."""

import json

import numpy as np
import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.decode import decode
from segaug.data.kinds.contours import Contours, RunColumns
from segaug.data.outlines import Drawing
from segaug.data.rules.canvas import Canvas
from segaug.data.split import split
from segaug.data.task import SplitSizes
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import image_and_mask, save

LEFT, RIGHT = ([[x, 5], [x + 6, 5], [x + 6, 15], [x, 15]] for x in (6, 12))  # (x, y): the halves of the masks there
MARKED = {"left": LEFT, "right": RIGHT}
COUNT = 4


@pytest.fixture
def root(tmp_path):
    for number in range(COUNT):
        save(tmp_path / f"images/p{number}.png", image_and_mask(number)[0])
    return tmp_path


def contours(root, **options):
    return Contours(**{"root": str(root), "categories": ["left", "right"], "size": 16, **options})


def write_coco(root, **changes):
    outlines = {7: LEFT, 9: RIGHT}
    whole = {
        "images": [{"id": n, "file_name": f"p{n}.png", "height": 20, "width": 24} for n in range(COUNT)],
        "categories": [{"id": 9, "name": "right"}, {"id": 7, "name": "left"}],
        "annotations": [
            {"id": n, "image_id": n // 2, "category_id": kind, "segmentation": [np.ravel(outlines[kind]).tolist()]}
            for n, kind in enumerate([7, 9] * COUNT)
        ],
    }  # fmt: skip
    (root / "annotations.json").write_text(json.dumps({**whole, **changes}))


def write_labelme(root):
    for number in range(COUNT):
        shapes = [{"label": label, "points": xy, "shape_type": "polygon"} for label, xy in MARKED.items()]
        text = json.dumps({"shapes": shapes, "imageHeight": 20, "imageWidth": 24})
        (root / f"images/p{number}.json").write_text(text)


def write_aperio(root):
    (root / "xml").mkdir()
    for number in range(COUNT):
        layers = "".join(
            f'<Annotation Name="{label}"><Regions><Region Type="0"><Vertices>'
            + "".join(f'<Vertex X="{x}" Y="{y}"/>' for x, y in xy)
            + "</Vertices></Region></Regions></Annotation>"
            for label, xy in MARKED.items()
        )
        (root / f"xml/p{number}.xml").write_text(f"<Annotations>{layers}</Annotations>")


def write_points(root):
    for label, xy in MARKED.items():
        (root / f"landmarks/{label}").mkdir(parents=True)
        for number in range(COUNT):
            np.save(root / f"landmarks/{label}/p{number}.npy", np.array(xy, float))


def write_runs(root):
    rows = []
    for number in range(COUNT):
        for label, start in (("left", 6), ("right", 12)):
            runs = " ".join(f"{column * 20 + 5 + 1} 10" for column in range(start, start + 6))
            rows.append(f"p{number}.jpg,{label},{runs}")
    (root / "train.csv").write_text("\n".join(["ImageId,kind,EncodedPixels", *rows]))


FORMS = {
    "coco": (write_coco, {}),
    "labelme": (write_labelme, {"marks": "images"}),
    "aperio": (write_aperio, {"marks": "xml"}),
    "points": (write_points, {"marks": "landmarks"}),
    "run_lengths": (write_runs, {"marks": "train.csv", "columns": RunColumns(category="kind")}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_gives_the_same_masks_with_values_in_the_order_of_the_categories(root, form):
    write, options = FORMS[form]
    write(root)
    cases = contours(root, format=form, **options).cases()
    assert [case.id for case in cases] == [f"p{number}" for number in range(COUNT)]
    for number, case in enumerate(cases):
        image, mask = image_and_mask(number)
        np.testing.assert_array_equal(case.read_image(), image)
        np.testing.assert_array_equal(case.read_mask(), mask)
    turned = contours(root, format=form, categories=["right", "left"], **options).cases()[0]
    np.testing.assert_array_equal(turned.read_mask(), np.array([0, 2, 1])[mask])


def test_each_category_is_a_structure_and_others_may_be_made_of_them(root):
    write_coco(root)
    dataset = contours(root, split=SplitSizes(min_validation=1, max_external=0))
    assert dataset.form.structures == ("left", "right")
    assert dataset.values() == (0, 1, 2)
    cases = dataset.cases()
    assert decode(dataset, cases, split(cases, dataset.split)).label.shape == (COUNT, 2, 16, 16)
    joined = contours(root, structures={"whole": [1, 2]}, structure="whole")
    assert joined.foreground() == ((1, 2),)
    assert contours(root, categories=["left"], skip=["right"]).form.structures == ("left",)


def test_an_image_that_is_listed_without_marks_is_empty_and_one_that_is_not_listed_is_missing(root):
    write_coco(root, annotations=[])
    assert not contours(root).cases()[0].read_mask().any()
    write_coco(root, annotations=[], images=[{"id": 0, "file_name": "p0.png", "height": 20, "width": 24}])
    with pytest.raises(
        IncompleteDatasetError, match=r"p1\.png: nothing is marked in it by .*annotations\.json; add it"
    ):
        contours(root).cases()
    (root / "images/p0.png").unlink()
    with pytest.raises(IncompleteDatasetError) as told:
        contours(root).cases()
    assert any("there is no p0.* in" in str(problem) for problem in told.value.problems)


def test_marks_that_the_data_set_does_not_name_are_refused_or_skipped(root):
    write_coco(root)
    with pytest.raises(DataError, match=r"annotations\.json \(p0\.png\): marks 'right', which .*; add them to dataset"):
        contours(root, categories=["left"]).cases()[0].read_mask()
    mask = contours(root, categories=["left"], skip=["right"]).cases()[0].read_mask()
    np.testing.assert_array_equal(mask, image_and_mask(0)[1] == 1)


def test_a_category_that_no_file_has_is_named(root):
    write_coco(root)
    with pytest.raises(ConfigError, match=r"names no category 'lft'; did you mean 'left'\? choose from: left, right"):
        contours(root, categories=["lft"]).cases()


def test_marks_of_another_size_than_the_image_are_refused_by_both_sizes(root):
    write_coco(root, images=[{"id": n, "file_name": f"p{n}.png", "height": 40, "width": 24} for n in range(COUNT)])
    dataset = contours(root, split=SplitSizes(min_validation=1, max_external=0))
    cases = dataset.cases()
    with pytest.raises(DataError, match="has 40 x 24 pixels, its image has 20 x 24"):
        decode(dataset, cases, split(cases, dataset.split))


def test_what_is_done_with_doubtful_contours_is_part_of_a_copys_name(root):
    write_coco(root)
    strict, loose = (contours(root, drawing=Drawing(outside=how)).cases()[0].reading for how in ("refuse", "clip"))
    assert strict != loose


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"format": "svg"}, r"dataset\.format: got 'svg'; choose from: coco, labelme"),
        ({"points_order": "yx"}, r"dataset\.points_order: got 'yx'"),
        ({"categories": []}, r"dataset\.categories: is empty; name the structures as the files do"),
        ({"skip": ["left"]}, r"dataset\.categories: names one twice"),
        ({"marks": ["a.json", "b.json"]}, r"dataset\.marks: names several files, and format=coco is one file"),
        ({"canvas": Canvas(side=64), "pixel_mm": 1.0}, r"dataset\.pixel_mm: is set together with dataset\.canvas"),
        ({"format": "run_lengths"}, r"dataset\.columns\.category: is not set; name the column"),
    ],
)  # fmt: skip
def test_wrong_options_fail_before_any_file_is_read(root, options, told):
    with pytest.raises(ConfigError, match=told):
        contours(root, **options)


def test_a_file_that_is_not_there_is_named_with_what_is(root):
    with pytest.raises(DataError, match=r"annotations\.json: is not there, .* holds images: set dataset\.marks=NAME"):
        contours(root).cases()


def test_points_are_found_by_a_pattern_of_image_structure_and_grader(root):
    (root / "c").mkdir()
    for number in range(COUNT):
        for label, xy in MARKED.items():
            np.savetxt(root / f"c/p{number}_{label}_1.txt", xy)
            np.savetxt(root / f"c/p{number}_{label}_2.txt", np.add(xy, [0, 1]))
    (first, *_) = contours(root, format="points", marks="c/{id}_{category}_1.txt").cases()
    np.testing.assert_array_equal(first.read_mask(), image_and_mask(0)[1])
    graders = {"one": "c/{id}_{category}_1.txt", "two": "c/{id}_{category}_2.txt"}
    (both, *_) = contours(root, format="points", graders=graders).cases()
    np.testing.assert_array_equal(both.read_mask(), np.where(np.arange(20)[:, None] == 5, 0, image_and_mask(0)[1]))
    (second, *_) = contours(root, format="points", graders=graders, grader="two").cases()
    np.testing.assert_array_equal(second.read_mask(), np.roll(image_and_mask(0)[1], 1, axis=0))
    assert len({first.reading, both.reading, second.reading}) == 2  # a decoded copy is told from those of other files


def test_a_decoded_copy_is_told_from_that_of_another_category_in_the_same_folder(root):
    (root / "c").mkdir()
    for number in range(COUNT):
        np.savetxt(root / f"c/p{number}_{'right' if number == 1 else 'left'}.txt", MARKED["left"])
    options = {"format": "points", "marks": "c/{id}_{category}.txt"}
    before = contours(root, **options).cases()[0]
    assert before.read_mask().max() == 1
    (root / "c/p0_left.txt").rename(root / "c/p0_right.txt")
    after = contours(root, **options).cases()[0]
    assert after.read_mask().max() == 2
    assert before.reading != after.reading


def test_folders_of_a_pattern_name_the_official_part_and_lists_are_joined(root):
    for part, number in (("train", 0), ("test", 1)):
        (root / f"set_{part}").mkdir()
        (root / f"images/p{number}.png").rename(root / f"set_{part}/p{number}.png")
        save(root / f"marks_{part}/x.png", image_and_mask(0)[0])
        np.savetxt(root / f"marks_{part}/p{number}.txt", LEFT)
    for number in (2, 3):
        np.savetxt(root / f"images/p{number}_left.txt", LEFT)
    images = ["set_{part}/{id}.png", "images"]
    marks = ["marks_{part}/{id}.txt", "images/{id}_left.txt"]
    found = contours(root, format="points", categories=["left"], images=images, marks=marks).cases()
    assert [(case.id, case.part) for case in found] == [
        ("p2", ""),
        ("p3", ""),
        ("test/p1", "test"),
        ("train/p0", "train"),
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"images": []}, r"dataset\.images: got \[\]; use a folder, a pattern, or a list of these"),
        ({"marks": {"a": "b"}}, r"dataset\.marks: got \{'a': 'b'\}"),
        ({"marks": "{id}_1.txt"}, r"dataset\.marks: '\{id\}_1\.txt' has no \{category\}, and there are several"),
        ({"marks": "{id}.svg"}, r"dataset\.marks: .*"),
        ({"marks": "{site}/{id}_{category}.txt"}, r"dataset\.marks: .* finds no file"),
        ({"graders": {"one": "a"}}, r"dataset\.graders: names one alone"),
    ],
)  # fmt: skip
def test_wrong_places_of_points_are_named(root, options, told):
    with pytest.raises(ConfigError, match=told):
        contours(root, format="points", **options).cases()


def test_a_file_of_marks_that_may_be_of_two_images_is_refused(root):
    for part in ("a", "b"):
        save(root / f"images/{part}/p.png", image_and_mask(0)[0])
    (root / "marks").mkdir()
    np.savetxt(root / "marks/p_left.txt", LEFT)
    places = {"images": "images/{class}/{id}.png", "marks": "marks/{id}_left.txt"}
    with pytest.raises(DataError, match=r"p_left\.txt: belongs to 2 images, a/p and b/p; write in dataset\.marks"):
        contours(root, format="points", categories=["left"], **places).cases()
