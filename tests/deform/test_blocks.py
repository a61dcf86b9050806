import pytest

from segaug.deform import blocks as module
from segaug.deform.blocks import blocks


@pytest.mark.parametrize("row_bytes", [1, 300, 400, 5000])
def test_blocks_hold_each_row_once_in_order_and_fit_into_the_cache(monkeypatch, row_bytes):
    monkeypatch.setattr(module, "_CACHE_BYTES", 1000)
    parts = [list(range(20))[rows] for rows in blocks(3, 14, row_bytes)]
    assert [row for part in parts for row in part] == list(range(3, 14))
    assert all(len(part) * row_bytes <= 1000 or len(part) == 1 for part in parts)
    assert row_bytes != 400 or len(parts[0]) == 2  # as many as fit


def test_no_rows_are_no_block():
    assert list(blocks(3, 3, 10)) == []
