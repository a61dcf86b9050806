"""Time to decode a large set: beside a plain loop, again, and after a kill; and the memory of workers that share it.

Run: python benchmarks/decoding.py [--full] [--pngs N] [--slices N] [--side PIXELS]
Files are made up, in a temporary folder; all cores.  A plain loop opens image and mask with Pillow or nibabel, scales
the image to 0..1, brings both to the size of the network, and keeps nothing: no check of the mask's values, no hash,
no file.  Each start is a process of its own; its seconds are those of `load_task`, without imports.
Goal: a second start of the same 10,000 images spends less than 2 s on data.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

GOAL_S = 2.0
SIZE = 128  # of the network
DEPTH, PLANE, SLICES = 24, 128, 8  # of a volume: slices, their side, and how many of them are taken
SHORT, FULL = {"PNG": 480, "NIfTI": 240}, {"PNG": 10_000, "NIfTI": 2_000}
WORKERS = 3


def disc(rng: np.random.Generator, side: int) -> np.ndarray:
    rows, columns = np.ogrid[:side, :side]
    row, column, radius = *rng.uniform(0.3, 0.7, 2), rng.uniform(0.1, 0.25)
    return (rows - side * row) ** 2 + (columns - side * column) ** 2 < (side * radius) ** 2


NOISE = np.random.default_rng(0).normal(0, 6, (1024, 1024)).astype(np.float32)


def picture(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    coarse = Image.fromarray(rng.uniform(0, 120, (8, 8)).astype(np.float32))
    smooth = np.asarray(coarse.resize(mask.shape[::-1], Image.Resampling.BILINEAR))
    row, column = rng.integers(0, 1024 - mask.shape[0], 2)
    noise = NOISE[row : row + mask.shape[0], column : column + mask.shape[1]]
    return (smooth + 60 * mask + noise).clip(0, 255).astype(np.uint8)


def make_png(root: Path, count: int, side: int) -> None:
    for folder in ("images", "masks"):
        (root / folder).mkdir(parents=True)
    for number in range(count):
        rng = np.random.default_rng(number)
        mask = disc(rng, side)
        Image.fromarray(picture(rng, mask)).save(root / f"images/{number:05}.png", compress_level=1)
        Image.fromarray(mask.astype(np.uint8)).save(root / f"masks/{number:05}.png", compress_level=1)


def make_nifti(root: Path, count: int) -> None:
    import nibabel

    for folder in ("imagesTr", "labelsTr"):
        (root / folder).mkdir(parents=True)
    for number in range(count // SLICES):
        rng = np.random.default_rng(number)
        planes = [disc(rng, PLANE) for _ in range(DEPTH)]
        voxels = {"labelsTr": np.stack(planes, -1).astype(np.uint8)}
        voxels["imagesTr"] = np.stack([picture(rng, plane) for plane in planes], -1).astype(np.int16)
        for folder, values in voxels.items():
            image = nibabel.Nifti1Image(values, np.diag([1.5, 1.5, 3.0, 1.0]))
            nibabel.save(image, root / folder / f"v{number:04}.nii.gz")


def loop_png(root: Path) -> None:
    for path in sorted((root / "images").iterdir()):
        shrink(np.asarray(Image.open(path)), np.asarray(Image.open(root / "masks" / path.name)))


def loop_nifti(root: Path) -> None:
    import nibabel

    for path in sorted((root / "imagesTr").iterdir()):
        image = np.asanyarray(nibabel.load(path).dataobj)
        mask = np.asanyarray(nibabel.load(root / "labelsTr" / path.name).dataobj)
        for place in np.linspace(0, DEPTH - 1, SLICES).astype(int):
            shrink(image[..., place], mask[..., place])


def shrink(image: np.ndarray, mask: np.ndarray) -> None:
    import torch
    from torch.nn.functional import interpolate

    pixels = torch.from_numpy(image.astype(np.float32))[None, None]
    pixels = (pixels - pixels.min()) / (pixels.max() - pixels.min())
    interpolate(pixels, (SIZE, SIZE), mode="bilinear", antialias=True)
    interpolate(torch.from_numpy((mask > 0).astype(np.float32))[None, None], (SIZE, SIZE), mode="nearest-exact")


def load(kind: str, root: Path, cache: Path) -> None:
    """As a study does; says what it took, and waits to be looked at where it is told to."""
    import torch

    from segaug.data.kinds.folder import Folder
    from segaug.data.kinds.volumes import Volumes
    from segaug.data.rules.slices import Slices
    from segaug.data.tensors import load_task

    torch.set_num_threads(1)
    shared = {"root": str(root), "structures": {"disc": [1]}, "structure": "disc", "size": SIZE}
    slices = Slices(per_patient=SLICES, share_without=0.0)
    dataset = Folder(**shared) if kind == "PNG" else Volumes(**shared, slices=slices)
    before = seconds()
    task = load_task(dataset, cache)
    print(
        json.dumps(
            {
                "took": [b - a for a, b in zip(before, seconds(), strict=True)],
                "content": task.content_hash,
                "sum": float(task.image.sum()),
                "bytes": task.image.nbytes + task.label.nbytes,
            }
        ),
        flush=True,
    )
    sys.stdin.readline()


def seconds() -> list[float]:
    """Passed, and of all processors, those of children that have ended included."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return [time.perf_counter(), sum(used.ru_utime + used.ru_stime for used in (own, children))]


