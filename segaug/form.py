"""What the tensors of a task look like: one value, made by the data set and asked by everybody else."""

from dataclasses import asdict, dataclass
from typing import Any

GREY, COLOUR = 1, 3


@dataclass(frozen=True, kw_only=True)
class Form:
    """Channels, structures, size and sources of a task.

    image: (B, channels, *size).  label: (B, len(structures), *size), one channel a structure, background implicit.
    logits: (B, logits, *size): one structure has one logit, its log-odds; K > 1 structures have K + 1, background
    first, for one softmax.
    """

    channels: int  # GREY or COLOUR
    structures: tuple[str, ...]
    size: tuple[int, ...]  # pixels along each spatial axis that the network sees
    sources: tuple[str, ...] = ("base",)  # where images come from; `Task.source` and `Batch.source` count into it
    ignored: bool = False  # may pixels of a label be NaN, which count for nothing?  See `segaug/known.py`

    def facts(self) -> dict[str, Any]:
        """As records have them; those of tasks that ignore nothing do not mention it, as before there was a choice."""
        told = asdict(self)
        return told if self.ignored else {name: value for name, value in told.items() if name != "ignored"}

    @property
    def several(self) -> bool:
        """Is there more than one structure?"""
        return len(self.structures) > 1

    @property
    def logits(self) -> int:
        """Output channels of a network."""
        return len(self.structures) + self.several
