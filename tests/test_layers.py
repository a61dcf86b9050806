"""Imports follow the arrows: data -> augment -> training -> records -> curves -> page, never back."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "segaug"
# At the top, for everybody; "" is segaug itself.
FREE = {
    "", "batch", "errors", "file_name", "files", "form", "grey", "json_data", "measures", "metrics", "name", "rng",
    "terminal",
    "visible",
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
    "cluster": {"experiment", "training", "results"},
    "analysis": {"results"},
    "findings": {"analysis", "results"},
    "report": {"findings", "analysis", "results"},
    # `segaug data check` and `segaug register` need no experiment
    "cli": {
        "cluster",
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
WITHIN_ANALYSIS = {  # rooms of segaug/analysis; "" is its single files
    "": set(),
    "law": {""},
    "trials": {"", "law"},
    "curves": {"", "law", "trials"},
    "comparison": {"", "law", "trials", "curves"},
    "planning": {"", "law", "trials", "curves", "comparison"},
}
TORCH = {
    "torch",
    "segaug.batch",
    "segaug.grey",
    "segaug.metrics",
    "segaug.rng",
}  # curves and pages are made where no torch is installed


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def allowed(layer: str, imported: str) -> bool:
    if imported.startswith("."):
        return False  # a relative import would hide its layer
    if layer in ("analysis", "findings", "report") and (imported in TORCH or imported.startswith("torch.")):
        return False
    package, _, rest = imported.partition(".")
    target = rest.partition(".")[0]
    return package != "segaug" or target == layer or target in FREE | MAY_IMPORT[layer]


def test_imports_follow_the_arrows():
    layers = [(file.relative_to(PACKAGE).parts[0], file) for file in sorted(PACKAGE.glob("*/**/*.py"))]
    wrong = [
        f"{file.relative_to(PACKAGE.parent)} imports {name}"
        for layer, file in layers
        for name in imports(file)
        if not allowed(layer, name)
    ]
    assert layers
    assert not wrong, "\n".join(wrong)


def test_statistics_build_on_the_law():
    home = PACKAGE / "analysis"
    rooms = {folder.name for folder in home.iterdir() if (folder / "__init__.py").is_file()}
    assert rooms | {""} == set(WITHIN_ANALYSIS)
    wrong = []
    for file in home.rglob("*.py"):
        if file == home / "__init__.py":
            continue  # it hands out the names of all rooms
        room = file.parent.name if file.parent != home else ""
        for name in imports(file):
            target = name.removeprefix("segaug.analysis.").partition(".")[0] if "segaug.analysis." in name else None
            if target and (target if target in rooms else "") not in WITHIN_ANALYSIS[room] | {room}:
                wrong.append(f"{file.relative_to(home)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_single_files_import_no_layer():
    names = [(file.name, name) for file in PACKAGE.glob("*.py") if file.name != "__main__.py" for name in imports(file)]
    assert not [pair for pair in names if pair[1].startswith("segaug.") and pair[1].split(".")[1] not in FREE]


def test_rules_can_fail():
    assert not allowed("data", "segaug.augment.red")
    assert not allowed("analysis", "torch.nn")
    assert not allowed("report", "segaug.rng")
    assert not allowed("models", "..augment")
    assert allowed("augment", "segaug.deform.warp")
    assert allowed("augment", "torch")
