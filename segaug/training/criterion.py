"""What the best weights are chosen by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from segaug import metrics
from segaug.batch import Batch
from segaug.known import known
from segaug.measures import cross_entropy, quantity

SELECT = ("bce", "dice", "dice_patient")  # bce: the cross-entropy of the task


@dataclass(frozen=True)
class Criterion:
    """The measure on the validation images that `protocol.select` names."""

    select: str
    structures: int
    patients: Sequence[str] = ()  # whom each validation image shows; only dice_patient asks
    ignored: bool = False  # may labels be NaN, in pixels that count for nothing?

    @property
    def key(self) -> str:
        """Of the measure that chooses."""
        return cross_entropy(self.structures).key if self.select == "bce" else self.select

    @property
    def keys(self) -> tuple[str, ...]:
        """Of all that is measured: the cross-entropy always, since it tells a network that diverges."""
        return tuple(dict.fromkeys((cross_entropy(self.structures).key, self.key)))

    def values(self, logits: Tensor, label: Tensor) -> dict[str, float]:
        """Of the logits of all validation images, by key: means over structures, then over images or patients."""
        return {key: self._value(key, logits, label) for key in self.keys}

    def error(self, values: dict[str, float]) -> float:
        """What falls as the network gets better."""
        error: float = quantity(self.key).error_of(values[self.key])
        return error

    def on(self, validation: Batch | None) -> Callable[[Tensor], float] | None:
        """The error of logits of these images, which are all validation images; None where there are none."""
        if validation is None:
            return None
        return lambda logits: self.error({self.key: self._value(self.key, logits, validation.label)})

    def _value(self, key: str, logits: Tensor, label: Tensor) -> float:
        if key not in ("dice", "dice_patient"):
            return metrics.cross_entropy(logits, label, self.ignored).mean().item()
        if self.ignored:
            logits, label, _ = known(logits, label)
        if key == "dice":
            return metrics.dice_of_mask(metrics.masks(logits), label).mean().item()
        return metrics.dice_of_patients(metrics.masks(logits), label, self.patients).mean().item()
