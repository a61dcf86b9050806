"""Pictures of cases are small, and nothing that is thin gets lost in them."""

import numpy as np
from PIL import Image

from segaug.data.check.shown import SIDE, shown
from segaug.data.kinds.folder import Folder

LARGE = 2 * SIDE + 1


def of(tmp_path, mask, **options):
    for name, pixels in (("images", np.arange(mask.size).reshape(mask.shape) % 256), ("masks", mask)):
        (tmp_path / name).mkdir()
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / name / "a.png")
    dataset = Folder(root=str(tmp_path), structures={"vessel": [1]}, structure="vessel", **options)
    (case,) = dataset.cases()
    return shown(case, dataset, "pool", ())


def test_a_line_of_one_pixel_stays_a_line_where_every_third_pixel_is_shown(tmp_path):
    mask = np.zeros((LARGE, LARGE), np.uint8)
    mask[1], mask[:, -2] = 1, 1
    one = of(tmp_path, mask)
    side = one.image.shape[1]
    assert side <= SIDE
    assert one.label.shape == (1, side, side)
    assert one.label[0, 0].all()
    assert one.label[0, :, -2].all()
    assert one.label[0].sum() == 2 * side - 1
    assert one.ignored is None


def test_what_counts_for_nothing_hides_no_structure(tmp_path):
    mask = np.full((LARGE, LARGE), 2, np.uint8)
    mask[1], mask[30:60] = 1, 0
    one = of(tmp_path, mask, ignore=[2])
    assert one.label[0, 0].all()
    assert not one.ignored[0].any()
    assert one.ignored[1:10].all()
    assert not one.ignored[10:20].any()
