"""Kills the server of workers that imports it ahead of them, as often as a file has bytes."""

import os
import signal
from pathlib import Path

left = Path(os.environ["DEADLY"])
if left.read_bytes():
    left.write_bytes(left.read_bytes()[1:])
    os.kill(os.getpid(), signal.SIGKILL)
