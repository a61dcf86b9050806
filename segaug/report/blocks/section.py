"""A section of the page: a heading and blocks below each other.

A block is any frozen dataclass with the class variable `template`, a file in templates/ that finds it as `block`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Protocol

from markupsafe import Markup
from matplotlib.figure import Figure

Draw = Callable[[], Figure]
_NONE: Mapping[str, Draw] = MappingProxyType({})


class Block(Protocol):
    """One thing on the page."""

    @property
    def template(self) -> str:
        """File in templates/."""


@dataclass(frozen=True)
class Section:
    """What the function `section` of a module NAME_section makes of a study."""

    anchor: str  # id on the page
    title: str
    link: str  # in the navigation
    blocks: tuple[Block, ...]
    figures: Mapping[str, Draw] = field(default_factory=lambda: _NONE)  # for a paper: name of the file -> drawn
    style: str = ""  # class in page.css
    finding: str = ""  # a sentence with what it found: the section is folded under it; "": it stands open


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    template: ClassVar[str] = "text.html"
    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences; a marked-up one is shown as such."""

    template: ClassVar[str] = "items.html"
    items: Sequence[str]


@dataclass(frozen=True)
class Heading:
    """Divides a section."""

    template: ClassVar[str] = "heading.html"
    text: str


@dataclass(frozen=True)
class Legend:
    """The signs of all strategies, and of the references where they are drawn."""

    template: ClassVar[str] = "legend.html"
    references: bool = True


@dataclass(frozen=True)
class Panels:
    """One figure on the page: groups of panels that stay together, and the caption."""

    template: ClassVar[str] = "panels.html"
    caption: str
    groups: tuple[tuple[Markup, ...], ...]
    layout: str = (
        "by-task"  # class in page.css: "by-task", a column a group; "by-measure" and "by-curve", a row a group
    )

    @property
    def count(self) -> int:
        """How many panels there are."""
        return sum(map(len, self.groups))


@dataclass(frozen=True)
class Drawing:
    """A figure as wide as the page, which scrolls where that is narrow; its name is for those who do not see it."""

    template: ClassVar[str] = "drawing.html"
    name: str
    caption: str
    drawing: Markup


@dataclass(frozen=True)
class Columns:
    """Blocks side by side where there is room."""

    template: ClassVar[str] = "columns.html"
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Folded:
    """Blocks that can be hidden."""

    template: ClassVar[str] = "folded.html"
    summary: str
    blocks: tuple[Block, ...]
    unfolded: bool = False  # shown until it is hidden
