"""A Python file as Python takes it: what it does and what it imports, however it is laid out and commented."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

Plain = str | list["Plain"] | tuple[str, "Plain"]
_SAYS_NOTHING = {"ctx", "kind", "type_comment", "type_ignores"}  # fields of a syntax tree that follow from the others


@dataclass(frozen=True)
class Source:
    """Two files of one digest do the same."""

    digest: str
    imports: frozenset[str]  # names that may be modules: both `a` and `a.b` of `from a import b`


@cache
def read_source(file: Path) -> Source:
    """A file as it was when this process first asked; one that is no valid Python counts by its bytes."""
    return _source(file.read_bytes())


@cache  # a copy of the code, as tests make them, is the same but for a line
def _source(data: bytes) -> Source:
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):  # somebody is just editing it
        return Source(sha256(data).hexdigest(), frozenset())
    return Source(sha256(repr(_plain(tree)).encode()).hexdigest(), frozenset(_imports(tree)))


def _plain(node: object) -> Plain:
    """A syntax tree spelt alike by all versions of Python from 3.10 on, which `ast.dump` and `ast.unparse` are not.

    Fields that are empty are left out, because versions differ in which fields there are; so are statements that are
    nothing but a constant: docstrings.
    """
    if isinstance(node, list):
        return [
            _plain(item) for item in node if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        ]
    if not isinstance(node, ast.AST):
        return ascii(node)  # repr would depend on which characters a version knows
    if isinstance(node, ast.JoinedStr):
        return ["JoinedStr", ("values", list(_pieces(node.values)))]
    spelt: list[Plain] = [type(node).__name__]
    for name in node._fields:
        value = getattr(node, name, None)
        if value is not None and name not in _SAYS_NOTHING and (plain := _plain(value)) != []:
            spelt.append((name, plain))
    return spelt


def _pieces(values: list[ast.expr]) -> Iterator[Plain]:
    """Parts of an f-string; versions differ in how they cut its text."""
    text = ""
    for value in values:
        if isinstance(value, ast.Constant):
            text += str(value.value)
            continue
        if text:
            yield ascii(text)
        text = ""
        yield _plain(value)
    if text:
        yield ascii(text)


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
