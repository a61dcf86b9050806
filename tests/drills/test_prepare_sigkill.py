"""A preparation that is killed at random moments goes on where it stopped, and ends with the same content."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from segaug.rng import stream
from tests.tiny import TINY, segaug_here

KILLS = range(8)
ARTEFACTS = 16  # at least; of 4 seeds of up to 8 images, and 8 sources of the spectrum
PREPARE = ["prepare", "-m", *TINY, "augment=regda,smooth_random", "scale=n2,n8", "seed=range(4)"]
PHASES = [
    "prepare", "-m", *TINY, "dataset.size=32", "augment=gd_gi", "seed=range(3)", "hydra.launcher.workers=1",
    "augment.joint.updates=24", "augment.joint.warmup=2", "augment.joint.batch_size=4",
    "augment.joint.validate_every=8",
]  # fmt: skip
MIDST = (4, 3, 5, 7)  # kills of which the first comes while the command starts, and each of the others in a phase
GENERATORS = 5  # at least; two of each of 3 seeds


def artefacts(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Name -> time of writing and content of each artefact."""
    files = (folder / "cache" / "artefacts").glob("*.safetensors")
    return {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def parsed(file: bytes) -> tuple[object, bytes]:
    """Header and data of a safetensors file, whose header has no fixed order, without what may differ: what it cost."""
    length = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + length])
    facts = json.loads(header["__metadata__"]["facts"])
    if facts.pop("cpu_seconds", None) is not None:
        header["__metadata__"] |= {"facts": facts, "checksum": "of other seconds"}
    return header, file[8 + length :]


def start_and_kill(folder: Path, kill: int, prepare: list[str]) -> bool:
    """Kill the command while it starts, or soon after its next artefact; the whole group, or the parent alone.

    True if it was still running.
    """
    environment = {**os.environ, "SEGAUG_CACHE": str(folder / "cache")}
    before = len(artefacts(folder))
    process = subprocess.Popen(
        [sys.executable, "-m", "segaug", *prepare], cwd=folder, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    delay, early, group = torch.rand(3, generator=stream(kill, "prepare drill")).tolist()
    deadline = time.monotonic() + (8 * delay if early < 0.3 else 120)
    while process.poll() is None and time.monotonic() < deadline and (early < 0.3 or len(artefacts(folder)) == before):
        time.sleep(0.01)
    if early >= 0.3:
        time.sleep(delay / 2)
    running = process.poll() is None
    if running:
        (os.killpg if group < 0.5 else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    return running


@pytest.mark.drill
@pytest.mark.parametrize(
    ("prepare", "kills", "least"),
    [(PREPARE, KILLS, ARTEFACTS), (PHASES, MIDST, GENERATORS)],
    ids=["registrations", "joint phases"],
)
def test_a_preparation_that_is_killed_goes_on_where_it_stopped(tmp_path, prepare, kills, least, injected):
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    calm.mkdir()
    stormy.mkdir()
    done = segaug_here(*prepare, cwd=calm)
    assert done.returncode == 0, done.stderr
    killed, found = [], artefacts(stormy)
    for kill in kills:
        killed.append(start_and_kill(stormy, kill, prepare))
        after = artefacts(stormy)
        assert {name: after[name] for name in found} == found, "what was there has been written again"
        found = after
    begun = {lock.stem for lock in (stormy / "cache" / "artefacts" / ".locks").iterdir()}
    assert begun - {Path(name).stem for name in found}, "no kill came in the midst of making one"
    assert all(killed), "the preparation ended before all kills were done: make it larger"
    assert least < len(artefacts(calm)) > len(found)
    last = segaug_here(*prepare, cwd=stormy)
    assert last.returncode == 0, last.stderr
    assert f" {len(found)} were there" in last.stdout
    in_the_end = artefacts(stormy)
    assert {name: in_the_end[name] for name in found} == found
    expected = {name: parsed(file) for name, (_, file) in artefacts(calm).items()}
    assert {name: parsed(file) for name, (_, file) in in_the_end.items()} == expected
    left = {path.name for path in (stormy / "cache" / "artefacts").iterdir()} - in_the_end.keys()
    assert left == {".locks"}
    again = segaug_here(*prepare, cwd=stormy)
    assert ", 0 made, 0 failed" in again.stdout
    injected(len(killed))


@pytest.mark.drill
def test_two_preparations_at_once_make_each_artefact_once(tmp_path):
    environment = {**os.environ, "SEGAUG_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "segaug", *PREPARE]
    both = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    seen: dict[str, int] = {}
    while any(process.poll() is None for process in both):
        for name, (written, _) in artefacts(tmp_path).items():
            assert seen.setdefault(name, written) == written, f"{name} was written twice"
        time.sleep(0.05)
    assert [process.returncode for process in both] == [0, 0]
    assert len(seen) > ARTEFACTS
