"""What a file imports, at its top and inside functions: the only reader of imports in the tests."""

import ast
from collections.abc import Iterator


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Dotted names: `a.b` for `from a import b`, be b a file or a name in one; relative ones begin with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)
