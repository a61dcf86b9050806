"""The card of a data set on disk, cards/<task>/card.json and examples.safetensors: facts, and what strategies draw.

`experiment/cards/card.py` makes them; here they are read, written and joined without torch.
"""

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from segaug.files import write_atomic
from segaug.json_data import parse_json
from segaug.results.card_folder import card_folder, card_folders
from segaug.results.inside import inside
from segaug.results.store import Json

Pictures = dict[str, np.ndarray]


def read_card(folder: Path) -> tuple[Json, Pictures]:
    """The card of one task as it is; empty if there is none, or it is damaged."""
    path = folder / "card.json"
    try:
        card = parse_json(path.read_bytes()) if path.is_file() else {}
        if not isinstance(card, dict) or not isinstance(card.get("strategies", {}), dict):
            return {}, {}
        return card, load_file(folder / "examples.safetensors") if card else {}
    except (ValueError, OSError, SafetensorError):
        return {}, {}


def write_card(folder: Path, card: Json, pictures: Pictures) -> None:
    """Write the card of one task."""
    write_atomic(inside(folder, "examples.safetensors"), save(pictures))
    write_atomic(
        inside(folder, "card.json"), json.dumps(card, indent=1).encode()
    )  # last: it says that the rest is there


def merge_cards(source: Path, target: Path) -> None:
    """Add the cards of one study to those of another; what both show of a data set stays as it is in the target."""
    for path in card_folders(source):
        card, pictures = read_card(path)
        if not isinstance(task := card.get("task"), str):
            continue  # damaged
        folder = card_folder(target, task)
        there, kept = read_card(folder)
        if there and there.get("content_hash") != card.get("content_hash"):
            continue  # nothing else of that data set was merged
        shown = there.get("strategies", {})
        if strategies := card.get("strategies", {}).keys() - shown.keys():
            added = {strategy: card["strategies"][strategy] for strategy in sorted(strategies)}
            write_card(folder, {**card, **there, "strategies": {**shown, **added}}, pictures | kept)
