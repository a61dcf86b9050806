"""Images and masks by patterns of their names."""

import numpy as np
import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.folder import Folder
from segaug.data.kinds.pattern import Pattern
from segaug.errors import ConfigError, DataError
from tests.data.entry import cache_name
from tests.data.small_sets import image_and_mask, save

SQUARE = np.zeros((20, 24), np.uint8)
SQUARE[5:15, 6:18] = 255


def write(root, *names: str, pixels=SQUARE) -> None:
    for name in names:
        save(root / name, pixels)


@pytest.fixture
def made(tmp_path):
    def make(images: str, masks: object, **options: object) -> Folder:
        own = {"structures": {"foreground": [1, 255]}, "structure": "foreground", "size": 16}
        return Folder(images=images, masks=masks, **{"root": str(tmp_path), **own, **options})

    return make


@pytest.mark.parametrize(
    ("images", "masks", "names", "ids"),
    [
        ("img/{id}_0000.png", "seg/{id}.png", ("img/a_1_0000.png", "seg/a_1.png"), ["a_1"]),
        ("img_{id}", "seg_{id}", ("img_07.PNG", "seg_07.bmp"), ["07"]),
        ("{id}.png", "{id}_segmentation", ("x.png", "x_segmentation.png", "y.png", "y_segmentation.png"), ["x", "y"]),
        ("{patient}/img/{id}.png", "{patient}/seg/{id}.png", ("p1/img/1.png", "p1/seg/1.png"), ["p1/1"]),
        ("{id}/images/*.png", "{id}/masks/*.png", ("a/images/q.png", "a/masks/1.png", "a/masks/2.png"), ["a"]),
        ("{class}/{id}.png", "{class}/{id}_mask*", ("b/b (1).png", "b/b (1)_mask.png", "b/b (1)_mask_1.png"),
         ["b/b (1)"]),
        ("{patient}/{patient}_{id}.png", "seg/{patient}_{id}.png", ("p_1/p_1_2.png", "seg/p_1_2.png"), ["p_1/2"]),
        ("images", "masks/{id}_mask", ("images/a.png", "masks/a_mask.png"), ["a"]),
    ],
)  # fmt: skip
def test_images_and_their_masks_are_found(made, tmp_path, images, masks, names, ids):
    write(tmp_path, *names)
    write(tmp_path, "._" + names[0].replace("/", "_"), "__MACOSX/" + names[0])
    cases = made(images, masks).cases()
    assert [case.id for case in cases] == ids
    assert all((case.read_mask() == SQUARE).all() for case in cases)


def test_groups_of_a_pattern_are_patient_site_and_part(made, tmp_path):
    write(tmp_path, "Train/A/p1/1.png", "Train/A/p1/1_m.png", "val/B/p2/1.png", "val/B/p2/1_m.png")
    cases = made("{part}/{site}/{patient}/{id}.png", "{part}/{site}/{patient}/{id}_m.png").cases()
    assert [(case.part, case.site, case.patient) for case in cases] == [("train", "A", "p1"), ("validation", "B", "p2")]


def test_where_asks_for_a_group(made, tmp_path):
    write(tmp_path, *(f"{kind}/{name}" for kind in ("benign", "normal") for name in ("1.png", "1_m.png")))
    made = made("{class}/{id}.png", "{class}/{id}_m.png", where={"class": ["benign"]})
    assert [case.id for case in made.cases()] == ["benign/1"]


def test_a_table_may_name_groups_too_or_paths(made, tmp_path):
    write(tmp_path, "p1/img/1.png", "p1/seg/1.png", "p2/img/1.png", "p2/seg/1.png")
    (tmp_path / "t.csv").write_text("id,copy\np1/1,a\np2\\img\\1.png,b\n")
    cases = made("{patient}/img/{id}", "{patient}/seg/{id}", table="t.csv", group="copy").cases()
    assert [(case.id, case.patient, case.duplicate_group) for case in cases] == [
        ("p1/1", "p1", "a"),
        ("p2/1", "p2", "b"),
    ]
    (tmp_path / "t.csv").write_text("id\n1.png\n")
    with pytest.raises(DataError, match=r"t\.csv: '1\.png' may mean 2 images, among them p1/1 and p2/1"):
        made("{patient}/img/{id}", "{patient}/seg/{id}", table="t.csv").cases()


