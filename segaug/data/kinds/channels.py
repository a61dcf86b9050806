"""Channels of volumes: of a 4-D file, or one file each (NAME_0000, NAME_0001); `dataset.json` may name them."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from segaug.data.kinds.found_volumes import Found
from segaug.data.place import refuse_special
from segaug.data.rules.channel import KEY
from segaug.errors import ConfigError, DataError
from segaug.json_data import parse_json

_NUMBERED = re.compile(r"(?P<name>.+)_(?P<channel>\d{4})")
_MAX_JSON = 2**24  # bytes


def channel_number(root: Path, channel: str | int | None) -> int | None:
    """The number of a channel that is given by number or by its name in `dataset.json`."""
    if not isinstance(channel, str):
        return channel
    names = _names(root)
    number = names.get(channel.casefold())
    if number is None:
        known = ", ".join(f"{name} ({place})" for name, place in names.items()) or "no channel"
        problem = f"got {channel}, and {root / 'dataset.json'} names {known}"
        raise ConfigError(key=KEY, problem=problem, fix="use a number from 0 on, or one of these names")
    return number


def is_numbered(images: Found, masks: Found) -> bool:
    """Does each image file hold one channel, as NAME_0000, whose mask is NAME?"""
    return not set(images) & set(masks) and all(_NUMBERED.fullmatch(name) for name in images)


def of_channel(images: Found, channel: int | None, root: Path) -> Found:
    """The files of one channel, by NAME.  Raises where there are several and none was chosen, or not that one."""
    channels: dict[int, dict[str, list[Path]]] = defaultdict(dict)
    for full, paths in images.items():
        match = _NUMBERED.fullmatch(full)
        if match:
            channels[int(match["channel"])].setdefault(match["name"], []).extend(paths)
    if channel is None and len(channels) > 1:
        names = {number: name for name, number in _names(root).items()}
        listed = ", ".join(
            f"{number} ({names[number]})" if number in names else str(number) for number in sorted(channels)
        )
        problem = f"holds the channels {listed}"
        raise DataError(file=next(iter(images.values()))[0].parent, problem=problem, fix=f"choose one of them: {KEY}=0")
    number = min(channels) if channel is None else channel
    if number not in channels:
        problem = f"is {number}, and the files end in {', '.join(f'_{one:04}' for one in sorted(channels))}"
        raise ConfigError(key=KEY, problem=problem, fix=f"use one of them, e.g. {KEY}={min(channels)}")
    return channels[number]


def _names(root: Path) -> Mapping[str, int]:
    """Numbers of channels by their names, in small letters; none where there is no file that says so."""
    file = root / "dataset.json"
    if not file.exists():
        return {}
    refuse_special(file, at_most=_MAX_JSON)
    try:
        told = parse_json(file.read_bytes())
        channels = told.get("channel_names", told.get("modality", {}))
        return {str(name).casefold(): int(number) for number, name in channels.items()}
    except (ValueError, AttributeError, TypeError) as error:
        problem = f"names no channels ({error})"
        raise DataError(file=file, problem=problem, fix='write "channel_names": {"0": "T1"}, or remove it') from error
