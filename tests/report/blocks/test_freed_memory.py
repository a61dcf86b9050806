"""Memory that is freed goes back to the system, also below what stays."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
import numpy as np
from segaug.report.blocks.freed_memory import keep_no_freed_memory
keep_no_freed_memory()
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
np.ones(2**21)  # 16 MiB, freed at once: glibc takes the next ones of this size from its heap
before = resident()
arrays = [np.ones(2**18) for _ in range(40)]  # 80 MiB
stays = arrays[-1]
del arrays
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has to be told")
def test_memory_below_what_stays_is_given_back():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 10
