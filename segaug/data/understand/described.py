"""nnU-Net's and the Medical Segmentation Decathlon's layout: `imagesTr`, `labelsTr` and a `dataset.json`."""

from collections.abc import Mapping
from typing import Any

from segaug.data.formats.json_file import read_object
from segaug.data.understand.layout import Layout
from segaug.data.understand.tree import Name, Tree

_NAME = "dataset.json"
_IGNORED = "ignore"  # nnU-Net's name of what counts for nothing
_CT = ("ct", "cta", "cect")


def described(tree: Tree) -> Layout | None:
    """The layout that a `dataset.json` beside `imagesTr` describes; None where there is none that can be read."""
    for name in tree.names:
        if name.path.rpartition("/")[2] == _NAME and (found := _below(tree, name)):
            return found
    return None


def _below(tree: Tree, name: Name) -> Layout | None:
    before = f"{name.folder}/" if name.folder else ""
    inside = [other.path for other in tree.names if other.path.startswith(before)]
    if not all(any(path.startswith(f"{before}{part}/") for path in inside) for part in ("imagesTr", "labelsTr")):
        return None
    told = read_object(tree.file(name), "description of a data set")
    channels = _channels(told)
    options: dict[str, Any] = {"images": "imagesTr", "masks": "labelsTr"}
    words = [f"{name.path} names " + (_listed(_structures(told)) or "no structure")]
    if len(channels) > 1:
        options["channel"] = 0
        words.append(f"of the channels {', '.join(channels)} the first is taken; --set channel=NAME takes another")
    return Layout(
        kind="volumes",
        called="volumes as nnU-Net and the Medical Segmentation Decathlon have them",
        options=options,
        told=tuple(words),
        structures=_structures(told),
        ignored=tuple(value for values in _labels(told, _IGNORED).values() for value in values),
        ct=any(channel.lower() in _CT for channel in channels[:1]),
        below=name.folder,
    )


def _channels(told: Mapping[str, Any]) -> list[str]:
    named = told.get("channel_names", told.get("modality", {}))
    return [str(name) for name in named.values()] if isinstance(named, dict) else []


def _structures(told: Mapping[str, Any]) -> dict[str, list[int]]:
    """Name -> values; the background and what is ignored are left out."""
    return {name: values for name, values in _labels(told).items() if name.lower() not in ("background", _IGNORED)}


def _labels(told: Mapping[str, Any], only: str = "") -> dict[str, list[int]]:
    """Name -> values other than 0, whichever of the two is the key; only: of this name alone."""
    labels = told.get("labels")
    found: dict[str, list[int]] = {}
    for key, value in labels.items() if isinstance(labels, dict) else ():
        name, values = (str(value), [int(key)]) if key.isdigit() else (key, value)
        numbers = values if isinstance(values, list) else [values]
        if (not only or name.lower() == only) and all(isinstance(one, int) for one in numbers) and 0 not in numbers:
            found[name] = list(numbers)
    return found


def _listed(structures: Mapping[str, list[int]]) -> str:
    return ", ".join(f"{name} ({', '.join(map(str, values))})" for name, values in structures.items())
