"""Patches: the pieces of images that a network is trained on where whole images are more than it should see at once."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.known import ignored_pixels


@dataclass(frozen=True)
class Patch:
    """One patch an image, on the CPU wherever the images are: asking where it lies never waits for a GPU.

    centre: (B, D) long, pixel of the image that lies at size // 2 of the patch.  foreground: (B,) bool, the class of
    the row: was it drawn around a structure?  missing: (B,) bool, had the image no pixel of the class that was wanted,
    so that the other one was taken?
    """

    centre: Tensor
    size: tuple[int, ...]  # pixels along each axis
    foreground: Tensor
    missing: Tensor

    def __len__(self) -> int:
        return len(self.centre)

    @property
    def first_px(self) -> Tensor:
        """(B, D) long, pixel of the image that is the first of the patch along each axis."""
        return self.centre - torch.tensor([n // 2 for n in self.size])

    def rows(self, index: Tensor | slice) -> "Patch":
        """The patches of the chosen rows, in the given order."""
        index = index.cpu() if isinstance(index, Tensor) else index
        return Patch(self.centre[index], self.size, self.foreground[index], self.missing[index])


def joined_patches(first: Patch | None, second: Patch | None) -> Patch | None:
    """The patches of both, in this order; None where neither has any."""
    if first is None or second is None or first.size != second.size:
        if first is second:
            return None
        raise ValueError("Patch: rows with patches and rows without, or with others, are no one batch")
    return Patch(
        torch.cat([first.centre, second.centre]),
        first.size,
        torch.cat([first.foreground, second.foreground]),
        torch.cat([first.missing, second.missing]),
    )


def alternating(rows: int, offset: int = 0) -> Tensor:
    """Foreground and background by turns, (rows,) bool; offset: rows that had their turn before."""
    return (torch.arange(rows) + offset) % 2 == 0


class Places:
    """Where the foreground of images is, on the CPU, counted once so that a draw need not look at every pixel."""

    def __init__(self, label: Tensor, ignored: bool = False) -> None:
        """label: (N, K, *image), hard or soft; foreground is where most of a pixel is of any structure.

        ignored: may pixels be NaN?  These are neither foreground nor background, and no patch is drawn around one.
        """
        foreground = (label.sum(1) > 0.5).cpu()
        self.image = tuple(foreground.shape[1:])
        self._lines = foreground.flatten(1, -2)  # (N, L, W)
        self._counts = self._lines.sum(-1)  # (N, L) pixels of foreground in each line
        self._known = ~ignored_pixels(label)[:, 0].cpu().flatten(1, -2) if ignored else None  # (N, L, W)
        self._pixels = self._lines.shape[-1] if self._known is None else self._known.sum(-1)  # of each line, (N, L)

    def __len__(self) -> int:
        return len(self._lines)

    def taken(self, rows: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        """Is foreground taken where it is wanted or not, and was the wanted class missing?  Each (B,) bool."""
        found = self._counts.sum(1)
        pixels = self._lines[0].numel() if self._known is None else self._known.sum((1, 2))
        missing = torch.where(wanted, (found == 0)[rows], (found == pixels)[rows])
        return wanted ^ missing, missing

    def pixel(self, rows: Tensor, foreground: Tensor, share: Tensor) -> Tensor:
        """The pixel at this share (0..1) of those of a class, in the order of the pixels: (B, D) long.

        rows: (B,) long, of the images.  foreground: (B,) bool, of which class.
        """
        counts = self._counts[rows]
        pixels = self._pixels if isinstance(self._pixels, int) else self._pixels[rows]
        until = torch.where(foreground[:, None], counts, pixels - counts).cumsum(1)
        rank = (share * until[:, -1]).long()[:, None]
        line = torch.searchsorted(until, rank, right=True)
        of_class = self._lines[rows, line[:, 0]] == foreground[:, None]
        if self._known is not None:
            of_class &= self._known[rows, line[:, 0]]
        chosen = of_class.cumsum(1)
        left = rank - until.gather(1, line) + chosen[:, -1:]  # of this line, after those before it
        place = line * chosen.shape[1] + torch.searchsorted(chosen, left, right=True)
        return torch.stack(torch.unravel_index(place[:, 0], self.image), dim=1)


def draw_patch(
    label: Tensor, size: tuple[int, ...], wanted: Tensor, rng: torch.Generator, ignored: bool = False
) -> Patch:
    """A patch of each image (B, K, *image), around a pixel of the wanted class; every pixel of it is as likely.

    wanted: (B,) bool, foreground or background.  ignored: as for `Places`.  The patch is moved as far as it must be to
    fit in the image, so one that is as large as the image is the image.  What a row draws depends on no other row.
    """
    return draw_patch_at(Places(label, ignored), torch.arange(len(label)), size, wanted, rng)


def draw_patch_at(places: Places, rows: Tensor, size: tuple[int, ...], wanted: Tensor, rng: torch.Generator) -> Patch:
    """`draw_patch` of these rows of images whose foreground has been found before."""
    if any(n < m for n, m in zip(places.image, size, strict=True)):
        raise ValueError(f"Patch: {size} pixels do not fit in an image of {places.image}")
    foreground, missing = places.taken(rows, wanted)
    pixel = places.pixel(rows, foreground, torch.rand(len(rows), dtype=torch.float64, generator=rng))
    half = torch.tensor([n // 2 for n in size])
    last = torch.tensor([n - m for n, m in zip(places.image, size, strict=True)])
    return Patch((pixel - half).clamp_min(0).minimum(last) + half, size, foreground, missing)


@dataclass(frozen=True)
class PatchCount:
    """The patches of a training, counted."""

    size: tuple[int, ...]
    rows: int
    foreground: int
    missing: int

    def facts(self) -> dict[str, list[int] | float | int]:
        """As the record has them."""
        return {
            "size": list(self.size),
            "foreground_share": self.foreground / self.rows,
            "missing_rows": self.missing,
            "rows": self.rows,
        }
