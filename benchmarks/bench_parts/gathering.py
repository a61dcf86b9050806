"""Rows out of processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from .groups import GROUPS
from .heaps import Heap, environment
from .row import Row, Times

_MEASURE = "import sys; from bench import measure; measure(*sys.argv[1:])"


class Failed(Exception):
    """A process that measures ended without rows."""


def gathered(name: str, heap: Heap) -> list[Row]:
    """Rows of a group, out of a new process; what that prints goes to stderr.  Raises Failed."""
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "rows.json"
        command = [sys.executable, "-c", _MEASURE, GROUPS[name].file, str(answer)]
        env = environment(heap == "kept", os.environ)
        done = subprocess.run(command, cwd=Path(__file__).parents[1], env=env, stdout=sys.stderr, check=False)
        if done.returncode:
            raise Failed(f"{name}, {heap} heap: its process ended with exit code {done.returncode}")
        return from_json(answer.read_text())


def to_json(rows: Sequence[Row]) -> str:
    return json.dumps([asdict(row) for row in rows])


def from_json(text: str) -> list[Row]:
    """Raises TypeError where a row is told by other names."""
    return [Row(**{**row, "ours": _times(row["ours"]), "peer": _times(row["peer"])}) for row in json.loads(text)]


def _times(values: Sequence[float] | None) -> Times | None:
    return None if values is None else (values[0], values[1])
