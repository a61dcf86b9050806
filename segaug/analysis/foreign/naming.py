"""Which column of a foreign table is what: as somebody has told, by our own names, or by common ones.

Two columns that could be the same thing are refused, never chosen from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from segaug.analysis.foreign.file import ForeignFile
from segaug.analysis.foreign.synonyms import COMMON, OVERLAPS, OWN, is_overlap, meant_by, plain_name
from segaug.errors import ConfigError

KEY = "--columns"
SHOWN = {"size": "N", "strategy": "curve"}  # our name, where it is not the key
_EXAMPLE = "write OURS=THEIRS, such as error=dice,N=n_train"


@dataclass(frozen=True, eq=False)
class Named:
    """A table whose columns have the keys of `OWN`."""

    file: ForeignFile
    overlap: bool  # the error's column holds what is better the higher
    told: bool  # somebody has named columns
    others: dict[str, int]  # columns that are not used: heading -> place in `unnamed`
    unnamed: ForeignFile


def named(file: ForeignFile, columns: Mapping[str, str] | None = None) -> Named:
    """Find the columns.  columns: our name -> theirs; dice (or another overlap) -> theirs where it is 1 - error."""
    headings = [str(heading).strip() for heading in file.frame.columns]
    places, overlap = _given(file, headings, columns or {})
    plain = ["" if place in places.values() else plain_name(heading) for place, heading in enumerate(headings)]
    for key in OWN.keys() - places.keys():
        if (place := _place(file, key, plain, headings)) is not None:
            places[key] = place
    _refuse_lacking(file, places, headings)
    keys = sorted(places, key=list(OWN).index)
    frame = file.frame.iloc[:, [places[key] for key in keys]].set_axis(keys, axis=1)
    return Named(
        file=replace(file, frame=frame, headings={key: headings[places[key]] for key in keys}),
        overlap=overlap or is_overlap(headings[places["error"]]),
        told=bool(columns),
        others={name: at for at, name in enumerate(headings) if name and at not in places.values()},
        unnamed=file,
    )


def read_columns(text: str) -> dict[str, str]:
    """`error=dice,N=n_train`: our name -> theirs; raises ConfigError."""
    columns: dict[str, str] = {}
    for part in text.split(","):
        ours, equals, theirs = (piece.strip() for piece in part.partition("="))
        if not (ours and equals and theirs):
            raise ConfigError(key=KEY, problem=f"got {text!r}", fix=_EXAMPLE)
        if ours in columns:
            raise ConfigError(key=KEY, problem=f"names {ours} twice", fix="name each once")
        columns[ours] = theirs
    return columns


def _given(file: ForeignFile, headings: Sequence[str], columns: Mapping[str, str]) -> tuple[dict[str, int], bool]:
    """Places by key, and whether the error is told to be an overlap."""
    places: dict[str, int] = {}
    for ours, theirs in columns.items():
        key = meant_by(ours)
        if key is None:
            known = [SHOWN.get(own, own) for own in OWN]
            near = get_close_matches(ours.lower(), [*known, *OVERLAPS], n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ConfigError(key=KEY, problem=f"{ours} is no name of ours", fix=f"{hint}ours are {', '.join(known)}")
        at = [place for place, heading in enumerate(headings) if heading == theirs]
        at = at or [place for place, heading in enumerate(headings) if heading.lower() == theirs.lower()]
        at = at or [place for place, heading in enumerate(headings) if plain_name(heading) == plain_name(theirs)]
        if len(at) != 1:
            near = get_close_matches(theirs, headings, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            problem = f"has {'more than one' if at else 'no'} column {theirs}"
            file.refuse(problem=problem, fix=f"{hint}its columns are {', '.join(filter(None, headings))} ({KEY})")
        if key in places or at[0] in places.values():
            raise ConfigError(key=KEY, problem=f"{ours}={theirs} names a column for the second time", fix=_EXAMPLE)
        places[key] = at[0]
    return places, any(plain_name(ours) in OVERLAPS for ours in columns)


def _place(file: ForeignFile, key: str, plain: Sequence[str], headings: Sequence[str]) -> int | None:
    """Where a column is; our own names hide the common ones."""
    for names in (OWN[key], COMMON.get(key, ())):
        at = [place for place, name in enumerate(plain) if name in names]
        if len(at) > 1:
            ours, first = SHOWN.get(key, key), headings[at[-1]]
            could = " and ".join(headings[place] for place in at)
            problem = f"has more than one column for {ours}: {could}"
            file.refuse(problem=problem, fix=f"say which one it is: {KEY} {ours}={first}")
        if at:
            return at[0]
    return None


def _refuse_lacking(file: ForeignFile, places: Mapping[str, int], headings: Sequence[str]) -> None:
    lacking = [SHOWN.get(key, key) for key in ("size", "error") if key not in places]
    if lacking:
        present = ", ".join(filter(None, headings))
        said = ",".join(f"{ours}=..." for ours in lacking)
        apart = "separate the columns by commas, semicolons or tabs"
        file.refuse(
            problem=f"has no column {' and '.join(lacking)}, only {present}",
            fix=f"say which column is what: {KEY} {said} (ours: curve, N, seed, error)" if len(headings) > 1 else apart,
        )
