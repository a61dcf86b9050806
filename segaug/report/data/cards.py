"""Cards of the data sets: what they are, where they come from, and what the strategies make of a few images."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from segaug.errors import DataError
from segaug.findings.numbers import NONE, number
from segaug.json_data import parse_json
from segaug.report.blocks.pictures import Picture, png_url
from segaug.report.blocks.tables import Table
from segaug.report.data.provenance import flatten
from segaug.report.look.mosaic import mosaic_png
from segaug.report.look.palette import in_order
from segaug.report.look.pictures import Outline, outline_of
from segaug.results.card_folder import card_folder
from segaug.results.inside import inside

MOST_IMAGES = 4  # examples shown of a data set
_FACTS = {  # key in card.json -> what the page calls it
    "modality": "modality",
    "anatomy": "anatomy",
    "structure": "structure",
    "structures": "structures",
    "channels": "colour",
    "sources": "images come from",
    "images": "images",
    "patients": "patients",
    "size": "side [px]",
    "pixel_mm": "pixel [mm]",
    "foreground_share": "foreground share",
    "graders_dice": "Dice between graders, test images",
    "licence": "licence",
    "source": "source",
    "citation": "citation",
    "note": "note",
    "content_hash": "content hash",
}
_SOURCE = {  # key in an entry of by_source -> column
    "name": "source",
    "role": "role",
    "pool": "pool",
    "test": "test",
    "modality": "modality",
    "pixel_mm": "pixel [mm]",
    "foreground": "foreground share",
    "intensity": "intensity",
    "contrast": "contrast",
}


@dataclass(frozen=True)
class Card:
    """One task; facts and pictures are empty where the study has no card of it."""

    template: ClassVar[str] = "card.html"
    task: str
    facts: Table | None
    pictures: tuple[Picture, ...]
    outlines: tuple[tuple[str, Outline], ...] = ()  # of structures, where there are several
    sources: Table | None = None  # in what the sources of a pooled task differ
    extent: str = ""  # "160 images of 160 patients"; "" where the study has no card of it


def read_card(folder: Path, task: str) -> Card:
    """Card of a task from <study>/cards/<task>/; raises DataError where a file is there but cannot be read."""
    path = _path(folder, task)
    if not path.is_file():
        return Card(task, None, ())
    card = _read(path)
    names = _structures(card)
    outlines = tuple((name, outline_of(place)) for place, name in enumerate(names)) if len(names) > 1 else ()
    pictures = _pictures(inside(path.parent, "examples.safetensors"), task)
    extent = f"{card.get('images', '?')} images of {card.get('patients', '?')} patients"
    return Card(task, _facts(card), pictures, outlines, _sources(card), extent)


def licences(folder: Path, tasks: Iterable[str]) -> list[tuple[str, str]]:
    """(task, licence) of those tasks whose card names one."""
    cards = ((task, _path(folder, task)) for task in tasks)
    read = [(task, _read(path).get("licence")) for task, path in cards if path.is_file()]
    return [(task, licence) for task, licence in read if licence]


def _path(folder: Path, task: str) -> Path:
    return inside(card_folder(folder, task), "card.json")


def _read(path: Path) -> dict[str, Any]:
    try:
        card = parse_json(path.read_bytes())
    except ValueError as error:
        raise _damaged(path, error) from error
    if not isinstance(card, dict):
        raise _damaged(path, ValueError("not a JSON object"))
    return card


def _facts(card: Mapping[str, Any]) -> Table:
    entries = {**card, **_form(card)}
    rows = [(title, _text(entries[key])) for key, title in _FACTS.items() if entries.get(key) not in (None, "")]
    rows += [(f"images for {part}", str(count)) for part, count in _parts(card).items()]
    rows += [(f"images of site {_site(each)}", _text(each["images"])) for each in _sites(card)]
    if card.get("unlabelled"):  # cards from before images could lack a mask do not say
        rows.append(("external images without a mask", f"{_text(card['unlabelled'])}, of dataset.unlabelled"))
    return Table("", ("what", "value"), tuple(rows))


def _sites(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Where the images come from, in cards of tasks that name target sites."""
    sites = card.get("by_site")
    return sites if isinstance(sites, list) else []


