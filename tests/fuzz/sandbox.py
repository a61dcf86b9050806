"""Run a fuzz target where it can do no harm: a forked process with a bound on memory and on the time of each input.

Memory is bounded by RLIMIT_AS, so a parser that asks for too much gets a MemoryError; a watchdog thread of C ends the
process, with a traceback, when one input takes too long, even inside of a decoder that never returns to Python.
"""

import faulthandler
import gc
import multiprocessing as mp
import os
import re
import resource
import traceback
from collections.abc import Callable
from pathlib import Path

MEMORY_BYTES = 1_500_000_000  # more than at the start; the largest image that is allowed takes less
SECONDS_EACH = 20.0
SHOWN = 300  # characters of a line of a traceback: an input may be long


def sandboxed(work: Callable[[Callable[[], None]], None], folder: Path) -> int:
    """Run work(begin) in a process of its own; `begin` is called before each input.  Returns how often.

    Raises AssertionError with the child's traceback where it failed, crashed or took too long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count, trace = folder / "count", folder / "trace"
    gc.freeze()  # or the child's collector would copy all pages of this process; they stay frozen, as in conftest.py
    process = mp.get_context("fork").Process(target=_child, args=(work, count, trace))
    process.start()
    process.join()
    tried = count.stat().st_size if count.exists() else 0
    if process.exitcode != 0:
        told = trace.read_text(errors="replace")[-6000:] if trace.exists() else ""
        raise AssertionError(f"exit code {process.exitcode} at input {tried}, kept in {folder}\n{told}")
    return tried


def _child(work: Callable[[Callable[[], None]], None], count: Path, trace: Path) -> None:
    limit = _address_space() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff says there what it thinks of each file
    with open(count, "ab", buffering=0) as counter, open(trace, "w") as told:

        def begin() -> None:
            faulthandler.dump_traceback_later(SECONDS_EACH, exit=True, file=told)
            counter.write(b".")

        try:
            faulthandler.enable(told)
            work(begin)
        except BaseException:
            told.writelines(f"{line[:SHOWN]}\n" for line in traceback.format_exc().splitlines()[-60:])
            told.flush()
            os._exit(1)
        os._exit(0)


def _address_space() -> int:
    found = re.search(r"VmSize:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
