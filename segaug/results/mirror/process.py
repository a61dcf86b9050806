"""A process that may hang or die without the one that started it noticing."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

KILL_GRACE_S = 2.0
NICENESS = 10  # training comes first


def start(target: Callable[..., None], *args: object) -> BaseProcess:
    """Run `target(*args)` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=target, args=args, name="segaug-mirror", daemon=True)
    process.start()
    return process


def stop(process: BaseProcess, timeout_s: float) -> bool:
    """Wait for the end, kill what is then still running, and say whether all went well.

    wandb's own helper process ends with the one that started it.
    """
    process.join(timeout_s)
    if process.is_alive():
        process.kill()
        process.join(KILL_GRACE_S)
    return process.exitcode == 0


def isolate(log_file: Path) -> None:
    """First call in the new process: leave terminal, Ctrl-C and processor to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with open(log_file, "ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    logging.basicConfig(
        stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, force=True
    )
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed can no longer stop this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
