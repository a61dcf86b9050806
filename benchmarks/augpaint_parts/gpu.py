"""The published profile on a GPU: how fast it learns and paints, and how much memory that takes."""

import gc
import math
import time
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor

from augpaint_parts.trainings import Training, autoencoder, denoiser, images, untrained_vq
from augpaint_parts.updates import Turns, run_in_turns
from segaug.augment.augpaint.denoiser import ConditionedUNet
from segaug.augment.augpaint.learning import Learning
from segaug.augment.augpaint.options import PROFILES, Denoiser, DenoiserCourse, settled
from segaug.augment.augpaint.painter import Painter
from segaug.augment.augpaint.sampler import Sampling
from segaug.augment.augpaint.samples import ROWS
from segaug.rng import stream

PROFILE, PRECISION = "published", "bfloat16"
POOL, LABELLED = 468, 4  # images that a bank is estimated for
SAMPLES, PAPER_S, A10_GB_S = 8, 5.42, 600.0  # Hu and Shi: 8 samples, 50 steps; memory bandwidth as NVIDIA states it
LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


@dataclass(frozen=True)
class Speed:
    """Of one training."""

    per_second: float  # updates
    peak_gib: float


def clock() -> float:
    """On the wall, when the device has done what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def report(device: torch.device, side: int, updates: int, profile: str = PROFILE) -> None:
    """Print all of it, for either layout of memory."""
    image, plan = images(side).to(device), PROFILES[profile]
    bandwidth = copied_gb_s(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(
        f"{profile}, {side} x {side}, batches of {plan.denoiser.batch_size}; {name}, which copies {bandwidth:.0f} GB/s"
    )
    print(f"the denoiser learns in {PRECISION}, the autoencoder in float32, as its codes are")
    latents = untrained_vq(profile, image)
    for arrangement, layout in LAYOUTS.items():
        speeds = {
            "autoencoder": speed(autoencoder(profile, image, updates), layout, device, "float32"),
            "denoiser": speed(denoiser(profile, image, updates, latents), layout, device, PRECISION),
        }
        painting_s = painted_s(profile, image, layout)
        for what, each in speeds.items():
            print(
                f"  {arrangement:14} {what:12} {each.per_second:8.2f} updates a second, {each.peak_gib:.2f} GiB at most"
            )
        scaled = PAPER_S * A10_GB_S / bandwidth
        print(
            f"  {arrangement:14} {'painting':12} {painting_s:8.2f} s for {SAMPLES} samples of {plan.steps} steps; "
            f"paper {PAPER_S} s on an A10 ({A10_GB_S:.0f} GB/s), by memory bandwidth {scaled:.2f} s here"
        )
        hours = bank_h(profile, speeds, painting_s)
        print(
            f"  {arrangement:14} {'a bank':12} {hours:8.1f} h: both trainings as published, a pool of {POOL}, "
            f"{ROWS} samples of {LABELLED} images; without the judge",
            flush=True,
        )


def speed(training: Training, layout: torch.memory_format, device: torch.device, precision: str) -> Speed:
    """Through Lightning, as it is trained."""
    _lay_out(training.learning, layout, device)
    gc.collect()  # a training before it
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    times = run_in_turns(training.learning, Turns({}, clock), device, precision)
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else math.nan
    seconds = times["module"]
    return Speed(1 / median(seconds[len(seconds) // 4 :]), peak / 2**30)  # the first ones choose how to convolve


def _lay_out(learning: Learning, layout: torch.memory_format, device: torch.device) -> None:
    learning.network.to(device=device, memory_format=layout)
    learning.averaged = [each.detach().clone() for each in learning.network.parameters()] if learning.averaged else []


@torch.no_grad()
def painted_s(profile: str, image: Tensor, layout: torch.memory_format, repeats: int = 3) -> float:
    """`SAMPLES` images of half of which the middle is kept, from grey values to grey values; median [s]."""
    plan, device = PROFILES[profile], image.device
    latents = untrained_vq(profile, image)
    latents.stage.to(memory_format=layout)
    network = ConditionedUNet(latents.stage.latent_channels, _low(plan.denoiser), conditional=False)
    network = network.to(device=device, memory_format=layout).eval().requires_grad_(False)
    painter, source = Painter(latents, network), image[:SAMPLES]
    kept = torch.zeros(source.shape, dtype=torch.bool, device=device)
    side = source.shape[-1]
    kept[..., side // 4 : side // 2, side // 4 : side // 2] = True
    streams = [stream(0, "noise", row) for row in range(SAMPLES)]
    shape = painter.latent_shape(1)[1:]

    def draw() -> Tensor:  # as samples are made: on the CPU, a stream for each row
        return torch.stack([torch.randn(shape, generator=each) for each in streams]).to(device)

    seconds = []
    for _ in range(repeats + 1):
        start = clock()
        painter.paint(source, kept, Sampling(plan.prediction, plan.steps, resample=plan.resample), draw, clip=True)
        seconds.append(clock() - start)
    return median(seconds[1:])


def bank_h(profile: str, speeds: dict[str, Speed], painting_s: float) -> float:
    """Hours until a bank can be trained on."""
    plan = PROFILES[profile]
    learning_s = sum(
        course.updates_for(POOL) / speeds[name].per_second
        for name, course in (("autoencoder", plan.autoencoder), ("denoiser", plan.denoiser))
    )
    return (learning_s + painting_s * ROWS * LABELLED / SAMPLES) / 3600


def copied_gb_s(device: torch.device, mib: int = 512) -> float:
    """Bytes read and written in a second while a tensor is copied [1e9 / s]."""
    source = torch.zeros(mib * 2**20, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    seconds = []
    for _ in range(5):
        start = clock()
        target.copy_(source)
        seconds.append(clock() - start)
    return 2 * source.numel() / min(seconds) / 1e9


def _low(course: DenoiserCourse) -> DenoiserCourse:
    return settled(Denoiser(precision=PRECISION), course)
