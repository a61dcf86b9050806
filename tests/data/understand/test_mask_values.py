"""What the values of masks mean."""

import numpy as np

from segaug.data.understand.mask_values import meaning, values_of


def _mask(*values: int, share: float = 0.1) -> np.ndarray:
    """Background 0, and a block of each value in the middle."""
    mask = np.zeros((40, 40), int)
    for place, value in enumerate(values):
        mask[10 + place : 11 + place, 10 : 10 + int(200 * share)] = value
    return mask


def _meaning(*masks: np.ndarray, named: dict | None = None):
    return meaning([values_of(mask) for mask in masks], named or {}, len(masks))


def test_one_value_is_the_foreground_and_several_are_structures() -> None:
    assert _meaning(_mask(255), _mask()).options["structures"] == {"foreground": [255]}
    several = _meaning(_mask(1), _mask(2)).options
    assert several["structures"] == {"structure_1": [1], "structure_2": [2]}
    assert several["structure"] == "all"
    assert _meaning(_mask(1), _mask(255)).options["structures"] == {"foreground": [1, 255]}


def test_names_of_a_description_are_kept_and_what_it_does_not_name_is_said() -> None:
    assert _meaning(_mask(1), named={"liver": [1]}).options["structures"] == {"liver": [1]}
    assert _meaning(_mask(1, 4), named={"liver": [1]}).problems == ("masks hold 4, which nothing names",)


def _ringed(width: int) -> np.ndarray:
    """A disc of 1 in 100 x 100 pixels, with a ring of 255 around it."""
    away = np.hypot(*np.mgrid[-50:50, -50:50])
    return np.select([away < 15, away < 15 + width], [1, 255])


def test_a_thin_rim_of_255_around_other_values_counts_for_nothing() -> None:
    options = _meaning(_ringed(5), _mask(1)).options
    assert options["structures"] == {"foreground": [1]}
    assert options["ignore"] == [255]
    assert "background" not in options
    both = _meaning(np.hstack([_ringed(5), 2 * (_ringed(5) == 1)]), _mask(1, 2)).options
    assert both["structures"] == {"structure_1": [1], "structure_2": [2]}
    assert both["ignore"] == [255]


def test_255_beside_1_that_is_no_thin_rim_is_background_and_says_what_else_it_may_be() -> None:
    far = np.roll(np.where(_ringed(5) == 255, 255, 0), (30, 30), (0, 1))
    far[:10, :10] = 1  # thin, but around nothing
    for mask in (_ringed(25), far):
        found = _meaning(mask, _mask(1))
        assert found.options["structures"] == {"foreground": [1]}
        assert found.options["background"] == [0, 255]
        assert "--set 'ignore=[255]' --set 'background=[0]'" in found.told[-1]


def test_what_a_description_ignores_counts_for_nothing() -> None:
    found = meaning([values_of(_mask(1, 4))], {"liver": [1]}, 1, ignored=[4])
    assert (found.options["ignore"], found.problems) == ([4], ())


def test_numbers_of_objects_become_one_structure() -> None:
    assert _meaning(_mask(*range(1, 25)), _mask(*range(1, 10))).options["above_zero"] is True


def test_shades_between_black_and_white_are_cut_in_the_middle() -> None:
    mask = np.zeros((60, 60), int)
    mask[20:40, 20:40] = 255
    mask[19, 20:40] = np.arange(60, 160, 5)
    found = _meaning(mask)
    assert found.options["structures"] == {"foreground": list(range(128, 256))}
    assert "JPEG" in " ".join(found.told)


def test_masks_that_are_inverted_are_said_to_look_so() -> None:
    assert "inverted?" in " ".join(_meaning(255 - _mask(255)).told)
    assert "inverted?" not in " ".join(_meaning(_mask(255)).told)


def test_masks_without_any_foreground_are_a_problem() -> None:
    assert _meaning(_mask(), _mask()).problems == ("all masks hold 0 alone",)
