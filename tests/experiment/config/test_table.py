"""Classes by name: imported when they are looked up, told by an object without importing the others."""

import sys

import pytest

from segaug.experiment.config.schema import DATASETS, MODELS, STRATEGIES, registered_name
from segaug.experiment.config.table import Table

MODULE = "class Here: ...\n"


@pytest.fixture
def table(tmp_path, monkeypatch):
    for name in ("lazy_one", "lazy_two"):
        (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield Table({"one": "lazy_one:Here", "two": "lazy_two:Here", "gone": "lazy_gone:Here"})
    for name in ("lazy_one", "lazy_two"):
        sys.modules.pop(name, None)


def test_a_class_is_imported_when_it_is_looked_up_and_no_other(table):
    assert list(table) == ["one", "two", "gone"]
    assert "two" in table
    assert not {"lazy_one", "lazy_two"} & {*sys.modules}
    kind = table["one"]
    assert table["one"] is kind
    assert registered_name(table, kind()) == "one"
    assert "lazy_two" not in sys.modules


def test_what_is_put_in_by_hand_counts_as_well(table):
    class Own: ...

    table["own"] = Own
    assert registered_name(table, Own()) == "own"
    del table["own"]
    assert len(table) == 3


@pytest.mark.parametrize("of", [DATASETS, MODELS, STRATEGIES], ids=["dataset", "model", "augment"])
def test_who_has_an_object_has_imported_the_place_of_its_class(of):
    """Else `registered_name` would not find it."""
    for name, place in of.places.items():
        module = place.partition(":")[0]
        assert f"{of[name].__module__}.".startswith(f"{module}."), name
