"""The generated dataset as a whole: what every family promises."""

from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from segaug.data.phantom import FAMILIES, Phantom
from segaug.data.task import SplitSizes
from segaug.errors import ConfigError

CONFIGS = sorted((Path(__file__).parents[2] / "conf/dataset").glob("phantom_*.yaml"))
TASKS = [(family, structure) for family in FAMILIES for structure in FAMILIES[family].structures]
PLAUSIBLE_SHARE = {  # of the image, over a few cases
    ("thorax", "lung"): (0.10, 0.25),
    ("thorax", "heart"): (0.03, 0.08),
    ("blob", "organ"): (0.03, 0.12),
    ("lesions", "lesion"): (0.008, 0.05),
    ("template", "lv"): (0.015, 0.05),
    ("template", "myo"): (0.02, 0.07),
    ("template", "rv"): (0.02, 0.08),
    ("template", "left_heart"): (0.04, 0.11),
}


def any_task(family: str, **options: object) -> Phantom:
    return Phantom(family=family, structure=next(iter(FAMILIES[family].structures)), **options)


def masks(phantom: Phantom) -> np.ndarray:
    return np.stack([case.read_mask() for case in phantom.cases()])


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_same_case_is_drawn_again(family: str) -> None:
    first, again = (any_task(family, images=3).cases()[2] for _ in range(2))
    any_task(family, images=9).cases()[5].read_image()  # another case in between
    np.testing.assert_array_equal(first.read_image(), again.read_image())
    np.testing.assert_array_equal(first.read_mask(), again.read_mask())


def test_a_case_does_not_depend_on_how_many_there_are(family: str) -> None:
    few, many = any_task(family, images=2).cases()[1], any_task(family, images=50).cases()[1]
    np.testing.assert_array_equal(few.read_image(), many.read_image())
    np.testing.assert_array_equal(few.read_mask(), many.read_mask())


def test_cases_and_populations_differ(family: str) -> None:
    images = [case.read_image() for seed in (0, 1) for case in any_task(family, images=2, seed=seed).cases()]
    for i, image in enumerate(images):
        assert all(np.abs(image - other).mean() > 0.02 for other in images[:i])


def test_what_is_read_can_be_written_to_without_harm(family: str) -> None:
    case = any_task(family, images=1).cases()[0]
    image, mask = case.read_image(), case.read_mask()
    before = image.copy(), mask.copy()
    image[:], mask[:] = 0, 1
    np.testing.assert_array_equal(case.read_image(), before[0])
    np.testing.assert_array_equal(case.read_mask(), before[1])


def test_every_case_is_one_patient_with_known_pixels(family: str) -> None:
    cases = any_task(family, images=7, size=32).cases()
    assert len({case.patient for case in cases}) == len({case.id for case in cases}) == 7
    assert {case.pixel_mm for case in cases} == {(FAMILIES[family].side_mm / 32,) * 2}


@pytest.mark.parametrize("size", [32, 50, 64])
def test_images_are_pictures_and_masks_hold_known_values(family: str, size: int) -> None:
    phantom = any_task(family, images=3, size=size)
    for case in phantom.cases():
        image, mask = case.read_image(), case.read_mask()
        assert image.shape == mask.shape == (size, size)
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 1
        assert len(np.unique(image.round(2))) > 20  # many greys, not a drawing in two
        assert set(np.unique(mask)) <= set(phantom.values())


@pytest.mark.parametrize(("family", "structure"), TASKS)
def test_the_structure_fills_a_plausible_share(family: str, structure: str) -> None:
    phantom = Phantom(family=family, structure=structure, images=8)
    shares = np.isin(masks(phantom), phantom.foreground()[0]).mean((1, 2))
    low, high = PLAUSIBLE_SHARE[family, structure]
    assert low < shares.mean() < high
    assert shares.min() > 0


@pytest.mark.parametrize(("family", "structure"), TASKS)
def test_brightness_alone_does_not_give_the_structure(family: str, structure: str) -> None:
    """Even the best pair of thresholds, chosen on the test images themselves, leaves a large error."""
    phantom = Phantom(family=family, structure=structure, images=6, label_noise=0)
    image = np.stack([case.read_image() for case in phantom.cases()])
    inside = np.isin(masks(phantom), phantom.foreground()[0])
    edges = np.linspace(0, 1, 26)
    best = max(
        2 * (inside & (chosen := (image >= low) & (image <= high))).sum() / (inside.sum() + chosen.sum())
        for low in edges
        for high in edges[edges > low]
    )
    assert best < 0.75


