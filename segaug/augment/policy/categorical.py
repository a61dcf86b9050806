"""One option of each group, drawn with Gumbel noise, and the soft choice that it belongs to, for learning."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf

import torch
from torch import Tensor


@dataclass(frozen=True)
class Drawn:
    """What rows drew, one row an image.  G groups, K options of all of them together."""

    option: Tensor  # (B, G) long: number of the option within its group
    soft: Tensor  # (B, K): softmax within each group of logits plus noise; its largest entry is the option drawn


def draw(logits: Tensor, sizes: tuple[int, ...], rng: torch.Generator) -> Drawn:
    """Draw by the softmax of logits (B, K), each group for itself; an option with logit -inf is never drawn.

    sizes: options of each group, K in all.  Every number of a row is drawn whatever its logits are, so that no row and
    no group moves another's.  Source: Jang et al. (2017); temperature 1.
    """
    return chosen(logits, sizes, gumbel(tuple(logits.shape), rng).to(logits))


def gumbel(shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Numbers -log(-log(U(0, 1))), float32 on the CPU; always finite."""
    tiny = torch.finfo(torch.float32).tiny
    return -(-torch.rand(shape, generator=rng).clamp_min_(tiny).log_()).log_()


def chosen(logits: Tensor, sizes: tuple[int, ...], noise: Tensor) -> Drawn:
    """What is drawn with this noise."""
    held = _places(sizes)
    padded = logits.new_full((len(logits), *held.shape), -inf)
    padded[:, held] = logits + noise
    return Drawn(padded.argmax(2), padded.softmax(2)[:, held])


@lru_cache
def _places(sizes: tuple[int, ...]) -> Tensor:
    """(G, K_max) bool: the options that there are, of groups of as many as the largest has."""
    return torch.arange(max(sizes)) < torch.tensor(sizes)[:, None]
