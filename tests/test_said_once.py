"""The columns that name a trial, the states of a study and its thresholds are written in one place each."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest

from segaug.results import keys, states
from segaug.results.planned import PREDICT
from segaug.results.trial_key import TrialKey
from segaug.results.trial_row import COLUMNS
from tests.house.here import HOUSE

HOMES = {"results/keys.py", "results/states.py"}
NAMED = {
    name: words
    for home in (keys, states)
    for name, words in vars(home).items()
    if isinstance(words, tuple) and words and all(isinstance(word, str) for word in words)
}
TWICE_IN_DECISIVE_CODE = {("SHARE_FLOOR", 1e-6), ("FINEST_PX", 128)}
ALIKE_BY_CHANCE = {
    ("BLOCK", 250),  # of draws, of curves: as many as fit a cache
    ("NEWTON_STEPS", 12),  # of two equations
    ("FORMAT", 1), ("VERSION", 1), ("VERSION", 2),  # of different files
    ("TOLD", 3),  # of different messages
    ("ROUNDING", 1e-9),  # of sizes, of ratios
    ("MOST_OPEN", 24),  # panels of different sections
}  # fmt: skip


def said_again(tree: ast.AST) -> list[str]:
    """Lists, tuples and sets that spell out what a name stands for; a type, and headings of a table, have to."""
    subscripts = (node for node in ast.walk(tree) if isinstance(node, ast.Subscript))
    types = {id(node.slice) for node in subscripts if ast.unparse(node.value) == "Literal"}
    literals = (node for node in ast.walk(tree) if isinstance(node, ast.Tuple | ast.List | ast.Set))
    return [ast.unparse(node) for node in literals if id(node) not in types and len(node.elts) > 1 and spells(node)]


def spells(literal: ast.Tuple | ast.List | ast.Set) -> bool:
    words = [element.value if isinstance(element, ast.Constant) else None for element in literal.elts]
    if any(isinstance(word, str) and word not in COLUMNS and word not in states.STATES for word in words):
        words = []  # of a heading that people read: "N", "95 %"
    runs = {tuple(words[start:end]) for end in range(len(words) + 1) for start in range(end)}
    return not runs.isdisjoint(NAMED.values()) or expanded(literal) in NAMED.values()


def expanded(literal: ast.Tuple | ast.List | ast.Set) -> tuple[object, ...]:
    """(*CURVE, "size") with the words of CURVE in it."""
    found: list[object] = []
    for element in literal.elts:
        if isinstance(element, ast.Starred) and isinstance(element.value, ast.Name):
            found += NAMED.get(element.value.id, (element.value.id,))
        else:
            found.append(getattr(element, "value", None))
    return tuple(found)


def numbers(tree: ast.Module) -> Iterator[tuple[str, float]]:
    """Constants of a module, without the underscore of a private one; 0, 1 and 2 mean too many things."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = getattr(node.value, "value", None)
            if isinstance(value, int | float) and node.targets[0].id.isupper():
                yield node.targets[0].id.strip("_"), value


def twice(modules: Mapping[str, ast.Module]) -> dict[tuple[str, float], list[str]]:
    places = defaultdict(list)
    for file, tree in modules.items():
        for constant in numbers(tree):
            places[constant].append(file)
    return {constant: at for constant, at in places.items() if len(at) > 1}


def test_keys_and_states_are_spelt_out_at_home_alone():
    wrong = [f"{file}: {text}" for file, tree in HOUSE.trees.items() if file not in HOMES for text in said_again(tree)]
    assert not wrong, "use the names of segaug/results/keys.py and states.py:\n" + "\n".join(wrong)


def test_thresholds_stand_once():
    found = twice(dict(HOUSE.trees.items()))
    wrong = [f"{name} = {value} in {', '.join(at)}" for (name, value), at in found.items()
             if (name, value) not in ALIKE_BY_CHANCE | TWICE_IN_DECISIVE_CODE]  # fmt: skip
    assert not wrong, "import one from the other, or say here why they are alike by chance:\n" + "\n".join(wrong)
    assert found.keys() >= ALIKE_BY_CHANCE | TWICE_IN_DECISIVE_CODE, "strike what is alike no longer"


def test_a_trial_key_has_the_fields_of_its_name():
    assert TrialKey.__struct_fields__ == (*keys.TRIAL_KEY, PREDICT)
    row = {name: number for number, name in enumerate(keys.TRIAL_KEY)}
    assert keys.curve_of(row) == tuple(row[name] for name in keys.CURVE)
    assert keys.cell_of(row) == tuple(row[name] for name in keys.CELL)


@pytest.mark.parametrize(
    "code",
    [
        'KEYS = ["task", "model", "strategy"]',
        'f(["size", "seed", "subset"])',
        'table[[*CURVE, "size"]]',
        'x = (*CELL, "seed")',
        'STATES = ("ok", "diverged", "failed", "missing")',
        'a in ("done", "diverged")',
    ],
)
def test_rules_can_fail(code):
    assert said_again(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        'Literal["ok", "diverged"]',
        'table[[*TRIAL, "id"]]',
        'head = ("task", "model", "strategy", "N", "95 %")',
        '("task", "strategy")',
        "[*CURVE]",
    ],
)
def test_what_is_no_second_spelling(code):
    assert not said_again(ast.parse(code))


def test_a_threshold_that_stands_twice_is_found():
    modules = {name: ast.parse("_LEVEL = 0.05") for name in ("shape.py", "paired.py")}
    assert twice(modules) == {("LEVEL", 0.05): ["shape.py", "paired.py"]}
