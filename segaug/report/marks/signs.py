"""Signs of a legend as small pictures beside their words, so that the legend can wrap on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from segaug.report.look import svg

_SIZE_IN = (0.42, 0.17)


@dataclass(frozen=True)
class Key:
    """What the marks of a figure mean, whatever the strategy."""

    template: ClassVar[str] = "key.html"
    signs: tuple[tuple[Markup, str], ...]  # picture, words


def key(artists: Sequence[Artist], name: str) -> Key:
    """artists: of a legend, each with a label.  name: prefix of the pictures' ids, unique on the page."""
    drawn = ((artist, f"{name}-sign{index}") for index, artist in enumerate(artists))
    return Key(tuple((_picture(artist, place), str(artist.get_label())) for artist, place in drawn))


def _picture(artist: Artist, place: str) -> Markup:
    figure = Figure(figsize=_SIZE_IN)
    figure.patch.set_visible(False)
    figure.legend(
        handles=[artist], labels=[""], loc="center", borderpad=0, borderaxespad=0, handletextpad=0, handlelength=3.2
    )
    return Markup(svg.inline(figure, place, str(artist.get_label())))
