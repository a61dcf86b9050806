"""Outlines and run lengths of annotation tools: what they mean, and what is refused by name."""

import json

import numpy as np
import pytest

from segaug.data.formats import aperio, coco, labelme, points, run_length
from segaug.data.outlines import Drawing
from segaug.errors import ConfigError, DataError

SQUARE = [3, 2, 8, 2, 8, 6, 3, 6]  # x, y, x, y
EXPECTED = np.zeros((10, 12), int)
EXPECTED[2:6, 3:8] = 1
COCO = {
    "images": [{"id": 5, "file_name": "sub/p0.png", "height": 10, "width": 12},
               {"id": 6, "file_name": "p1.png", "height": 10, "width": 12}],
    "categories": [{"id": 9, "name": "a"}, {"id": 2, "name": "b"}],
    "annotations": [{"id": 1, "image_id": 5, "category_id": 9, "segmentation": [SQUARE], "iscrowd": 0}],
}  # fmt: skip
LABELME = {
    "shapes": [{"label": "a", "points": np.reshape(SQUARE, (-1, 2)).tolist(), "shape_type": "polygon"}],
    "imageHeight": 10, "imageWidth": 12, "imageData": None,
}  # fmt: skip
VERTICES = "".join(f'<Vertex X="{x}" Y="{y}" Z="0"/>' for x, y in np.reshape(SQUARE, (-1, 2)))
XML = (
    '<Annotations MicronsPerPixel="0.25"><Annotation Id="1" Name="{name}"><Regions><Region Id="1" Type="{kind}" '
    'NegativeROA="{hole}"><Vertices>{vertices}</Vertices></Region></Regions></Annotation></Annotations>'
)


def drawn(marked, names=("a",)):
    return Drawing().mask(marked.shapes, names, marked.size or EXPECTED.shape, "file").astype(int)


def written(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def aperio_file(path, name="a", kind="0", hole="0", vertices=VERTICES):
    return written(path, XML.format(name=name, kind=kind, hole=hole, vertices=vertices))


def with_segmentation(segmentation):
    (annotation,) = COCO["annotations"]
    return {**COCO, "annotations": [{**annotation, "segmentation": segmentation}]}


def counts(mask):
    """Run lengths of COCO."""
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [1 - flat[-1]]])))
    return np.diff(np.concatenate([[0], edges])).tolist()


def as_text(numbers):
    """As pycocotools writes them (rleToString of its maskApi.c)."""
    text = ""
    for at, number in enumerate(numbers):
        left = number - (numbers[at - 2] if at > 2 else 0)
        more = True
        while more:
            bits = left & 31
            left >>= 5
            more = left != -1 if bits & 16 else left != 0
            text += chr((bits | 32 if more else bits) + 48)
    return text


def test_coco_gives_the_outlines_of_each_image_and_none_where_there_are_none(tmp_path):
    found = coco.read(written(tmp_path / "c.json", COCO))
    assert found.categories == ("a", "b")
    assert list(found.images) == ["sub/p0.png", "p1.png"]
    np.testing.assert_array_equal(drawn(found.images["sub/p0.png"]), EXPECTED)
    assert not drawn(found.images["p1.png"]).any()


@pytest.mark.parametrize("form", [list, as_text])
def test_run_lengths_of_coco_are_read_in_both_forms(tmp_path, form):
    rng = np.random.default_rng(0)
    for mask in (EXPECTED, 1 - EXPECTED, (rng.random((10, 12)) > 0.5).astype(int), np.ones((10, 12), int)):
        file = written(tmp_path / "c.json", with_segmentation({"counts": form(counts(mask)), "size": [10, 12]}))
        np.testing.assert_array_equal(drawn(coco.read(file).images["sub/p0.png"]), mask)


