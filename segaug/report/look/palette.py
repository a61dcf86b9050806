"""One look per strategy: colour, marker and line, fixed by the strategy's name, so it never changes between studies.

Colours: Okabe and Ito (2008), readable with colour-vision deficiency; their yellow is left out, it vanishes on white.
Colour is never the only sign: marker and dashes differ as well. Each colour has a light and a dark value of equal role.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

from segaug.ways import PLAIN, WAYS, plain_strategy

LIGHT = {
    "ink": "#1c2126", "muted": "#667080", "grid": "#e5e8ec", "paper": "#ffffff",
    "blue": "#0072b2", "vermillion": "#d55e00", "green": "#009e73",
    "orange": "#e69f00", "purple": "#cc79a7", "sky": "#56b4e9",
}  # fmt: skip
DARK = {
    "ink": "#e7eaee", "muted": "#9aa4b2", "grid": "#2d333b", "paper": "#16191d",
    "blue": "#4a9fe0", "vermillion": "#f28148", "green": "#35c49a",
    "orange": "#f3b949", "purple": "#e6a3ca", "sky": "#a5dbfa",
}  # fmt: skip

Dash = tuple[float, ...]  # on, off, on, off ... in multiples of the line width; () is a solid line
SOLID, DASHED, DOTTED, DASH_DOT = (), (5.0, 2.0), (1.2, 1.6), (6.0, 2.0, 1.2, 2.0)


@dataclass(frozen=True)
class Look:
    """How a strategy is drawn; `colour` is a key of LIGHT and DARK."""

    colour: str
    marker: str
    dash: Dash

    @property
    def light(self) -> str:
        """Colour on white, as hex."""
        return LIGHT[self.colour]

    @property
    def line(self) -> tuple[float, Dash | None]:
        """Line style in matplotlib's terms."""
        return (0.0, self.dash or None)


LOOKS = {  # also the order in which strategies are listed; families that are compared do not share a colour
    "none": Look("muted", "X", DOTTED),
    "baseline": Look("ink", "o", SOLID),
    "red": Look("vermillion", "s", DASHED),
    "smooth_random": Look("orange", "D", DOTTED),
    "regda": Look("blue", "^", SOLID),
    "genda": Look("green", "v", DASH_DOT),
    "gd": Look("sky", "<", SOLID),
    "gi": Look("purple", ">", DASHED),
    "gd_gi": Look("blue", "P", DASH_DOT),
    "mixup": Look("orange", "h", DASHED),
    "gd_gi_mixup": Look("green", "X", SOLID),
    "random_elastic_intensity": Look("vermillion", "d", DOTTED),
    "adversarial": Look("purple", "p", DOTTED),
    "self_training": Look("sky", "*", DASHED),
    "random_bank": Look("orange", "v", DASHED),
    "augpaint": Look("purple", "P", SOLID),
    "augpaint_conditional": Look("sky", "X", DASH_DOT),
    "policy_heuristic": Look("orange", "<", DASH_DOT),
    "randaugment": Look("sky", "o", DASHED),
    "trivialaugment": Look("purple", "s", DOTTED),
    "policy_learned": Look("blue", "d", DASHED),
    "policy_class_specific": Look("green", "h", DOTTED),
    "policy_joint": Look("vermillion", ">", SOLID),
    "feature_discrepancy": Look("sky", "p", SOLID),
    "deep_supervision": Look("orange", "s", SOLID),
    "pixel_contrast": Look("green", "D", DASHED),
}
_HUES = ("blue", "vermillion", "green", "orange", "purple", "sky")
_MARKERS = ("o", "s", "^", "v", "D", "P", "X", "h", "p", "<", ">")
_DASHES = (SOLID, DASHED, DOTTED, DASH_DOT)


def look(strategy: str) -> Look:
    """The look of a strategy.

    A strategy with other options, by another protocol or by another way of predicting, such as "red(p=0.5)",
    "red [length=64]" and "red+flips", keeps the colour of its own kind.  A name that is not in LOOKS gets its look from
    its hash.
    """
    if strategy in LOOKS:
        return LOOKS[strategy]
    plain, way = plain_strategy(strategy)
    if way != PLAIN:
        return _of_way(look(plain), way)
    kind = LOOKS.get(_kind(strategy))
    taken = (kind.marker, kind.dash) if kind else ()
    digest = sha256(strategy.encode()).digest()
    hue, marker, dash = (
        free[byte % len(free)]
        for options, byte in zip((_HUES, _MARKERS, _DASHES), digest, strict=False)
        if (free := [option for option in options if option not in taken])
    )
    return Look(kind.colour if kind else str(hue), str(marker), dash)  # type: ignore[arg-type]


def _of_way(own: Look, way: str) -> Look:
    """The colour of the plain network's curve; marker and line differ from its, from known strategies' and by way."""
    known = {(each.marker, each.dash) for each in LOOKS.values()}
    chosen = [own]
    for _ in WAYS[1:]:
        markers, dashes = {each.marker for each in chosen}, {each.dash for each in chosen}
        marker, dash = next(
            (marker, dash)
            for marker, dash in product(_MARKERS, _DASHES)
            if marker not in markers and dash not in dashes and (marker, dash) not in known
        )
        chosen.append(Look(own.colour, marker, dash))
    return chosen[WAYS.index(way)]


def in_order(strategies: Iterable[str]) -> list[str]:
    """Each strategy once: the known ones in the order of LOOKS, each before its kind; then the others by name."""
    rank = {name: index for index, name in enumerate(LOOKS)}
    return sorted(set(strategies), key=lambda name: (rank.get(_kind(name), len(rank)), name))


def _kind(strategy: str) -> str:
    """Its name without options, protocol and way of predicting."""
    return plain_strategy(strategy)[0].partition(" [")[0].partition("(")[0]
