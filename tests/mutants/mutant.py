"""Changes of one place of the code, listed and made by Cosmic Ray, and a fair sample of them."""

import ast
import difflib
import json
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CONFIG = """[cosmic-ray]
module-path = "{code}"
timeout = 1.0
excluded-modules = []
test-command = "not used: tests/mutants/warm.py runs them"
distributor.name = "local"
"""

Position = tuple[int, int]  # line from 1, column from 0


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one place."""

    file: str  # from the root of the repository
    start: Position
    end: Position
    operator: str  # Cosmic Ray's name for the kind of change
    occurrence: int  # of the operator in the file

    def made(self, tool: Path, root: Path) -> str:
        """Change the file below `root`; the difference as a unified diff."""
        path = root / self.file
        before = path.read_text()
        subprocess.run([tool, "apply", self.file, self.operator, str(self.occurrence)], cwd=root, check=True)
        lines = difflib.unified_diff(before.splitlines(), path.read_text().splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def mutants(tool: Path, root: Path, code: str) -> list[Mutant]:
    """All mutants of the folder `code` below `root`, save those of promises, which readers rely on and no result."""
    config, session = root / "mutants.toml", root / "mutants.sqlite"
    config.write_text(CONFIG.format(code=code))
    subprocess.run([tool, "init", config, session], cwd=root, check=True)
    dumped = subprocess.run([tool, "dump", session], cwd=root, check=True, capture_output=True, text=True).stdout
    session.unlink()
    listed = [_from_dump(json.loads(line)[0]["mutations"][0]) for line in dumped.splitlines()]
    kept = {file: promises((root / file).read_text()) for file in {mutant.file for mutant in listed}}
    return [
        mutant
        for mutant in listed
        if not any(start <= mutant.start and mutant.end <= end for start, end in kept[mutant.file])
    ]


def _from_dump(mutation: dict[str, object]) -> Mutant:
    start, end = (tuple(mutation[key]) for key in ("start_pos", "end_pos"))
    return Mutant(mutation["module_path"], start, end, mutation["operator_name"], mutation["occurrence"])


def promises(source: str) -> list[tuple[Position, Position]]:
    """Where the types of arguments, results and variables stand, and that the values of a class are frozen."""
    nodes = list(ast.walk(ast.parse(source)))
    types = [note for node in nodes for note in (getattr(node, "annotation", None), getattr(node, "returns", None))]
    frozen = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "frozen"]
    return [
        ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        for node in (*types, *frozen)
        if node is not None
    ]


def sampled(every: Iterable[Mutant], count: int, seed: str) -> list[Mutant]:
    """`count` places drawn alike, each with one of its changes: one that has ten does not count tenfold."""
    places: dict[tuple[str, Position, Position], list[Mutant]] = defaultdict(list)
    for mutant in sorted(every):
        places[mutant.file, mutant.start, mutant.end].append(mutant)
    rng = random.Random(seed)
    return [rng.choice(places[place]) for place in sorted(rng.sample(sorted(places), min(count, len(places))))]