@pytest.mark.parametrize(
    ("images", "masks", "names", "message"),
    [
        ("*/{id}.png", "m/{id}.bmp", ("a/1.png", "b/1.png", "m/1.bmp"),
         r"holds several files 1\.\* \(.*a/1\.png, .*b/1\.png\)"),
        ("i/{id}", "m/*/{id}", ("i/1.png", "m/a/1.png", "m/b/1.png"),
         r"several masks m/\*/1 \(.*m/a/1\.png, .*m/b/1\.png\)"),
        ("i/{id}", "m/{id}_m", ("i/1.png", "i/2.png", "m/1_m.png"),
         r"i/2\.png: there is no mask m/2_m .*missing_mask=empty"),
        ("i/{id}", "m/{id}_m", ("i/1.png", "m/1_m.png", "m/2_m.png"), r"m/2_m\.png: is a mask without an image"),
        ("{patient}/{id}", "m/{id}", ("a/1.png", "b/1.png", "m/1.png"), r"m/1\.png: belongs to 2 images, a/1 and b/1"),
        ("{patient}_{id}", "m/{patient}_{id}", ("a_b_1.png", "m/a_b_1.png"), r"two ways .*its patient is 'a' or 'a_b'"),
        ("{part}/{id}.png", "{part}/{id}_m.png", ("old/1.png", "old/1_m.png"), r"'old' is no part of a split"),
    ],
)  # fmt: skip
def test_unclear_files_are_named(made, tmp_path, images, masks, names, message):
    write(tmp_path, *names)
    with pytest.raises(DataError, match=message):
        made(images, masks).cases()


@pytest.mark.parametrize(
    ("images", "masks", "options", "message"),
    [
        ("{id}.png", "{id}", {}, r"masks: .* finds every file of dataset\.images|find the same file"),
        ("{name}.png", "m", {}, r"images: \{name\} is not understood; use \{id\} and"),
        ("img/{patient}.png", "m", {}, r"images: 'img/\{patient\}\.png' has no \{id\}"),
        ("{id}.dcm", "m", {}, r"images: \.dcm is no readable suffix"),
        ("../{id}.png", "m", {}, r"images: .* leads out of dataset\.root"),
        ("i/{id}.png", "{id}*", {}, r"masks: '\{id\}\*' has nothing between \} and \*"),
        ("no/{id}.png", "m/{id}", {}, r"images: no/\{id\}\.png finds no file; .* holds a\.png"),
        ("{patient}/{id}", "m", {"patient_pattern": "(.)"},
         r"patient_pattern: is set, and dataset\.images has \{patient\}"),
        ("{id}.png", "m/{class}/{id}", {},
         r"masks: m/\{class\}/\{id\} has \{class\}, which dataset\.images=\{id\}\.png has not"),
        ("{class}/{id}.png", "m/x", {"where": {"class": ["x"]}}, r"where: \{class\} of .* is never 'x'; it is: m"),
        ("{id}.png", "m", {"missing_mask": "none"}, r"missing_mask: got 'none'; use error, or empty"),
        ("{id}.png", 3, {}, r"masks: got 3; use a folder, a pattern, or a mapping"),
        ("{id}.png", {"a": 5}, {}, r"masks: got \{'a': 5\}; use a folder, a pattern, or a mapping"),
        ("{id}.png", {"a": "m"}, {"structures": {"b": 7}},
         r"structures: is set, but dataset\.masks names a file for each"),
    ],
)  # fmt: skip
def test_wrong_patterns_name_key_and_fix(made, tmp_path, images, masks, options, message):
    write(tmp_path, "a.png", "m/a.png", "m/x/a.png")
    with pytest.raises((ConfigError, DataError), match=message):
        made(images, masks, **options).cases()


def test_no_link_leads_a_pattern_out_of_root(made, tmp_path):
    write(tmp_path / "set", "m/1.png")
    write(tmp_path / "elsewhere", "1.png")
    (tmp_path / "set/p1").symlink_to(tmp_path / "elsewhere")
    options = {"root": str(tmp_path / "set"), "structures": {"foreground": [255]}, "structure": "foreground"}
    with pytest.raises(DataError, match=r"is a link to .*elsewhere"):
        Folder(images="{patient}/{id}.png", masks="m/{id}.png", where={"patient": ["p1"]}, **options).cases()


def test_an_image_without_a_mask_is_empty_only_if_asked_for(made, tmp_path):
    write(tmp_path, "i/1.png", "i/2.png", "m/1_m.png")
    first, second = made("i/{id}", "m/{id}_m", missing_mask="empty").cases()
    assert (first.read_mask() == SQUARE).all()
    assert (second.read_mask() == 0).all()
    assert second.read_mask().shape == SQUARE.shape
    with pytest.raises(IncompleteDatasetError):
        made("i/{id}", "m/{id}_m").cases()