def test_the_text_of_a_known_mask_is_what_pycocotools_writes():
    np.testing.assert_array_equal(counts(EXPECTED), [32, 4, 6, 4, 6, 4, 6, 4, 6, 4, 44])
    assert as_text(counts(EXPECTED)) == "P1460000000V1"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[1", "is no JSON"),
        ("[]", "is no COCO file"),
        ({**COCO, "categories": 3}, "the file has no 'categories', or one that is no list"),
        ({**COCO, "images": COCO["images"] + COCO["images"][:1]}, "two images of id 5"),
        ({**COCO, "images": [COCO["images"][0], {**COCO["images"][0], "id": 6}]}, "names one image file twice"),
        ({**COCO, "images": [{**COCO["images"][0], "height": 0}]}, "has the size"),
        ({**COCO, "categories": []}, "of image 5 and category 9, and one of them is not declared"),
        (with_segmentation([]), r"\(image_id 5\) has no outline: .*; export segmentations, not boxes"),
        (with_segmentation([[1, 2, 3]]), "points that are no pairs of numbers"),
        (with_segmentation([["a", 2]]), "points that are no pairs of numbers"),
        (with_segmentation({"counts": [1, 2], "size": [12, 10]}), "has runs for"),
        (with_segmentation({"counts": [1, -2], "size": [10, 12]}), "no run lengths"),
        (with_segmentation({"counts": [1, 5, 3], "size": [10, 12]}), "'counts' of 9 pixels, its image has 120"),
        (with_segmentation({"counts": "\u00ff", "size": [10, 12]}), "no run lengths"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_coco_is_named(tmp_path, content, told):
    with pytest.raises(DataError, match=rf"c\.json: .*{told}"):
        coco.read(written(tmp_path / "c.json", content))


@pytest.mark.parametrize(
    ("kind", "corners"), [("polygon", None), ("rectangle", [[3, 2], [8, 6]]), ("rectangle", [[8, 6], [3, 2]])]
)
def test_labelme_gives_polygons_and_rectangles(tmp_path, kind, corners):
    shape = {**LABELME["shapes"][0], "shape_type": kind}
    shape["points"] = corners or shape["points"]
    found = labelme.read(written(tmp_path / "l.json", {**LABELME, "shapes": [shape]}))
    assert found.size == (10, 12)
    np.testing.assert_array_equal(drawn(found), EXPECTED)


def test_labelme_gives_circles(tmp_path):
    shape = {"label": "a", "points": [[6, 5], [6, 8]], "shape_type": "circle"}
    mask = drawn(labelme.read(written(tmp_path / "l.json", {**LABELME, "shapes": [shape]})))
    row, column = np.mgrid[:10, :12] + 0.5
    np.testing.assert_array_equal(mask, (row - 5) ** 2 + (column - 6) ** 2 < 9)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ({"label": "a", "points": [[1, 2], [3, 4]], "shape_type": "line"}, "of the type 'line', which has no inside"),
        ({"label": "a", "points": [[1, 2], [3, 4]], "shape_type": "mask"}, "of the type 'mask'"),
        ({"points": [[1, 2]]}, "a shape has no 'label'"),
        ({"label": "a", "points": [[1, 2, 3], [1, 2, 3], [1, 2, 3]]}, "no pairs of numbers"),
        (None, "a shape has no 'label'"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_labelme_is_named(tmp_path, shape, told):
    with pytest.raises(DataError, match=rf"l\.json: .*{told}"):
        labelme.read(written(tmp_path / "l.json", {**LABELME, "shapes": [shape]}))


def test_aperio_gives_regions_by_the_name_or_number_of_their_layer_and_holes(tmp_path):
    np.testing.assert_array_equal(drawn(aperio.read(aperio_file(tmp_path / "a.xml"))), EXPECTED)
    (unnamed,) = aperio.read(aperio_file(tmp_path / "a.xml", name="")).shapes
    (hole,) = aperio.read(aperio_file(tmp_path / "a.xml", hole="1")).shapes
    assert (unnamed.structure, unnamed.hole, hole.hole) == ("1", False, True)


ENTITIES = {
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "outside": '<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
    "parameter": '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>',
}


@pytest.mark.parametrize("kind", ENTITIES)
def test_xml_with_entities_is_refused(tmp_path, kind):
    text = XML.format(name="&a;" if kind != "outside" else "a", kind=0, hole=0, vertices=VERTICES)
    with pytest.raises(DataError, match=r"a\.xml: declares a document type or entities, .*; remove everything from"):
        aperio.read(written(tmp_path / "a.xml", ENTITIES[kind] + text))


@pytest.mark.parametrize(
    ("text", "told"),
    [("<Annotations>", "is no XML"), ("<svg/>", "is no XML of Aperio"), ("", "is no XML"),
     (XML.format(name="a", kind=2, hole=0, vertices=VERTICES), "a region of a of the type '2', which is no outline"),
     (XML.format(name="a", kind=0, hole=0, vertices='<Vertex X="1"/>'), "a vertex whose X or Y is no number")],
)  # fmt: skip
def test_what_is_wrong_in_aperio_is_named(tmp_path, text, told):
    with pytest.raises(DataError, match=rf"a\.xml: .*{told}"):
        aperio.read(written(tmp_path / "a.xml", text))


@pytest.mark.parametrize("order", points.ORDERS)
@pytest.mark.parametrize("text", ["3 2\n8 2\n8 6\n3 6\n", "# x, y\n3.0,2\n8;2\n\n8\t6\n3e0 6"])
def test_points_come_from_text_and_arrays(tmp_path, order, text):
    expected = np.reshape(SQUARE, (-1, 2))[:, :: -1 if order == "xy" else 1]
    np.testing.assert_array_equal(points.read(written(tmp_path / "p.txt", text), order), expected)
    np.save(tmp_path / "p.npy", np.reshape(SQUARE, (-1, 2)).astype(np.int16))
    np.testing.assert_array_equal(points.read(tmp_path / "p.npy", order), expected)


def test_what_is_no_list_of_points_is_named(tmp_path):
    for text in ("1 2 3", "x y", "1"):
        with pytest.raises(DataError, match=r"p\.txt: has a line that is not two numbers \(the one after 0 points\)"):
            points.read(written(tmp_path / "p.txt", text), "xy")
    np.save(tmp_path / "p.npy", np.zeros((2, 3)))
    with pytest.raises(DataError, match=r"p\.npy: has the shape \(2, 3\), and no point"):
        points.read(tmp_path / "p.npy", "xy")


def test_run_lengths_of_kaggle_count_from_one_down_the_columns(tmp_path):
    runs = " ".join(f"{column * 10 + 2 + 1} 4" for column in range(3, 8))
    file = written(tmp_path / "r.csv", f"ImageId,EncodedPixels\np0.jpg,{runs}\np1.jpg,\np2.jpg,-1\np0.jpg,1 2\n")
    found = run_length.read(file, "ImageId", "EncodedPixels", None, "a")
    assert {name: len(own) for name, own in found.items()} == {"p0.jpg": 2, "p1.jpg": 0, "p2.jpg": 0}
    expected = EXPECTED.copy()
    expected[:2, 0] = 1
    mask = Drawing().mask(found["p0.jpg"], ["a"], EXPECTED.shape, "file")
    np.testing.assert_array_equal(mask, expected)


def test_a_cell_may_be_long_and_structures_may_have_a_column(tmp_path):
    runs = " ".join(f"{start} 1" for start in range(1, 80_001, 2))
    file = written(tmp_path / "r.csv", f"id,kind,rle\np,b,{runs}\n")
    (only,) = run_length.read(file, "id", "rle", "kind", "a")["p"]
    assert (only.structure, len(only.starts)) == ("b", 40_000)


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [("ImageId,x\np,1 2\n", ConfigError, r"dataset\.columns: .* has no column 'EncodedPixels'; it has: ImageId, x"),
     ("ImageId,EncodedPixels\np,1 2 3\n", DataError, "line 2 has run lengths that are no pairs"),
     ("ImageId,EncodedPixels\np,1 x\n", DataError, "line 2 has run lengths that are no pairs"),
     ("ImageId,EncodedPixels\np\n", DataError, "line 2 has not as many cells")],
)  # fmt: skip
def test_what_is_wrong_in_run_lengths_is_named(tmp_path, text, error, told):
    with pytest.raises(error, match=told):
        run_length.read(written(tmp_path / "r.csv", text), "ImageId", "EncodedPixels", None, "a")
