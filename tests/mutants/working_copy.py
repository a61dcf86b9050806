"""A copy of the working tree, in which code may be changed, and a warm process that runs tests there."""

import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

PASSED, FAILED = 0, 1  # exit codes of pytest; others: it could not run
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


@dataclass(frozen=True)
class Copy:
    """The tree, and how tests are run in it."""

    root: Path
    warm: subprocess.Popen[str]

    def exit_code(self, tests: list[str], limit_seconds: float) -> tuple[int, float]:
        """Of pytest on these files up to the first failure, see `warm`; and the seconds it took."""
        begin = time.monotonic()
        print(json.dumps([limit_seconds, *PYTEST, *tests]), file=self.warm.stdin, flush=True)
        return int(self.warm.stdout.readline()), time.monotonic() - begin


@contextmanager
def copied(root: Path) -> Iterator[Copy]:
    """What git knows or would add; gone afterwards."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder).resolve()
        for name in filter(None, listed.split("\0")):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / name, copy / name)
        # Checked by content: a mutant may have the size and the second of what it replaces.
        compileall.compile_dir(copy / "segaug", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.warm"],
            cwd=copy, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as warm:  # fmt: skip
            yield Copy(copy, warm)
