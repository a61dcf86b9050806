"""Control characters of names and messages as signs that can be seen, and that no terminal and no browser obeys."""

import re
from types import MappingProxyType

_KEPT = {"\n", "\t"}
_PICTURES = 0x2400  # U+2400 + code: the picture of each C0 character
_OF_DELETE, _OF_OTHERS = "\u2421", "\ufffd"
_DIRECTIONS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]  # they let a text read as another one
_NO_TEXT = [*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF]  # no XML may hold them
_TABLE = MappingProxyType(
    {
        **dict.fromkeys([*range(0x7F, 0xA0), *_DIRECTIONS, *range(0xD800, 0xE000), *_NO_TEXT], _OF_OTHERS),
        **{code: chr(_PICTURES + code) for code in range(0x20) if chr(code) not in _KEPT},
        0x7F: _OF_DELETE,
    }
)
_ANY = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}]")


def visible(text: str) -> str:
    """The text with a sign in the place of each control character, lone surrogate and change of direction."""
    return text.translate(_TABLE) if _ANY.search(text) else text  # most have none, and searching is 50 times faster
