"""The tools that users have today, each as a method of one pair at a time.

Every tool has its own conventions of axes and directions; a wrong reading of one shows in the column "image" of the
table (the fields that map the image) and in the column "inverse px" (the other ones).
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import torch

from registration_parts.method import Found, Method
from registration_parts.pair import Stacked

Fields = tuple[np.ndarray, np.ndarray | None, float]
"""Inverse map and forward map (2, H, W) [px], as in `Found`, and the CPU time of the registration alone [s]."""


def pair_by_pair(register: Callable[[np.ndarray, np.ndarray], Fields]) -> Method:
    """A tool that takes (moving, fixed), each (H, W) float32, as a method of a batch of one."""

    def method(pairs: Stacked) -> Found:
        ((moving,),), ((fixed,),) = pairs.moving.numpy(), pairs.fixed.numpy()
        inverse_map, forward_map, seconds = register(moving, fixed)
        return Found(_batch(inverse_map), None if forward_map is None else _batch(forward_map), seconds)

    return method


def _batch(field: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(field, dtype=np.float32))[None]


def ants_syn(metric: str, iterations: tuple[int, ...]) -> Method:
    """`SyNOnly` of antspyx: symmetric normalisation without an affine start."""
    import ants

    def register(moving: np.ndarray, fixed: np.ndarray) -> Fields:
        images = ants.from_numpy(fixed), ants.from_numpy(moving)
        with TemporaryDirectory() as folder:
            start = process_time()
            found = ants.registration(
                *images,
                type_of_transform="SyNOnly",
                initial_transform="identity",
                syn_metric=metric,
                syn_sampling=32 if metric == "mattes" else 4,  # bins, or radius: antspyx's defaults
                reg_iterations=iterations,
                random_seed=1,
                outprefix=f"{folder}/",
            )
            seconds = process_time() - start
            inverse_map, forward_map = (_only_field(found[way]) for way in ("fwdtransforms", "invtransforms"))
        return inverse_map, forward_map, seconds

    return pair_by_pair(register)


def _only_field(files: list[str]) -> np.ndarray:
    """(2, H, W) [px] of the one warp that was found; antspyx's axes are those of the array."""
    import ants

    (warp,) = (file for file in files if Path(file).name.endswith("Warp.nii.gz"))
    return np.moveaxis(ants.image_read(warp).numpy(), -1, 0)


def dipy_syn(iterations: tuple[int, ...]) -> Method:
    """Symmetric normalisation of dipy with local cross-correlation."""
    from dipy.align.imwarp import SymmetricDiffeomorphicRegistration
    from dipy.align.metrics import CCMetric

    def register(moving: np.ndarray, fixed: np.ndarray) -> Fields:
        start = process_time()
        syn = SymmetricDiffeomorphicRegistration(CCMetric(2), level_iters=list(iterations), inv_iter=50)
        syn.verbosity = 0
        found = syn.optimize(fixed.astype(float), moving.astype(float))
        seconds = process_time() - start
        inverse_map, forward_map = (
            np.moveaxis(np.asarray(f), -1, 0) for f in (found.get_forward_field(), found.get_backward_field())
        )
        return inverse_map, forward_map, seconds

    return pair_by_pair(register)


def demons(iterations: tuple[int, ...], field_sd_px: float) -> Method:
    """Diffeomorphic demons of SimpleITK on three levels (4, 2, 1); they give no inverse."""
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)

    def register(moving: np.ndarray, fixed: np.ndarray) -> Fields:
        images = [SimpleITK.GetImageFromArray(image) for image in (fixed, moving)]
        start = process_time()
        field = None
        for factor, count in zip((4, 2, 1), iterations, strict=True):
            small = [shrunk(image, factor) for image in images]
            small[1] = SimpleITK.Resample(small[1], small[0])
            level = SimpleITK.DiffeomorphicDemonsRegistrationFilter()
            level.SetNumberOfIterations(count)
            level.SetSmoothDisplacementField(True)
            level.SetStandardDeviations(field_sd_px)
            level.SetMaximumUpdateStepLength(2.0)
            field = level.Execute(*small, *([SimpleITK.Resample(field, small[0])] if field else []))
        seconds = process_time() - start
        return np.moveaxis(SimpleITK.GetArrayFromImage(field), -1, 0)[::-1], None, seconds  # ITK's order is (x, y)

    def shrunk(image: SimpleITK.Image, factor: int) -> SimpleITK.Image:
        if factor == 1:
            return image
        return SimpleITK.Shrink(SimpleITK.DiscreteGaussian(image, (factor / 2) ** 2), [factor] * 2)

    return pair_by_pair(register)


