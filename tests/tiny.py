"""A study that trains in seconds: generated 16 x 16 images, a network of two channels, four updates."""

import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from contextvars import copy_context
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from segaug.cli.main import main

TINY = [
    "dataset=phantom_thorax_lung",
    "dataset.images=60",
    "dataset.size=16",
    "model.feature_size=2",
    "protocol=fixed_steps",
    "protocol.length=4",
    "protocol.warmup=1",
    "protocol.validate_every=2",
    "scale=n4",
]


def volatile_free(record: dict) -> dict:
    """A record without what may differ between two runs of one trial."""
    return {key: value for key, value in record.items() if key not in ("run", "checksum")}


def segaug(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, as a user does."""
    command = [sys.executable, "-m", "segaug", *arguments]
    known = {**os.environ, "SEGAUG_CACHE": str(cwd / "cache"), **environment}
    return subprocess.run(command, cwd=cwd, env=known, capture_output=True, text=True, timeout=300, check=False)


def segaug_here(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As `segaug`, but in this process, which has imported torch already: seconds less.

    Where a test is about what a process does of its own, such as its end, its pipes and its imports, use `segaug`.
    """
    known = {"SEGAUG_CACHE": str(cwd / "cache"), **environment}
    with (
        chdir(cwd),
        patch.dict(os.environ, known),
        patch.object(sys, "argv", sys.argv),  # which Hydra's commands replace
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as error,
    ):
        code = copy_context().run(main, list(arguments))  # what a command sets in its context ends with it
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), error.getvalue())
