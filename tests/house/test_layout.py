from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.house.graph import floors, without_shortcuts
from tests.house.layout import GAP_PX, layout

NAMES = "abcdefgh"
WIDTH = {name: 30.0 + 10 * index for index, name in enumerate(NAMES)}
graphs = st.fixed_dictionaries({name: st.sets(st.sampled_from(NAMES)) for name in NAMES}).map(
    lambda graph: {name: imported - {name} for name, imported in graph.items()}
)


@given(graphs)
def test_no_two_boxes_touch_and_all_lie_inside(graph):
    plan = layout(graph, WIDTH)
    for floor in set(plan.floor.values()):
        row = sorted((plan.x[name], WIDTH[name]) for name in graph if plan.floor[name] == floor)
        assert all(right - left > (wide + other) / 2 + GAP_PX / 2 for (left, wide), (right, other) in pairwise(row))
    edges = [(plan.x[name] - WIDTH[name] / 2, plan.x[name] + WIDTH[name] / 2) for name in graph]
    assert min(left for left, _ in edges) > -1e-6
    assert max(right for _, right in edges) < plan.width + 1e-6


@given(graphs)
def test_each_arrow_is_drawn_once_and_goes_down_floor_by_floor(graph):
    plan = layout(graph, WIDTH)
    place = {(round(plan.x[name], 6), plan.floor[name]): name for name in graph}
    drawn = [tuple(place[round(x, 6), floor] for x, floor in (way[0], way[-1])) for way in plan.ways] + list(
        plan.circles
    )
    wanted = without_shortcuts(graph)
    assert sorted(drawn) == sorted((name, other) for name in wanted for other in wanted[name])
    for way in plan.ways:
        assert all(upper - lower == 1 for (_, upper), (_, lower) in pairwise(way))


def test_arrows_that_need_not_cross_do_not():
    graph = {"a": {"f"}, "b": {"e"}, "c": {"d"}, "d": set(), "e": set(), "f": set()}
    x = layout(graph, WIDTH).x
    upper, lower = sorted("abc", key=x.get), sorted("def", key=x.get)
    assert [next(iter(graph[name])) for name in upper] == lower
    assert floors(graph)["a"] == 1
