"""How many images a trial was given, and how many its strategy made of them: the record's "images"."""

from collections.abc import Mapping, Sequence

from segaug.augment.bank import Bank
from segaug.augment.strategy import Sees
from segaug.results.store import Json
from segaug.training.fit import Trained


def image_counts(seen: Mapping[Sees, Sequence[int]], labelled: int, trained: Trained, bank: Bank | None) -> Json:
    """Images of each kind.

    seen: rows of what the strategy declares to see; of a kind that it does not declare there are none.  labelled: of
    all sources.
    """
    return {
        "labelled": labelled,
        "unlabelled": len(seen.get("unlabelled pool", ())),
        "external": len(seen.get("external images", ())),
        "synthetic": {
            "made": trained.made if bank is None else bank.chosen.numel(),
            "kept": trained.made,
            "used": trained.used,
        },
    }
