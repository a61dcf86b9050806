"""A large data set whose decoding is killed at random moments goes on where it stopped, and ends with the same task."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from segaug.data import many
from segaug.data.chunks import CASES, FOLDER
from segaug.data.kinds.folder import Folder
from segaug.data.task import SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import DataError
from segaug.rng import stream
from tests.data.small_sets import image_and_mask, save

IMAGES, KILLS = 40 * CASES, range(4)
LOAD = """
import json, sys
from pathlib import Path
from tests.drills.test_decoding_sigkill import load
if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def dataset(root: Path) -> Folder:
    return Folder(root=str(root), structures={"whole": [1, 2]}, structure="whole", size=96, split=SplitSizes())


def load(root: Path, cache: Path) -> None:
    """Print how much was there, and what the task holds."""
    told: list[int] = []
    many.WORTH_S = 0.0  # small images that are called many: all processes work from the start
    task = load_task(dataset(root), cache, lambda done, _: told.append(done))
    print(json.dumps([told[0], task.content_hash, task.image.double().sum().item()]))


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("set")
    for number in range(IMAGES):
        image, mask = image_and_mask(number)
        for folder, pixels in {"images": image, "masks": mask}.items():
            save(root / folder / f"i{number:04}.png", np.kron(pixels, np.ones((8, 8), np.uint8)))
    return root


def start(root: Path, folder: Path) -> subprocess.Popen:
    script = folder / "load.py"
    script.write_text(LOAD)
    command = [sys.executable, str(script), str(root), str(folder / "cache")]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


def chunks(folder: Path) -> dict[str, int]:
    """Name -> time of writing of each whole chunk."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / "cache" / FOLDER).glob("*.safetensors")}


def gone(group: int) -> bool:
    """Has everybody of a process group ended?"""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.drill
def test_a_decoding_that_is_killed_goes_on_where_it_stopped(root, tmp_path, injected):
    found: dict[str, int] = {}
    for kill in KILLS:
        process = start(root, tmp_path)
        deadline = time.monotonic() + 120
        while len(chunks(tmp_path)) < len(found) + 3 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        delay, group = stream(kill, "decoding drill").initial_seed() % 100 / 200, kill % 2
        time.sleep(delay)
        assert process.poll() is None, process.communicate()[1]
        (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
        assert gone(process.pid), "a process that decodes has outlived the one that started it"
        after = chunks(tmp_path)
        assert {name: after[name] for name in found} == found, "what was there has been written again"
        assert len(after) > len(found)
        found = after
    last = start(root, tmp_path)
    printed, told = last.communicate()
    assert last.returncode == 0, told
    there, content, total = json.loads(printed)
    assert there == CASES * len(found)
    calm = load_task(dataset(root), None)
    assert (content, total) == (calm.content_hash, calm.image.double().sum().item())
    assert not chunks(tmp_path)
    injected(len(KILLS))


@pytest.mark.drill
def test_a_process_that_is_killed_costs_speed_alone(root, tmp_path, monkeypatch):
    monkeypatch.setattr(many, "_cores", lambda: 2)
    monkeypatch.setattr(many, "WORTH_S", 0.0)

    def kill(done: int, _: int) -> None:
        if done == 3 * CASES:
            for child in many.mp.active_children():
                os.kill(child.pid, signal.SIGKILL)

    with pytest.warns(UserWarning, match="images are decoded by one process instead of 2"):
        task = load_task(dataset(root), tmp_path / "cache", kill)
    assert task.content_hash == load_task(dataset(root), None).content_hash


@pytest.mark.drill
def test_of_several_bad_images_the_first_is_named_whoever_meets_it(root, tmp_path, monkeypatch):
    monkeypatch.setattr(many, "_cores", lambda: 2)
    monkeypatch.setattr(many, "WORTH_S", 0.0)
    files = [case.image_file for case in dataset(root).cases()]
    good = {row: files[row].read_bytes() for row in (4 * CASES, 2 * CASES + 1)}
    for row in good:
        files[row].write_bytes(b"no image")
    try:
        with pytest.raises(DataError, match=f"{files[2 * CASES + 1].name}: cannot be decoded"):
            load_task(dataset(root), tmp_path / "cache")
    finally:
        for row, data in good.items():
            files[row].write_bytes(data)
