"""Names that fit where they are written."""

from collections import Counter
from collections.abc import Iterable
from textwrap import wrap

_ENDS = 3  # one part of so many goes to the end of a name that is cut in its middle


def brief(names: Iterable[str], letters: int) -> dict[str, str]:
    """Name -> itself, or its head and tail where it has more letters; names that would become one are numbered."""
    cut = {name: _cut(name, letters) for name in dict.fromkeys(names)}
    alike = Counter(cut.values())
    seen: Counter[str] = Counter()
    for name, label in cut.items():
        if alike[label] > 1:
            seen[label] += 1
            cut[name] = f"{label} #{seen[label]}"
    return cut


def lines(text: str, letters: int) -> str:
    """The text in lines of at most so many letters; a word without end is broken too."""
    return "\n".join(wrap(text, letters)) or text


def _cut(name: str, letters: int) -> str:
    if len(name) <= letters:
        return name
    tail = letters // _ENDS
    return f"{name[: letters - tail - 1]}…{name[-tail:]}"
