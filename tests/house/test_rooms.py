import pytest

from tests.house.rooms import layer_of, room_of


@pytest.mark.parametrize(
    ("file", "room", "layer"),
    [
        ("analysis/law/fit.py", "analysis/law", "analysis"),
        ("analysis/metric.py", "analysis", "analysis"),
        ("rng.py", "", ""),
    ],
)
def test_a_file_lies_in_a_room_of_a_layer(file, room, layer):
    assert (room_of(file), layer_of(file), layer_of(room)) == (room, layer, layer)


@pytest.mark.parametrize(
    ("line", "imported"),
    [
        ("import segaug.data.task", {"data/task.py"}),
        ("from segaug.data.task import Task", {"data/task.py"}),
        ("from segaug.data import task", {"data/task.py"}),  # a file, not a name of the package
        ("from segaug.data import Nothing", {"data/__init__.py"}),
        ("from segaug import data, rng", {"data/__init__.py", "rng.py"}),
        ("import segaug.augment.red", set()),  # itself
        ("from torch import nn\nimport segaugment.data", set()),
        ("class Red:\n    def later(self):\n        from segaug import rng", {"rng.py"}),
    ],
)
def test_a_file_imports_files(built, line, imported):
    house = built({"rng.py": "", "data/__init__.py": "", "data/task.py": "", "augment/red.py": line})
    assert house.files["augment/red.py"] == imported


def test_arrows_of_rooms_and_layers_are_those_of_their_files(built):
    house = built(
        {
            "__init__.py": "",
            "__main__.py": "from segaug.analysis.law import fit",
            "rng.py": "",
            "data/task.py": "from segaug import rng",
            "analysis/__init__.py": "from segaug.analysis.law.fit import Fit",  # hands out names: no arrow
            "analysis/interval.py": "",
            "analysis/law/__init__.py": "",
            "analysis/law/fit.py": "from segaug.analysis.interval import Interval\nfrom segaug.data import task",
        }
    )
    assert house.rooms == {"analysis": set(), "analysis/law": {"analysis", "data"}, "data": set()}
    assert house.layers == {"analysis": {"data"}, "data": set()}
    assert house.rooms_of("analysis") == {"analysis": set(), "analysis/law": {"analysis"}}
    assert house.files_in("analysis") == ["analysis/__init__.py", "analysis/interval.py"]


def test_a_layer_that_is_all_rooms_is_no_room(built):
    house = built({"report/__init__.py": "", "report/look/theme.py": "", "report/marks/dodge.py": ""})
    assert list(house.rooms_of("report")) == ["report/look", "report/marks"]
