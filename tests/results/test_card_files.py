"""Cards of folders that are merged: every strategy that any of them shows, and what was there first stays."""

import numpy as np
import pytest

from segaug.results.card_files import merge_cards, read_card, write_card

TASK = "thorax"


def write(study, strategy, value, content="same"):
    pictures = {name: np.full((2, 1, 4, 4), value, np.float32) for name in ("image", f"{strategy}/image")}
    card = {"task": TASK, "content_hash": content, "strategies": {strategy: {"sees": ["labelled subset"]}}}
    write_card(study / "cards" / TASK, card, pictures)
    return study


def read(study):
    card, pictures = read_card(study / "cards" / TASK)
    return list(card.get("strategies", {})), {name: float(picture.max()) for name, picture in pictures.items()}


def test_strategies_join_and_what_was_there_stays(tmp_path):
    into = tmp_path / "into"
    for number, strategy in enumerate(("red", "baseline", "red"), 1):
        merge_cards(write(tmp_path / str(number), strategy, number), into)
    joined = ["red", "baseline"], {"image": 1.0, "red/image": 1.0, "baseline/image": 2.0}
    assert read(into) == joined
    merge_cards(write(tmp_path / "4", "regda", 4, content="another"), into)
    assert read(into) == joined


@pytest.mark.parametrize("spoilt", [b"", b"[]", b'{"strategies": [1]}', b"{"])
def test_a_damaged_card_gives_nothing_and_is_replaced(tmp_path, spoilt):
    bad, good, into = write(tmp_path / "bad", "red", 1), write(tmp_path / "good", "red", 2), tmp_path / "into"
    (bad / "cards" / TASK / "card.json").write_bytes(spoilt)
    merge_cards(bad, into)
    assert read(into) == ([], {})
    write(into, "red", 3)
    (into / "cards" / TASK / "card.json").write_bytes(spoilt)
    merge_cards(good, into)
    assert read(into) == (["red"], {"image": 2.0, "red/image": 2.0})
