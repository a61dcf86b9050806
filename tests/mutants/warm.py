"""Run pytest again and again, each time in a fork of a process that has imported what is slow and never mutated.

Reads one JSON list a line, [seconds at most, argument of pytest, ...], and answers each with a line: the exit code of
pytest, or -1 when the time is over.  A fork has nothing of `segaug` in it, so that it imports the code as it now is.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time

import pytest

SLOW = (
    "torch",
    "pytorch_lightning",
    "monai.metrics",
    "monai.networks.nets",
    "scipy.stats",
    "scipy.optimize",
    "pandas",
    "matplotlib.figure",
)
OVER = -1
_POLL_SECONDS = 0.05


def exit_code(arguments: list[str], limit_seconds: float) -> int:
    """Of pytest in a fork, which is ended with all that it has started."""
    child = os.fork()
    if child == 0:
        os.setsid()
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(quiet, stream)
        os._exit(int(pytest.main(arguments)))
    end, status = time.monotonic() + limit_seconds, None
    while status is None and time.monotonic() < end:
        ended, code = os.waitpid(child, os.WNOHANG)
        status = os.waitstatus_to_exitcode(code) if ended else None
        time.sleep(_POLL_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
        return OVER
    return abs(status)


def main() -> None:
    """Answer until the input ends."""
    for name in SLOW:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        limit_seconds, *arguments = json.loads(line)
        print(exit_code(arguments, limit_seconds), flush=True)


if __name__ == "__main__":
    main()
