"""Words of a finding know no medium: neither a terminal nor a page."""

from tests.house.here import HOUSE
from tests.house.imports import imported_names
from tests.house.rooms import layer_of

MEDIA = {"jinja2", "markupsafe", "matplotlib", "rich", "torch"}


def test_no_finding_knows_where_it_is_shown():
    trees = [tree for file, tree in HOUSE.trees.items() if layer_of(file) == "findings"]
    assert {name.partition(".")[0] for tree in trees for name in imported_names(tree)} & MEDIA == set()
    assert len(trees) > 1
