"""One training step of our networks beside the same networks as MONAI makes them.

    OMP_NUM_THREADS=1 python benchmarks/network.py --size 64 --batch 8

CPU time of forward, backward and Adam on one thread, the arms interleaved in one process; medians, and the ratio to
MONAI in float32. The heap decides as well: by default it returns large buffers to the kernel after every step. Compare

    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=68719476736 MALLOC_TOP_PAD_=268435456 python benchmarks/network.py
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from monai.networks.nets import DynUNet, SwinUNETR
from torch import nn

from segaug.models.nnunet import NnUnet
from segaug.models.swin_unet import SwinUnet
from segaug.rng import stream


def monai_nnunet() -> nn.Module:
    return DynUNet(
        2, 1, 1, [3] * 4, [1, 2, 2, 2], [2, 2, 2], filters=[32, 64, 128, 256], norm_name="instance", res_block=True
    )


def monai_swin_unet() -> nn.Module:
    return SwinUNETR(1, 1, feature_size=12, spatial_dims=2)


PAIRS: dict[str, tuple[Callable[[], nn.Module], Callable[[], nn.Module]]] = {
    "nnunet": (monai_nnunet, NnUnet().build),
    "swin_unet": (monai_swin_unet, SwinUnet().build),
}


def training_step(network: nn.Module, image: torch.Tensor, label: torch.Tensor, bfloat16: bool) -> Callable[[], None]:
    """One update of the network, ready to be repeated."""
    optimiser = torch.optim.Adam(network.parameters(), 1e-3, fused=True)

    def step() -> None:
        optimiser.zero_grad()
        with torch.autocast(image.device.type, torch.bfloat16) if bfloat16 else nullcontext():
            logits = network(image)
        F.binary_cross_entropy_with_logits(logits.float(), label).backward()
        optimiser.step()

    return step


def interleaved_ms(arms: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median CPU time of each arm [ms]; each round runs every arm once, the first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds + 1):
        for name, arm in arms.items():
            start = time.process_time()
            arm()
            times[name].append(1e3 * (time.process_time() - start))
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64, help="side of the image [px]")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng = stream(0, "benchmark")
    image = torch.rand(options.batch, 1, options.size, options.size, generator=rng)
    label = torch.randint(0, 2, image.shape, generator=rng).float()
    heap = "kept" if os.environ.get("MALLOC_MMAP_MAX_") == "0" else "default"
    print(f"batch {options.batch}, {options.size} x {options.size}, {heap} heap, torch {torch.__version__}")
    for name, builders in PAIRS.items():
        arms = {
            f"{maker} {precision}": training_step(build(), image, label, precision == "bfloat16")
            for precision in ("float32", "bfloat16")
            for maker, build in zip(("MONAI", "ours"), builders, strict=True)
        }
        result = interleaved_ms(arms, options.rounds)
        for arm, ms in result.items():
            print(f"{name:10} {arm:15} {ms:8.1f} ms   {result['MONAI float32'] / ms:5.2f}x")


if __name__ == "__main__":
    main()
