"""Name of an image by its content."""

from hashlib import sha256

import torch
from torch import Tensor


def image_hash(image: Tensor) -> str:
    """sha256 of its shape (C, H, W) and its float32 values; device does not matter."""
    values = image.detach().to("cpu", torch.float32).contiguous()
    return sha256(f"{tuple(values.shape)}".encode() + values.numpy().tobytes()).hexdigest()
