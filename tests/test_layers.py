"""Imports follow the arrows: data -> augment -> training -> records -> curves -> page, never back."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from tests.house.build import build
from tests.house.graph import circles
from tests.house.here import HOUSE
from tests.house.imports import imported_names
from tests.house.rooms import House, layer_of, room_of

# At the top, for everybody; "" is segaug itself.
FREE = {
    "", "batch", "errors", "file_name", "files", "form", "glibc", "grey", "image_hash", "json_data", "known",
    "measures", "metrics", "name", "patch", "policy_file", "rng", "terminal", "visible", "ways",
}  # fmt: skip
MAY_IMPORT = {
    "data": set(),
    "metrics": set(),
    "deform": set(),
    "registration": {"deform"},
    "models": set(),
    "internals": set(),
    "augment": {"deform", "registration", "models", "internals"},
    "training": {"augment", "models"},
    "results": set(),
    "experiment": {"data", "deform", "augment", "models", "training", "results", "internals"},
    "contract": {"data", "augment", "models", "registration", "training", "experiment"},
    "cluster": {"experiment", "training", "results"},
    "analysis": {"results"},
    "findings": {"analysis", "results"},
    "report": {"findings", "analysis", "results"},
    # `segaug data check` and `segaug register` need no experiment
    "cli": {
        "cluster",
        "contract",
        "experiment",
        "findings",
        "analysis",
        "report",
        "results",
        "data",
        "registration",
        "deform",
        "internals",
    },
}
WITHIN: dict[str, dict[str, set[str]]] = {  # layer -> room -> rooms it may import; "" is the layer's single files
    "analysis": {
        "": set(),
        "law": {""},
        "trials": {"", "law"},
        "foreign": {"", "trials"},
        "curves": {"", "law", "trials", "foreign"},
        "comparison": {"", "law", "trials", "foreign", "curves"},
        "planning": {"", "law", "trials", "curves", "comparison"},
        "addition": {"", "law", "trials", "foreign", "curves", "comparison", "planning"},
        "sites": {"", "law", "trials", "curves", "comparison"},
        "diagnostics": {"", "law", "trials"},
        "policies": {"", "law", "curves", "comparison"},
    },
    "augment": {"": {"policy"}, "policy": set(), "genda": {""}, "task_driven": {""}, "augpaint": {""}},
    "data": {
        "": {"rules"},
        "rules": set(),
        "phantom": {"", "rules"},
        "formats": {"", "rules"},
        "kinds": {"", "formats", "rules"},
        "check": {"", "rules"},
        "copies": {""},
        "fetch": {""},
        "understand": {"", "kinds", "formats", "rules", "check"},
    },
    "experiment": {
        "": {"config", "sweep"},  # outside.py stands above all
        "config": set(),
        "machine": set(),
        "guard": {"config"},
        "planned": {"config", "machine"},
        "code": {"config", "planned"},
        "artefacts": {"config", "machine", "planned"},
        "cards": {"config", "planned", "artefacts"},
        "synthesis": {"config", "machine", "planned", "artefacts"},
        "trial": {"config", "machine", "planned", "artefacts"},
        "sweep": {"config", "guard", "machine", "planned", "code", "artefacts", "cards", "trial"},
    },
    "report": {
        "": {
            "look",
            "blocks",
            "study",
            "curves",
            "comparison",
            "addition",
            "sites",
            "synthesis",
            "policies",
            "ways",
            "diagnostics",
            "laws",
            "answers",
            "planning",
            "variance",
            "divergence",
            "data",
            "trials",
        },  # the page puts them in order
        "look": set(),
        "pictures": {"look"},
        "study": {"look"},
        "marks": {"look", "study"},
        "blocks": {"look", "study"},
        "curves": {"look", "study", "marks", "blocks"},
        "laws": {"look", "study", "marks", "blocks", "curves"},
        "comparison": {"look", "study", "marks", "blocks", "curves"},
        "addition": {"look", "study", "marks", "blocks"},
        "sites": {"look", "study", "marks", "blocks", "curves"},
        "synthesis": {"look", "study", "marks", "blocks", "pictures"},
        "policies": {"look", "study", "marks", "blocks"},
        "ways": {"look", "study", "blocks"},
        "diagnostics": {"look", "study", "marks", "blocks"},
        "answers": {"look", "study", "blocks", "laws", "comparison"},
        "planning": {"look", "study", "marks", "blocks"},
        "variance": {"look", "study", "marks", "blocks"},
        "divergence": {"look", "study", "marks", "blocks", "curves"},
        "data": {"look", "study", "blocks"},
        "dataset": {"look", "blocks"},
        "trials": {"look", "study", "blocks", "curves", "laws", "data", "pictures", "synthesis", "policies", "ways"},
    },
    "results": {"": set(), "mirror": {""}},
}
TORCH = {"batch", "grey", "image_hash", "metrics", "patch", "rng"}  # need it
WITHOUT_TORCH = {"analysis", "findings", "report"}  # curves and pages are made where no torch is installed


def part_of(file: str) -> str:
    """What of the package a file belongs to: its layer, or the name of a single file; "" is the package itself."""
    return layer_of(file) or file.removesuffix(".py").replace("__init__", "")


def against_the_arrows(house: House) -> list[str]:
    wrong = []
    for file, imported in house.files.items():
        layer = part_of(file)
        if layer != "__main__":  # starts the command
            may = FREE | MAY_IMPORT.get(layer, set()) | {layer}
            wrong += [f"{file} imports {other}" for other in imported if part_of(other) not in may]
    return wrong


def within(layer: str, room: str) -> str:
    """Name of a room inside its layer: `law` of `analysis/law`, "" for the layer's single files."""
    return room.removeprefix(layer).removeprefix("/")


