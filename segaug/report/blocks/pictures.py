"""Pictures that the page holds."""

from base64 import b64encode
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Picture:
    """One embedded picture."""

    title: str
    data: str  # data: URL
    description: str


@dataclass(frozen=True)
class Pictures:
    """Beside each other where there is room, and what they show."""

    template: ClassVar[str] = "pictures.html"
    pictures: tuple[Picture, ...]
    note: str


def png_url(png: bytes) -> str:
    """A data: URL of a PNG file."""
    return f"data:image/png;base64,{b64encode(png).decode()}"