def greedy(metric: str, iterations: str) -> Method:
    """Greedy diffeomorphic registration of picsl-greedy with its default smoothing; the inverse is not timed."""
    import SimpleITK
    from picsl_greedy import Greedy2D

    def register(moving: np.ndarray, fixed: np.ndarray) -> Fields:
        tool, images = Greedy2D(), [SimpleITK.GetImageFromArray(image) for image in (fixed, moving)]
        command = f"-i fixed moving -m {metric} -n {iterations} -o warp -wp 0 -threads 1 -V 0"
        given = {"fixed": images[0], "moving": images[1], "warp": None}
        with silenced():
            start = process_time()
            tool.execute(command, **given)
            seconds = process_time() - start
            tool.execute(f"{command} -oinv inverse", **given, inverse=None)
        inverse_map, forward_map = (
            np.moveaxis(SimpleITK.GetArrayFromImage(tool[name]), -1, 0)[::-1] for name in ("warp", "inverse")
        )
        return inverse_map, forward_map, seconds

    return pair_by_pair(register)


def fireants_greedy(iterations: tuple[int, ...]) -> Method:
    """Greedy registration of FireANTs with its default cross-correlation; the inverse is not timed."""
    import SimpleITK
    from fireants.io import BatchedImages, Image
    from fireants.registration.greedy import GreedyRegistration

    def register(moving: np.ndarray, fixed: np.ndarray) -> Fields:
        images = [BatchedImages([Image(SimpleITK.GetImageFromArray(image), device="cpu")]) for image in (fixed, moving)]
        with silenced():
            start = process_time()
            found = GreedyRegistration([4, 2, 1], list(iterations), *images)
            found.optimize()
            inverse_map = _from_corners(found.get_warped_coordinates(*images))
            seconds = process_time() - start
            forward_map = _from_corners(found.get_inverse_warped_coordinates(*images))
        return inverse_map, forward_map, seconds

    return pair_by_pair(register)


@contextmanager
def silenced() -> Iterator[None]:
    """Without what a tool prints along, from whatever language."""
    kept = [os.dup(stream) for stream in (1, 2)]
    with open(os.devnull, "w") as nowhere:
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)


def _from_corners(points: torch.Tensor) -> np.ndarray:
    """Points (1, H, W, 2) that reach from -1 to 1 between the centres of corner pixels, column first, as a field."""
    size = points.shape[1:3]
    places = (points[0].detach().movedim(-1, 0).flip(0) + 1) / 2 * torch.tensor(size).sub(1).view(2, 1, 1)
    return (places - torch.stack(torch.meshgrid(*map(torch.arange, size), indexing="ij"))).numpy()


@dataclass(frozen=True)
class Peer:
    """A tool with its settings."""

    name: str
    package: str
    start: Callable[[], Method]


PEERS = (
    Peer("antspyx SyNOnly, default", "antspyx", lambda: ants_syn("mattes", (40, 20, 0))),
    Peer("antspyx SyNOnly, mean squares", "antspyx", lambda: ants_syn("meansquares", (40, 20, 10))),
    Peer("dipy SyN, CC", "dipy", lambda: dipy_syn((100, 50, 25))),
    Peer("SimpleITK diffeomorphic demons", "SimpleITK", lambda: demons((100, 50, 25), 1.5)),
    Peer("greedy, squared differences", "picsl_greedy", lambda: greedy("SSD", "100x50x10")),
    Peer("greedy, cross-correlation", "picsl_greedy", lambda: greedy("NCC 2x2", "100x50x10")),
    Peer("FireANTs greedy, CC", "fireants", lambda: fireants_greedy((200, 100, 50))),
)


def installed() -> dict[str, Method]:
    """The tools that are installed, started; says which versions they are and which ones are missing."""
    packages = {peer.package: _version(peer.package) for peer in PEERS}
    print(", ".join(f"{package} {number}" for package, number in packages.items() if number))
    if missing := [package for package, number in packages.items() if not number]:
        print(f"without {', '.join(missing)}: pip install -e '.[bench]' adds them to the tables")
    return {peer.name: peer.start() for peer in PEERS if packages[peer.package]}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