def against_the_rooms(house: House, layer: str, rules: Mapping[str, Collection[str]]) -> list[str]:
    return [
        f"{file} imports {other}"
        for room, rooms in house.rooms_of(layer).items()
        for file in house.files_in(room)
        for other in house.files[file]
        if room_of(other) in rooms and within(layer, room_of(other)) not in rules[within(layer, room)]
    ]


def hidden_from_the_arrows(house: House) -> list[str]:
    """Relative imports, whose layer nobody sees; and torch, where it may not be installed."""
    wrong = []
    for file, tree in house.trees.items():
        names = sorted(set(imported_names(tree)))
        wrong += [f"{file} imports {name}" for name in names if name.startswith(".")]
        if layer_of(file) in WITHOUT_TORCH:
            wrong += [f"{file} imports {name}" for name in names if name.partition(".")[0] == "torch"]
            wrong += [f"{file} imports {other}" for other in house.files[file] if part_of(other) in TORCH]
    return wrong


def test_imports_follow_the_arrows():
    assert set(HOUSE.layers) == set(MAY_IMPORT)
    assert against_the_arrows(HOUSE) == []


def test_every_layer_with_rooms_has_a_rule_for_each():
    rooms = {layer: {within(layer, room) for room in HOUSE.rooms_of(layer)} for layer in HOUSE.layers}
    ruled = {layer: set(rules) for layer, rules in WITHIN.items()}
    assert {layer: names for layer, names in rooms.items() if len(names) > 1} == ruled


@pytest.mark.parametrize("layer", WITHIN)
def test_rooms_follow_the_arrows(layer):
    assert against_the_rooms(HOUSE, layer, WITHIN[layer]) == []


def test_no_import_is_hidden_and_none_needs_torch_for_curves_and_pages():
    assert hidden_from_the_arrows(HOUSE) == []


@pytest.mark.parametrize("nodes", ["files", "rooms"])
def test_nobody_imports_himself_through_others(nodes):
    assert circles(getattr(HOUSE, nodes)) == []


@pytest.mark.parametrize(
    ("file", "line", "wrong"),
    [
        ("data/task.py", "from segaug.augment.red import RandomElastic", "data/task.py imports augment/red.py"),
        ("data/task.py", "from segaug import augment", "data/task.py imports augment/__init__.py"),
        ("data/task.py", "def later():\n    import segaug.augment.red", "data/task.py imports augment/red.py"),
        ("rng.py", "from segaug.data import task", "rng.py imports data/task.py"),
        ("augment/red.py", "from segaug.data.task import Task", "augment/red.py imports data/task.py"),
    ],
)
def test_an_import_against_the_arrows_is_found(tmp_path, file, line, wrong):
    assert against_the_arrows(house(tmp_path)) == []
    assert against_the_arrows(house(tmp_path, {file: line})) == [wrong]


def test_an_import_from_a_room_above_is_found(tmp_path):
    rules = {"": set(), "law": {""}, "curves": {"", "law"}}
    right = "from segaug.analysis.law.form import Form\nfrom segaug.analysis import interval"
    assert against_the_rooms(house(tmp_path, {"analysis/curves/fit.py": right}), "analysis", rules) == []
    wrong = house(tmp_path, {"analysis/law/form.py": "from segaug.analysis.curves import fit"})
    assert against_the_rooms(wrong, "analysis", rules) == ["analysis/law/form.py imports analysis/curves/fit.py"]


def test_a_circle_through_a_function_is_found(tmp_path):
    lines = {"data/task.py": "from segaug import rng", "rng.py": "def later():\n    import segaug.data.task"}
    assert circles(house(tmp_path, lines).files) == [("data/task.py", "rng.py")]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("from ..augment import red", "..augment.red"),
        ("import torch", "torch"),
        ("from torch import nn", "torch.nn"),
        ("from segaug import rng", "rng.py"),
        ("from segaug.rng import stream", "rng.py"),
    ],
)
def test_a_hidden_import_is_found(tmp_path, line, wrong):
    assert hidden_from_the_arrows(house(tmp_path, {"augment/red.py": "import torch"})) == []
    assert hidden_from_the_arrows(house(tmp_path, {"analysis/interval.py": line})) == [
        f"analysis/interval.py imports {wrong}"
    ]


def house(folder: Path, changed: Mapping[str, str] | None = None) -> House:
    """A small package that keeps all rules, but for the files that are given."""
    files = ("__init__", "rng", "data/__init__", "data/task", "augment/__init__", "augment/red", "analysis/__init__")
    files += ("analysis/interval", "analysis/law/form", "analysis/curves/fit")
    return build(folder, {f"{name}.py": "" for name in files} | dict(changed or {}))
