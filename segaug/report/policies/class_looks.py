"""How the policies of the classes are drawn, whatever the strategy."""

from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from segaug.policy_file import ALL, BACKGROUND, FOREGROUND
from segaug.report.look.palette import DASHED, LIGHT, SOLID, Look

CLASS_LOOKS = {
    ALL: Look("ink", "D", SOLID),
    BACKGROUND: Look("blue", "s", DASHED),
    FOREGROUND: Look("vermillion", "o", SOLID),
}
CLASS_WORDS = {ALL: "one policy for all rows", BACKGROUND: "background", FOREGROUND: "foreground"}


def mark(name: str, *, clear: bool) -> dict:
    """Of a class, in matplotlib's terms; hollow where it is not clear."""
    style = CLASS_LOOKS[name]
    face = style.light if clear else LIGHT["paper"]
    return {
        "linestyle": "none", "marker": style.marker, "markersize": 4.2, "markerfacecolor": face,
        "markeredgecolor": style.light, "markeredgewidth": 1.0,
    }  # fmt: skip


def class_signs(names: list[str]) -> list[Artist]:
    """Legend of these classes, and of what a hollow mark means."""
    lines: list[Artist] = [
        Line2D([], [], color=CLASS_LOOKS[name].light, label=CLASS_WORDS[name],
               **{**mark(name, clear=True), "linestyle": "-", "linewidth": 1.2})
        for name in names
    ]  # fmt: skip
    muted = LIGHT["muted"]
    hollow: dict = {"linestyle": "none", "marker": "o", "markersize": 5, "markerfacecolor": LIGHT["paper"]}
    faint: dict = {"linestyle": "none", "marker": "|", "markersize": 6, "alpha": 0.6}
    return [
        *lines,
        Line2D([], [], **hollow, markeredgecolor=muted, label="hollow: not more than chance"),
        Line2D([], [], **faint, color=muted, label="one seed"),
    ]
