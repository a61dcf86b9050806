"""What a recogniser has found: a kind of data set with its options, and what it says of its choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Options of a kind, as they stand in a config; patients, mask values and pixels are looked at later.

    called: what lies there, in words.  structures, ignored: of mask values that are named somewhere.  folders: of
    patients that the layout has told, else empty.  ct: it is said to be CT.
    """

    kind: str
    called: str
    options: Mapping[str, Any]
    told: tuple[str, ...] = ()
    structures: Mapping[str, list[int]] = field(default_factory=dict)
    ignored: tuple[int, ...] = ()
    folders: tuple[str, ...] = ()
    ct: bool = False
    below: str = ""  # folder of the tree that is the root of the set
