"""Names of the operations that a policy at test time chooses from, by number, for people.

Source: Li et al. (2023), released code, of three axes; of two axes the same without what two axes do not have.
"""

from functools import cache

_SCALES, _ANGLES, _GAMMAS = (1.05, 1.15, 1.25, 1.35, 1.45), (5, 15, 25), (1.1, 1.3, 1.5)
_PLANES = {2: ("",), 3: (" frontal", " sagittal", " longitudinal")}
_MIRRORS = {2: ("rows", "columns"), 3: ("sagittal", "frontal", "axial")}
_STEPS = (0.05, 0.15, 0.25)
_NOTHING = "as it is"


@cache
def operation_names(axes: int) -> tuple[str, ...]:
    """64 of two axes, 84 of three."""
    planes, mirrors = _PLANES[axes], _MIRRORS[axes]
    factors = [f"{1 + step:g}" for step in _STEPS]
    return (
        _NOTHING,
        *_pairs("scale", map(str, _SCALES)),
        *(f"rotate{plane} {sign}{angle}°" for plane in planes for angle in _ANGLES for sign in "+-"),
        *(f"mirror {name}" for name in mirrors),
        *(f"turn{plane} {turn}" for plane in planes for turn in ("+90°", "-90°", "180°")),
        *_pairs("gamma", map(str, _GAMMAS)),
        *_pairs("inverted gamma", map(str, _GAMMAS)),
        *(f"shift {sign}{step:g}" for step in _STEPS for sign in "+-"),
        *_pairs("intensity scale", factors),
        *_pairs("contrast", factors),
        *(f"blur {sigma:g}" for sigma in (0.5, 0.7, 0.9)),
        *(f"sharpen {sigma:g}" for sigma in (0.9, 0.7, 0.5)),
        *(f"noise {deviation:g}" for deviation in (0.025, 0.075, 0.125)),
        *(f"low resolution {zoom:g}" for zoom in (0.9, 0.7, 0.5)),
        *(("mirror all",) if axes == 3 else ()),
    )


def _pairs(what: str, factors: "map[str] | list[str]") -> "list[str]":
    """By a factor, and by its inverse."""
    return [f"{what} {form}{factor}" for factor in factors for form in ("", "1/")]
