"""What the sections of a study say: each made once, when it is asked for, and without drawing.

A panel is its label instead of a picture: these tests are about words, tables and the order of things.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from segaug.report.blocks.section import Block, Columns, Folded, Items, Panels, Section, Text
from segaug.report.blocks.tables import Table
from segaug.report.look import svg
from segaug.report.look.theme import themed
from segaug.report.sections import SECTIONS
from segaug.report.study.study import load_study
from tests.report.odd_studies import Odd

B = TypeVar("B")
MAKERS = {make.__module__.rpartition(".")[2].removesuffix("_section"): make for make in SECTIONS}


class Page:
    """The sections of one study, by anchor."""

    def __init__(self, folder: Path, metric: str | None = None) -> None:
        self.study = load_study(folder, metric)
        self._made: dict[str, Section | None] = {}

    def section(self, anchor: str) -> Section | None:
        """None where there is nothing to show."""
        if anchor not in self._made:
            with themed(), patch.object(svg, "inline", lambda _figure, _key, label, *_: label):
                self._made[anchor] = MAKERS[anchor](self.study)
        return self._made[anchor]

    def finding(self, anchor: str) -> str:
        """The sentence that a section is folded under."""
        section = self.section(anchor)
        assert section is not None
        return section.finding

    def all(self, anchor: str, kind: type[B]) -> list[B]:
        """Every block of a kind, also inside of others, from top to bottom; none where there is no section."""
        section = self.section(anchor)
        return [block for block in _blocks(section.blocks if section else ()) if isinstance(block, kind)]

    def table(self, anchor: str, words: str = "") -> list[dict[str, str]]:
        """Rows of the table whose caption has these words: column -> cell; a second column of a name has a 2 behind."""
        (table,) = [table for table in self.all(anchor, Table) if words in table.caption]
        return rows(table)

    def sentences(self, anchor: str) -> list[str]:
        """Of all lists and paragraphs."""
        section = self.section(anchor)
        blocks = _blocks(section.blocks if section else ())
        said = [block for block in blocks if isinstance(block, Items | Text)]
        of_each = (block.items if isinstance(block, Items) else [block.text] for block in said)
        return [sentence for sentences in of_each for sentence in sentences]

    def captions(self, anchor: str) -> list[str]:
        """Of its figures, in one line each."""
        return [" ".join(block.caption.split()) for block in self.all(anchor, Panels)]

    def panels(self, anchor: str) -> list[tuple[tuple[str, ...], ...]]:
        """Labels of the panels of each figure, in their groups."""
        return [tuple(tuple(map(str, group)) for group in block.groups) for block in self.all(anchor, Panels)]

    def answers(self) -> dict[str, str]:
        """Task and model -> what is answered."""
        section = self.section("answers")
        return {answer.where: answer.sentence for answer in section.blocks[0].answers} if section else {}

    def cautions(self) -> dict[str, tuple[str, ...]]:
        """Kind -> headline and places."""
        section = self.section("cautions")
        found = section.blocks[0].cautions if section else ()
        return {caution.kind: (caution.headline, *caution.places) for caution in found}


def rows(table: Table) -> list[dict[str, str]]:
    """Column -> cell; lines of a cell become one."""
    columns = [f"{name} 2" if name in table.columns[:place] else name for place, name in enumerate(table.columns)]
    assert all(len(row) == len(columns) for row in table.rows)
    return [dict(zip(columns, (" ".join(cell.split()) for cell in row), strict=True)) for row in table.rows]


def numbers(text: str) -> list[float]:
    """As they are written, without separators of thousands; what follows a letter, as in "HD95", is none."""
    return [float(found.replace(",", "")) for found in re.findall(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?", text)]


def by(column: str, found: Iterable[dict[str, str]]) -> dict[str, dict[str, str]]:
    """The rows by the cell that tells them apart."""
    given = list(found)
    keyed = {row[column]: row for row in given}
    assert len(keyed) == len(given)
    return keyed


def page_of(folder: Path, odd: Odd, metric: str | None = None) -> Page:
    """Write a study and open its page."""
    return Page(odd.write(folder).folder, metric)


def _blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Folded | Columns):
            yield from _blocks(block.blocks)
