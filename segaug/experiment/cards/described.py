"""What a data set says of itself: licence, citation and the like."""

from segaug.data.pooled import Pooled
from segaug.data.task import TOLD, Dataset


def described(dataset: Dataset | Pooled) -> dict[str, str]:
    """By the names of `Described`; "" where it says nothing, what several sources say each thing once."""
    sources = tuple(dataset.sources.values()) if isinstance(dataset, Pooled) else (dataset,)
    return {key: "; ".join(dict.fromkeys(text for each in sources for text in _texts(each, key))) for key in TOLD}


def _texts(dataset: Dataset, key: str) -> list[str]:
    told = getattr(dataset, key, "")
    return [text for text in ([told] if isinstance(told, str) else told) if text]
