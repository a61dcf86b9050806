"""How files of a study name a trial."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from segaug.name import Name
from segaug.results.record import Seed, Size, TrialId


class TrialKey(Struct, frozen=True, gc=False):
    """A cell and a seed, by names; plan pieces and failures hold it, as records do."""

    id: TrialId
    task: Name
    model: Name
    strategy: Name
    size: Size
    seed: Seed
    predict: list[Literal["none", "flips", "learned"]] | UnsetType = (
        UNSET  # where there are more ways than the plain one
    )