def _site(site: Mapping[str, Any]) -> str:
    return f"{site['name'] or 'not known'}{' (target)' if site['target'] else ''}"


def _sources(card: Mapping[str, Any]) -> Table | None:
    """One row a source; None where there is only one."""
    sources = card.get("by_source")
    if not isinstance(sources, list) or not sources:
        return None
    caption = (
        "In what the sources differ: of the images that each can be trained on, as the network sees them.\n"
        "Intensity and contrast: mean and standard deviation of an image's grey values, its own range being 0 to 1."
    )
    return Table(caption, tuple(_SOURCE.values()), tuple(_source_row(source) for source in sources))


def _source_row(source: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(NONE if source.get(key) in (None, "") else _text(source[key]) for key in _SOURCE)


def _form(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the tensors look like, in words: as little as one grey structure needs, which is all of earlier cards."""
    structures, sources, channels = _structures(card), card.get("sources", ()), card.get("channels", 1)
    grey = f"; grey images repeated in them: {card['repeated_grey']}" if card.get("repeated_grey") else ""
    words = {"structures": None, "channels": f"{channels} channels{grey}", "sources": ", ".join(sources)}
    if len(structures) > 1:
        words["structure"] = None
        words["structures"] = f"{len(structures)}: {', '.join(structures)}"
        words["foreground_share"] = ", ".join(f"{name} {number(share)}" for name, share in structures.items())
    return words | ({"channels": None} if channels == 1 else {}) | ({"sources": None} if len(sources) < 2 else {})


def _structures(card: Mapping[str, Any]) -> Mapping[str, float]:
    """Name -> share of the pixels; none in cards that do not tell them apart."""
    structures = card.get("structures")
    return structures if isinstance(structures, dict) else {}


def _parts(card: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = card.get("parts")
    return parts if isinstance(parts, dict) else {}


def _text(value: Any) -> str:  # Any: JSON
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list):
        return " × ".join(_text(item) for item in value)
    return "; ".join(f"{key}: {text}" if key else text for key, text in flatten(value))


def _pictures(path: Path, task: str) -> tuple[Picture, ...]:
    if not path.is_file():
        return ()
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise _damaged(path, error) from error
    strategies = in_order(name.rsplit("/", 1)[0] for name in tensors if "/" in name)
    try:
        return tuple(_picture(tensors, task, strategy) for strategy in strategies or [""])
    except (KeyError, ValueError, IndexError, TypeError) as error:  # its images do not belong together
        raise _damaged(path, error) from error


def _picture(tensors: Mapping[str, np.ndarray], task: str, strategy: str) -> Picture:
    """Each image in a row: the original, then its augmented versions."""
    tiles = []
    for name in ("image", "label"):
        stored = tensors.get(f"{strategy}/original{'' if name == 'image' else '_label'}", tensors[name])
        original = _with_channels(stored, axes=4)
        none = np.zeros((len(original), 0, *original.shape[1:]))
        versions = _with_channels(tensors.get(f"{strategy}/{name}", none), axes=5)
        tiles.append(np.concatenate([original[:MOST_IMAGES, None], versions[:MOST_IMAGES]], axis=1))
    what = f"augmented by {strategy}" if strategy else "without augmentation"
    description = f"Images of {task} with outlines of what is segmented, {what}"
    return Picture(strategy or "original", png_url(mosaic_png(*tiles)), description)


def _with_channels(tensor: np.ndarray, axes: int) -> np.ndarray:
    """With the axis of channels or structures before (H, W), which earlier cards do not have."""
    return tensor if tensor.ndim == axes else np.expand_dims(tensor, -3)


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(file=path, problem=f"cannot be read ({error})", fix="delete it; `segaug train` writes it again")
