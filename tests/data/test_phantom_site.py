"""The known shift: images of the second site are darker or brighter by a power, and all else is as without it."""

import numpy as np
import pytest

from segaug.data.phantom import FAMILIES, Phantom
from segaug.data.task import SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import ConfigError

GAMMA = 1.5


def phantom(**options: object) -> Phantom:
    return Phantom(family="template", structure="lv", **{"images": 12, "size": 32, **options})


def test_cases_are_of_two_sites_by_turns_however_many_there_are():
    assert [case.site for case in phantom().cases()] == ["a", "b"] * 6
    assert [case.site for case in phantom(images=5).cases()] == ["a", "b", "a", "b", "a"]


@pytest.mark.parametrize("family", FAMILIES)
def test_decoded_images_of_the_second_site_are_raised_to_the_power_and_to_its_inverse(family):
    options = {"family": family, "structure": next(iter(FAMILIES[family].structures)), "images": 8, "size": 32}
    sizes = SplitSizes(min_validation=1)
    plain, shifted = (load_task(Phantom(**options, site_gamma=gamma, split=sizes), None) for gamma in (None, GAMMA))
    for row, exponent in enumerate([1, GAMMA, 1, 1 / GAMMA] * 2):
        np.testing.assert_allclose(shifted.image[row], plain.image[row] ** exponent, atol=1e-6)
    assert plain.label.nan_to_num(-1).equal(shifted.label.nan_to_num(-1))
    grey = shifted.image.mean(dim=(1, 2, 3))
    assert (grey[1::4] < plain.image.mean(dim=(1, 2, 3))[1::4] - 0.02).all()
    assert (grey[3::4] > plain.image.mean(dim=(1, 2, 3))[3::4] + 0.02).all()


def test_only_images_that_are_shifted_get_another_recipe():
    plain, shifted = phantom().cases(), phantom(site_gamma=GAMMA).cases()
    same = [before.recipe == after.recipe for before, after in zip(plain, shifted, strict=True)]
    assert same == [True, False] * 6
    assert len({case.recipe for case in [*plain, *shifted]}) == 18
    for before, after in zip(plain[::2], shifted[::2], strict=True):
        np.testing.assert_array_equal(before.read_image(), after.read_image())


def test_a_task_with_a_target_trains_on_one_site_and_tests_on_the_other():
    sizes = SplitSizes(min_validation=2, target=["b"])
    task = load_task(phantom(images=40, site_gamma=GAMMA, split=sizes), None)
    assert {task.sites[row] for row in (*task.split.test, *task.split.validation)} == {"b"}
    assert {task.sites[row] for row in (*task.split.pool, *task.split.external)} == {"a"}
    shifted = {GAMMA if row % 4 == 1 else 1 / GAMMA for row in task.split.test}
    assert shifted == {GAMMA, 1 / GAMMA}


@pytest.mark.parametrize("gamma", [0.0, -1.5, 1.0, float("inf"), float("nan")])
def test_a_power_that_is_none_is_told(gamma):
    with pytest.raises(ConfigError, match=r"dataset\.site_gamma: got .*; use a positive number other than 1"):
        phantom(site_gamma=gamma)
