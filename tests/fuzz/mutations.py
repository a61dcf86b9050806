"""Ways to spoil bytes and JSON, as hypothesis strategies: they know what parsers trust (lengths, counts, headers)."""

import copy
import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

EXTREME = [0, 1, 2, 127, 128, 255, 256, *(2**bits + off for bits in (15, 16, 31, 32, 62, 63, 64) for off in (-1, 0))]
FIELDS = ["<B", "<H", ">H", "<I", ">I", "<Q", ">Q"]
Edit = Callable[[bytes], bytes]


def _bit(place: int, bit: int) -> Edit:
    def edit(data: bytes) -> bytes:
        at = place % max(len(data), 1)
        return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :] if data else data

    return edit


def _field(place: int, kind: str, value: int) -> Edit:
    def edit(data: bytes) -> bytes:
        size = struct.calcsize(kind)
        at = place % max(len(data) - size, 1)
        return data[:at] + struct.pack(kind, value % 256**size) + data[at + size :]

    return edit


def _cut(place: int) -> Edit:
    return lambda data: data[: place % (len(data) + 1)]


def _copied(place: int, length: int, to: int) -> Edit:
    def edit(data: bytes) -> bytes:
        at, goal = place % (len(data) + 1), to % (len(data) + 1)
        return data[:goal] + data[at : at + length] + data[goal:]

    return edit


def _removed(place: int, length: int) -> Edit:
    def edit(data: bytes) -> bytes:
        at = place % (len(data) + 1)
        return data[:at] + data[at + length :]

    return edit


def _headed(other: bytes, length: int) -> Edit:
    return lambda data: other[:length] + data[length:]


def spoiled(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the seeds after one to four edits; places near the start, where headers are, come more often."""
    place = st.one_of(st.integers(0, 127), st.integers(0, 100_000))
    length = st.integers(1, 64)
    edit = st.one_of(
        st.builds(_bit, place, st.integers(0, 7)),
        st.builds(_field, place, st.sampled_from(FIELDS), st.sampled_from(EXTREME)),
        st.builds(_cut, place),
        st.builds(_copied, place, length, place),
        st.builds(_removed, place, length),
        st.builds(_headed, st.sampled_from(seeds), length),
    )

    def apply(data: bytes, edits: list[Edit]) -> bytes:
        for one in edits:
            data = one(data)
        return data

    return st.builds(apply, st.sampled_from(seeds), st.lists(edit, min_size=1, max_size=4))


def _deep(levels: int) -> str:
    return "[" * levels + "]" * levels


STRANGE: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "a", "\0", "\ud800",
    "../../x", "NaN", "1e999", [], {}, [[]], [None], {"a": {}}, [1, "a", None], "x" * 1000,
]  # fmt: skip


def spoiled_json(value: Any) -> st.SearchStrategy[Any]:
    """A tree with one to three of its parts replaced by something strange, or taken away."""
    paths = list(_paths(value, ()))

    def apply(changes: list[tuple[tuple[str | int, ...], Any, bool]]) -> Any:
        tree = json.loads(json.dumps(value))
        for path, new, remove in changes:
            _change(tree, path, new, remove)
        return tree

    change = st.tuples(st.sampled_from(paths), st.sampled_from(STRANGE), st.booleans())
    return st.builds(apply, st.lists(change, min_size=1, max_size=3))


def _paths(value: Any, path: tuple[str | int, ...]) -> Any:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _paths(one, (*path, key))


def _change(tree: Any, path: tuple[str | int, ...], new: Any, remove: bool) -> None:
    try:
        for key in path[:-1]:
            tree = tree[key]
        if remove:
            del tree[path[-1]]
        else:
            tree[path[-1]] = copy.deepcopy(new)
    except (KeyError, IndexError, TypeError):
        return  # an earlier change took it away


DEEP_JSON = [_deep(100_000).encode(), b'{"a":' * 100_000]
