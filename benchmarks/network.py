"""One training step of our networks beside the same networks as MONAI makes them.

    OMP_NUM_THREADS=1 python benchmarks/network.py --size 64 --batch 8

CPU time of forward, backward and Adam on one thread, the arms interleaved in one process; medians, and the ratio to
MONAI in float32. The heap decides as well: by default it returns large buffers to the kernel after every step. Compare

    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=68719476736 MALLOC_TOP_PAD_=268435456 python benchmarks/network.py
"""

import argparse
from collections.abc import Callable
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from bench_parts.heaps import heap
from bench_parts.row import Row
from bench_parts.turns import in_turns
from monai.networks.nets import DynUNet, SwinUNETR
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

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


def example(size: int, batch: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = stream(0, "benchmark")
    image = torch.rand(batch, 1, size, size, generator=rng)
    return image, torch.randint(0, 2, image.shape, generator=rng).float()


ROUNDS = {64: 9, 256: 2}


def rows() -> list[Row]:
    """Nnunet in both precisions beside MONAI in float32, in the heap of this process."""
    return [row for size, rounds in ROUNDS.items() for row in size_rows(size, rounds, heap())]


def size_rows(size: int, rounds: int, heap: str, batch: int = 8) -> list[Row]:
    image, label = example(size, batch)
    peer, ours = PAIRS["nnunet"]
    arms = {
        "peer": training_step(peer(), image, label, bfloat16=False),
        "float32": training_step(ours(), image, label, bfloat16=False),
        "bfloat16": training_step(ours(), image, label, bfloat16=True),
    }
    ms = in_turns(arms, rounds)
    gflop = operations(ours(), image)
    return [
        Row(
            key=f"network/nnunet/{size}/{precision}/{heap}-heap",
            what=f"nnunet update, {precision}, {size} x {size}, {heap} heap, {gflop / ms[precision][0]:.0f} GFLOP/s",
            beside=f"MONAI, float32, {heap} heap",
            ours=ms[precision],
            peer=ms["peer"],
        )
        for precision in ("float32", "bfloat16")
    ]


def operations(network: nn.Module, image: torch.Tensor) -> float:
    """Millions of floating point operations of an update: what a GFLOP/s is a thousandth of a second of."""
    counter = FlopCounterMode(display=False)
    with counter:
        network(image[:1]).sum().backward()
    return counter.get_total_flops() * len(image) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64, help="side of the image [px]")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    image, label = example(options.size, options.batch)
    print(f"batch {options.batch}, {options.size} x {options.size}, {heap()} heap, torch {torch.__version__}")
    for name, builders in PAIRS.items():
        arms = {
            f"{maker} {precision}": training_step(build(), image, label, precision == "bfloat16")
            for precision in ("float32", "bfloat16")
            for maker, build in zip(("MONAI", "ours"), builders, strict=True)
        }
        result = in_turns(arms, options.rounds)
        for arm, (middle, best) in result.items():
            ratio = result["MONAI float32"][0] / middle
            print(f"{name:10} {arm:15} {middle:8.1f} ms (best {best:8.1f})   {ratio:5.2f}x")


if __name__ == "__main__":
    main()
