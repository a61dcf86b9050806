"""What a command costs, with all processes that it starts: also those that outlive it for a moment.

A process that nobody waits for takes its CPU time with it.  So the command is run by this file as a program, which
adopts what is left behind (Linux only), waits for it, and is then asked what all of that has used.
"""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36  # of prctl: orphans among its descendants become its own children


@dataclass(frozen=True)
class Cost:
    """In seconds; output: what the command itself printed."""

    cpu_s: float
    wall_s: float
    output: str = ""

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s)


def cost_of(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a command to its end; one that fails ends the program, with what it said on the screen."""
    start = time.perf_counter()
    adopting = [sys.executable, __file__, *command]
    with subprocess.Popen(adopting, env=dict(environment), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # a pipe, as asked for
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{output}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, output)


def adopt_and_wait(command: Sequence[str]) -> int:
    """The exit code of the command on one core, once all that it started has ended too."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    code = subprocess.run(command, check=False).returncode
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return code


if __name__ == "__main__":
    sys.exit(adopt_and_wait(sys.argv[1:]))
