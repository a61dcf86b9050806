"""A Slurm of one node for the tests of this folder, and studies that are sent to it."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("cluster.sh")


@pytest.fixture(scope="session")
def slurm():
    """Run it; slurm("stop-controller") stops its controller, slurm("controller") starts that again."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip("needs root and Debian's packages")

    def do(what):
        subprocess.run([SCRIPT, what], check=True, timeout=240)

    do("up")
    yield do
    do("down")


@pytest.fixture
def eventually():
    """Wait until a condition holds."""

    def wait(condition, seconds=120):
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.3)
        return found

    return wait