@dataclass
class Start:
    """A process that loads the set, as that of a study does."""

    kind: str
    root: Path
    cache: Path

    def __post_init__(self) -> None:
        command = [sys.executable, __file__, "--load", self.kind, str(self.root), str(self.cache)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, start_new_session=True, **pipes)

    def result(self) -> dict:
        assert self.process.stdout is not None
        if line := self.process.stdout.readline():
            return json.loads(line)
        raise RuntimeError(self.process.communicate()[1])

    def mapped_mib(self) -> tuple[float, float]:
        """Of the map of the decoded set: what is resident, and this process's share where others map the same pages."""
        found, inside = {"Rss": 0, "Pss": 0}, False
        for line in Path(f"/proc/{self.process.pid}/smaps").read_text().splitlines():
            name, *rest = line.split()
            if not name.endswith(":"):
                inside = line.endswith(".safetensors")
            elif inside and name[:-1] in found:
                found[name[:-1]] += int(rest[0])
        return found["Rss"] / 1024, found["Pss"] / 1024

    def kill_after(self, images: int) -> int:
        """SIGKILL to the parent alone when so many images are decoded; how many there were a moment later."""
        while (done := kept(self.cache)) < images and self.process.poll() is None:
            time.sleep(0.05)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return done

    def end(self) -> None:
        self.process.communicate("\n")


def kept(cache: Path) -> int:
    """Images in the chunks of a decoding that has not ended."""
    from segaug.data.chunks import FOLDER, load_chunk

    chunks = [load_chunk(path, checked=False) for path in (cache / FOLDER).glob("*.safetensors")]
    return sum(len(chunk.facts) for chunk in chunks if chunk)


def ended(start: Start) -> dict:
    found = start.result()
    start.end()
    return found


def timed(work: Callable[[], object]) -> list[float]:
    before = seconds()
    work()
    return [b - a for a, b in zip(before, seconds(), strict=True)]


def line(what: str, took: list[float], beside: list[float], note: str = "") -> None:
    passed, processor = took
    print(f"  {what:<34} {passed:8.2f} s {processor:8.2f} s {beside[0] / passed:8.1f} x   {note}", flush=True)


def measure(kind: str, count: int, side: int, folder: Path) -> bool:
    root, cache = folder / kind, folder / f"cache {kind}"
    if kind == "PNG":
        make_png(root, count, side)
        what = f"PNGs of {side} x {side}"
    else:
        make_nifti(root, count)
        what = f"slices of NIfTI volumes of {PLANE} x {PLANE} x {DEPTH}"
    print(f"\n{count:,} {what}, to {SIZE} x {SIZE}")
    print(f"  {'':<34} {'passed':>10} {'processor':>10} {'speed':>10}")
    plain = [timed(lambda: (loop_png if kind == "PNG" else loop_nifti)(root))]
    first = ended(Start(kind, root, cache))
    plain.append(timed(lambda: (loop_png if kind == "PNG" else loop_nifti)(root)))
    loop = min(plain)
    line(f"plain loop over {'Pillow' if kind == 'PNG' else 'nibabel'}, best of 2", loop, loop)
    line("ours, first start", first["took"], loop, f"{first['bytes'] / 2**20:,.0f} MiB written")
    ended(Start(kind, root, cache))  # after files were just made, their hashes are not remembered at once
    second = ended(Start(kind, root, cache))
    line("ours, second start", second["took"], loop)
    shutil.rmtree(cache)
    before = Start(kind, root, cache).kill_after(count // 2)
    there = kept(cache)
    rest = ended(Start(kind, root, cache))
    line("ours, after a kill in the middle", rest["took"], loop, f"{before:,} were decoded, {there:,} kept")
    assert {found["content"] for found in (first, second, rest)} == {first["content"]}
    assert {found["sum"] for found in (first, second, rest)} == {first["sum"]}
    workers = [Start(kind, root, cache) for _ in range(WORKERS)]
    for worker in workers:
        worker.result()
    memory = [worker.mapped_mib() for worker in workers]
    for worker in workers:
        worker.end()
    rss, pss = (sum(each) / WORKERS for each in zip(*memory, strict=True))
    print(f"  the decoded set in the memory of each of {WORKERS} workers: {rss:,.0f} MiB mapped and read, "
          f"{pss:,.0f} MiB where shared pages are divided among them")  # fmt: skip
    return second["took"][0] < GOAL_S


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="10,000 PNGs and 2,000 slices")
    parser.add_argument("--pngs", type=int, help="so many; 0 for none")
    parser.add_argument("--slices", type=int, help="so many; 0 for none")
    parser.add_argument("--side", type=int, default=512, help="of a PNG [px]")
    parser.add_argument("--load", nargs=3, metavar=("KIND", "ROOT", "CACHE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        kind, root, cache = options.load
        load(kind, Path(root), Path(cache))
        return 0
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    counts = dict(FULL if options.full else SHORT)
    asked = {"PNG": options.pngs, "NIfTI": options.slices}
    counts |= {kind: count for kind, count in asked.items() if count is not None}
    with tempfile.TemporaryDirectory() as folder:
        met = [measure(kind, count, options.side, Path(folder)) for kind, count in counts.items() if count]
    print(f"\nsecond starts below {GOAL_S} s of data: {'yes' if all(met) else 'NO'}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
