"""A process that trains itself keeps its heap, as workers do: freed memory is there for the next step."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
import numpy as np
from segaug.experiment.machine.process import keep_heap
if sys.argv[1] == "kept":
    keep_heap()
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
before = resident()
np.ones(2**23)  # 64 MiB, freed at once: more than the default ever keeps
print(resident() - before)
"""


def left_mib(heap: str) -> float:
    done = subprocess.run([sys.executable, "-c", SCRIPT, heap], capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be told")
def test_what_is_freed_stays():
    assert left_mib("kept") > 60
    assert left_mib("default") < 10