def test_no_mask_is_taken_for_an_image_without_one(made, tmp_path):
    write(tmp_path, "1.png", "1_mask.png", "1_mask_2.png", "2.png")
    with pytest.raises(DataError, match=r"1_mask_2\.png: has no mask, and is called like a mask of 1; let the pattern"):
        made("{id}.png", "{id}_mask.png", missing_mask="empty").cases()
    assert [case.id for case in made("{id}.png", "{id}_mask*", missing_mask="empty").cases()] == ["1", "2"]


def test_a_mask_without_an_image_is_a_remark_where_folders_are_plain(made, tmp_path):
    write(tmp_path, "i/1.png", "m/1.png", "m/2.png")
    assert len(made("i", "m").cases()) == 1
    assert "1 masks have no image, among them" in made("i", "m").remarks()[0]
    with pytest.raises(IncompleteDatasetError, match=r"m/2\.png: is a mask without an image"):
        made("i", "m", missing_mask="empty").cases()


def test_several_masks_become_one(made, tmp_path):
    left, right = SQUARE.copy(), SQUARE.copy()
    left[:, 12:], right[:, :12] = 0, 0
    write(tmp_path, "1.png", "1_m_a.png", pixels=left)
    write(tmp_path, "1_m_b.png", pixels=right)
    (case,) = made("{id}.png", "{id}_m_*").cases()
    assert (case.read_mask() == SQUARE).all()
    assert [case.mask_file.name, *(path.name for path in case.more_masks)] == ["1_m_a.png", "1_m_b.png"]
    write(tmp_path, "1_m_b.png", pixels=right // 255 * 7)
    sevens = made("{id}.png", "{id}_m_*", structures={"foreground": [255], "other": [7]})
    assert set(np.unique(sevens.cases()[0].read_mask())) == {0, 7, 255}
    write(tmp_path, "1_m_b.png", pixels=SQUARE // 255 * 7)
    with pytest.raises(DataError, match=r"1_m_b\.png: overlaps with 1_m_a\.png in 60 pixels that have another value"):
        sevens.cases()[0].read_mask()
    write(tmp_path, "1_m_b.png", pixels=SQUARE[:10])
    with pytest.raises(DataError, match=r"1_m_b\.png: has 10 x 24 pixels, and 1_m_a\.png has 20 x 24"):
        sevens.cases()[0].read_mask()


def test_one_file_a_structure(made, tmp_path):
    nerve, vessel = SQUARE.copy(), SQUARE.copy()
    nerve[:, 12:], vessel[:, :12] = 0, 0
    write(tmp_path, "i/1.png", "nerve/1.png", pixels=nerve)
    write(tmp_path, "vessel/1_v.png", pixels=vessel // 255)
    masks = {"nerve": "nerve", "vessel": "vessel/{id}_v.png"}
    made = made("i/{id}.png", masks, structure="all")
    assert made.structures == {"nerve": [1], "vessel": [2]}
    assert (made.cases()[0].read_mask() == nerve // 255 + 2 * (vessel // 255)).all()
    write(tmp_path, "vessel/1_v.png")
    with pytest.raises(DataError, match=r"1_v\.png: overlaps with 1\.png in 60 pixels"):
        made.cases()[0].read_mask()
    write(tmp_path, "vessel/1_v.png", pixels=image_and_mask(0)[0])
    with pytest.raises(DataError, match=r"stands for one structure, but holds \d+ values besides 0"):
        made.cases()[0].read_mask()


def test_which_structures_lack_a_mask_is_in_the_name_of_a_decoded_copy(made, tmp_path):
    names = []
    for lacking in ("nerve", "vessel"):
        write(tmp_path / lacking, "i/1.png", "i/2.png", "nerve/1.png", "vessel/1.png", f"{lacking}/2.png")
        masks = {"nerve": "nerve", "vessel": "vessel"}
        cases = made("i", masks, root=str(tmp_path / lacking), structure="all", missing_mask="empty").cases()
        names.append(cache_name(cases, [], {}, ()))
    assert names[0] != names[1]


def test_what_a_pattern_finds_is_what_it_would_call(tmp_path):
    pattern = Pattern("{patient}/{patient}_{id}_m*.png", "dataset.masks")
    write(tmp_path, "p1/p1_7_m1.png")
    (one,) = pattern.find(tmp_path, False)
    assert pattern.filled(one.groups) == "p1/p1_7_m*.png"
    assert pattern.fits("p1/p1_7_m1.png", one.groups)
    assert not pattern.fits("p1/p1_8_m1.png", one.groups)
