from itertools import pairwise

import pytest

from segaug.augment.policy.options import IDENTITY, groups, mirrors, place, planes, sizes


@pytest.mark.parametrize(("axes", "entries", "count"), [(2, 50, 12), (3, 62, 15)])
def test_there_are_so_many_options_and_groups(axes, entries, count):
    assert (sum(sizes(axes)), len(sizes(axes))) == (entries, count)
    assert sum(len(group) - 1 for group in groups(axes)) == entries - count  # 38 and 47 operations


@pytest.mark.parametrize("axes", [2, 3])
def test_each_group_starts_with_the_identity_and_names_its_options_apart(axes):
    for group in groups(axes):
        assert group.names[0] == IDENTITY
        assert len(set(group.names)) == len(group)
    assert len(place(axes)) == len(groups(axes))


def test_ranges_of_a_group_touch_and_hold_their_middle():
    """Half a step about each magnitude, cut off at 0."""
    for group in groups(3):
        drawn = sorted((each for each in group.options[1:] if each.high > each.low), key=lambda each: each.low)
        kinds = {each.name.split("_")[0] for each in drawn if "_" in each.name} or {""}
        for kind in kinds:
            ladder = [each for each in drawn if each.name.startswith(kind)]
            for one, following in pairwise(ladder):
                assert one.high == pytest.approx(following.low)
        for each in drawn:
            assert each.low == pytest.approx(max(0, 2 * each.middle - each.high))


def test_planes_and_mirrors_are_those_of_the_axes():
    assert planes(2) == {"rotation": (0, 1)}
    assert mirrors(2) == {"mirror_rows": 0, "mirror_columns": 1}
    assert sorted(planes(3).values()) == [(0, 1), (0, 2), (1, 2)]
    assert list(mirrors(3).values()) == [0, 1, 2]


def test_other_numbers_of_axes_are_refused():
    with pytest.raises(ValueError, match="2 or 3 axes, not 4"):
        groups(4)
