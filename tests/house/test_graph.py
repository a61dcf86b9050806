from hypothesis import given
from hypothesis import strategies as st

from tests.house.graph import circles, floors, reachable, without_shortcuts

NAMES = "abcdef"
graphs = st.fixed_dictionaries({name: st.sets(st.sampled_from(NAMES)) for name in NAMES}).map(
    lambda graph: {name: imported - {name} for name, imported in graph.items()}
)


def test_a_circle_is_found_with_all_its_members_and_nobody_else():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set(), "f": {"e"}}
    assert circles(graph) == [("a", "b", "c")]
    assert circles(graph | {"c": set()}) == []


def test_floors_count_the_longest_way_down():
    assert floors({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {"a": 2, "b": 1, "c": 0}
    assert floors({"a": {"b"}, "b": {"a", "c"}, "c": set()}) == {"a": 1, "b": 1, "c": 0}  # a circle shares one


@given(graphs)
def test_every_arrow_goes_down_or_stays_in_its_circle(graph):
    floor, together = floors(graph), circles(graph)
    for name, imported in graph.items():
        for other in imported:
            assert floor[other] < floor[name] or any({name, other} <= set(circle) for circle in together)


@given(graphs)
def test_everything_is_reached_without_shortcuts(graph):
    left = without_shortcuts(graph)
    assert {name: reachable(left, name) for name in graph} == {name: reachable(graph, name) for name in graph}


@given(graphs)
def test_no_arrow_is_left_that_could_be_spared(graph):
    downward = {name: {other for other in imported if other > name} for name, imported in graph.items()}
    left = without_shortcuts(downward)
    for name, imported in left.items():
        for other in imported:
            assert other not in reachable(left | {name: imported - {other}}, name)
