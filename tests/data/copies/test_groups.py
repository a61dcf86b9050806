from hypothesis import given
from hypothesis import strategies as st

from segaug.data.copies.groups import groups


def test_links_join_through_others():
    assert groups([(3, 1), (5, 6), (1, 7), (6, 5), (2, 2)]) == [(1, 3, 7), (5, 6)]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12))
def test_each_place_is_in_one_group_and_no_link_is_between_two(links):
    found = groups(links)
    places = [place for group in found for place in group]
    assert len(places) == len(set(places))
    assert set(places) == {place for link in links if link[0] != link[1] for place in link}
    assert all(any(set(link) <= set(group) for group in found) for link in links if link[0] != link[1])
    assert groups(reversed(links)) == found
