"""Named streams of random numbers: every draw says what it is for, so one more draw never moves another."""

from hashlib import sha256

import torch


def stream_seed(seed: int, *names: str | int) -> int:
    """Seed of the stream for one purpose; equal on every machine and Python version."""
    key = "/".join(map(str, (seed, *names))).encode()
    return int.from_bytes(sha256(key).digest()[:7], "big")


def stream(seed: int, *names: str | int) -> torch.Generator:
    """CPU generator for one purpose, e.g. ``stream(3, "augment", "red", step)``."""
    return torch.Generator().manual_seed(stream_seed(seed, *names))
