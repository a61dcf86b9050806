"""The devices of this machine, and how many workers they hold."""

import os

import torch

from segaug.errors import ConfigError


def device_of(name: str) -> torch.device:
    """The device that a trial runs on; "auto" takes a CUDA device if there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # torch without CUDA raises the latter
        problem = f"{name!r} is not on this machine ({str(error).splitlines()[0][:80]})"
        raise ConfigError(key="device", problem=problem, fix="use auto, cpu, cuda or cuda:1") from error
    return device


def default_workers(device: str, per_gpu: int = 1) -> int:
    """One worker per core; where trials run on GPUs, `per_gpu` on each that `device` stands for."""
    if device_of(device).type != "cpu":
        return per_gpu * max(1, len(places(device)))
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def places(device: str) -> list[dict[str, str]]:
    """For each GPU of this machine, the environment of a worker that is to see no other one; () where none is meant.

    A device that the user named by its number is used as it is.
    """
    if device not in ("auto", "cuda") or not torch.cuda.is_available():
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = visible.split(",") if visible else [str(number) for number in range(torch.cuda.device_count())]
    return [{"CUDA_VISIBLE_DEVICES": name.strip()} for name in names]
