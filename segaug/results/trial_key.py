"""How files of a study name a trial."""

from msgspec import Struct

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
