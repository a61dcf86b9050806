"""Stand-ins for `publish_run`, and how to watch them; a light module, as each mirror process imports it."""

import json
import os
import signal
import sys
import time
from pathlib import Path

from segaug.results.mirror import publish as publish_module
from segaug.results.mirror.publish import publish_run


def note(run, tracker, study):
    """Remember each call."""
    with open(study / "published.jsonl", "a") as file:
        file.write(json.dumps({"id": run.id, "job_type": run.job_type, "pid": os.getpid(), **run.summary}) + "\n")


def hang(run, tracker, study):
    """Wait for ever, deaf to polite requests, as a client without network does."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(run, tracker, study)
    time.sleep(600)


def fail(run, tracker, study):
    raise ConnectionError(f"429 for {os.environ.get('WANDB_API_KEY')}")


def fail_first(run, tracker, study):
    marker = study / "failed_once"
    if not marker.exists():
        marker.touch()
        raise ConnectionError("try again")
    note(run, tracker, study)


def die(run, tracker, study):
    os._exit(9)


def without_wandb(run, tracker, study):
    sys.modules["wandb"] = None  # type: ignore[assignment]  # what makes `import wandb` fail
    publish_run(run, tracker, study)


def without_server(run, tracker, study):
    """Nothing listens on port 9; a short wait stands for the usual one."""
    os.environ |= {"WANDB_BASE_URL": "http://127.0.0.1:9", "WANDB_API_KEY": "0" * 40}
    publish_module.INIT_TIMEOUT_S = 1.0
    publish_run(run, tracker, study)


def published(folder: Path) -> list[dict]:
    path = folder / "published.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def hang_politely(run, tracker, study):
    note(run, tracker, study)
    time.sleep(600)


def wait_for(condition, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