def test_every_size_shows_the_same_anatomy(family: str) -> None:
    clean = {"images": 2, "noise": 0.0, "label_noise": 0.0}
    coarse, fine = (any_task(family, size=size, **clean).cases() for size in (64, 128))
    for small, large in zip(coarse, fine, strict=True):
        halved = large.read_image().reshape(64, 2, 64, 2).mean((1, 3))
        difference = np.abs(halved - small.read_image()).mean()
        assert difference < 0.25 * np.abs(halved - halved.mean()).mean()
        assert np.corrcoef(halved.ravel(), small.read_image().ravel())[0, 1] > 0.97
        assert (large.read_mask()[::2, ::2] == small.read_mask()).mean() > 0.96


@pytest.mark.parametrize("strength", ["variability", "bias_field", "noise", "texture", "label_noise"])
def test_every_strength_changes_the_data(family: str, strength: str) -> None:
    with_it, without = (any_task(family, images=1, **{strength: value}).cases()[0] for value in (0.3, 0.0))
    same_image = np.array_equal(with_it.read_image(), without.read_image())
    same_mask = np.array_equal(with_it.read_mask(), without.read_mask())
    moves_image, moves_mask = strength != "label_noise", strength in ("label_noise", "variability")
    assert (same_image, same_mask) == (not moves_image, not moves_mask)


def test_each_case_has_its_own_noise_and_its_own_annotator() -> None:
    still = {"family": "template", "structure": "lv", "variability": 0.0, "bias_field": 0.0, "texture": 0.0}
    truth = masks(Phantom(images=2, label_noise=0.0, **still))
    np.testing.assert_array_equal(truth[0], truth[1])  # the template itself
    marked = masks(Phantom(images=2, **still)) != truth
    assert marked.any((1, 2)).all()
    assert not np.array_equal(marked[0], marked[1])


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"family": "knee"}, "dataset.family"),
        ({"family": "blob", "structure": "lung"}, "dataset.structure"),
        ({"images": 0}, "dataset.images"),
        ({"size": 8}, "dataset.size"),
        ({"crop": 32}, "dataset.crop"),
        ({"variability": -1.0}, "dataset.variability"),
        ({"noise": float("nan")}, "dataset.noise"),
        ({"label_band": -1}, "dataset.label_band"),
        ({"label_noise": 0.5}, "dataset.label_noise"),
    ],
)
def test_wrong_values_are_named(options: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Phantom(**options)


def test_the_config_comes_back_from_omegaconf() -> None:
    phantom = Phantom(family="template", structure="myo", noise=0.5)
    assert OmegaConf.to_object(OmegaConf.structured(phantom)) == phantom


def test_there_is_a_config_for_each_family() -> None:
    assert {OmegaConf.load(path).get("family", Phantom.family) for path in CONFIGS} == set(FAMILIES)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_configs_are_valid_and_say_only_what_differs(path: Path) -> None:
    said = OmegaConf.load(path)
    assert said.pop("defaults") == ["base_phantom", "_self_"]
    phantom = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(Phantom), said))
    assert path.stem in (f"phantom_{phantom.family}_{phantom.structure}", f"phantom_{phantom.family}")
    assert all(getattr(phantom, key) != getattr(Phantom(), key) for key in said)


def test_the_content_is_named_by_its_recipe_not_by_the_last_bit_of_a_pixel():
    first, other, larger = Phantom(), Phantom(noise=0.5), Phantom(images=200)
    assert [case.recipe for case in first.cases()] == [case.recipe for case in larger.cases()[:160]]
    assert len({case.recipe for case in [*first.cases(), *other.cases()]}) == 320


def test_a_column_of_official_parts_is_refused():
    with pytest.raises(ConfigError, match=r"dataset\.split\.column: got part; leave it out"):
        Phantom(split=SplitSizes(column="part"))
