"""What was asked of a study, in pieces: one immutable file a command, so that no two commands overwrite each other.

<study>/plan/<digest>.json = {"schema", "order", "trials": [{"id", "task", "model", "strategy", "size", "seed"}],
"skipped": [{"task", "size", "pool"}], and facts of the command: "tracker", "command", "shard"}

A piece of a shard lists the trials of all shards, and `trials_of` those that its own folder is to hold.

The digest is of everything but `order`, so that the same command twice is one piece, and a damaged piece is noticed:
it is named and left out.
`order` counts up, as far as numbers go; pieces that were added at the same moment share a number, and their digests
decide.
"""

import shlex
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from segaug.errors import ConfigError, DataError
from segaug.files import create_exclusive, write_atomic
from segaug.name import Name
from segaug.results.command import shown, writing_into
from segaug.results.inside import inside
from segaug.results.json_file import DamagedRecord, Json, canonical, read_object
from segaug.results.record import SCHEMA, Count, Size, convert_or_say
from segaug.results.record_measures import MOST
from segaug.results.shard import KEY, parse_shard, with_shard
from segaug.results.trial_key import TrialKey

FOLDER = "plan"
_NAMELESS = ("schema", "order")


def add_piece(study: Path, piece: Json) -> None:
    """Add what a command asks for; nothing happens if the same was asked for before."""
    piece = {"trials": [], "skipped": [], **piece}
    name = _digest(piece)
    path = inside(study, FOLDER, f"{name}.json")
    if _is_whole(path):
        return
    data = canonical({**piece, "schema": SCHEMA, "order": min(1 + _last(study), MOST)})
    if not create_exclusive(path, data) and not _is_whole(path):
        write_atomic(path, data)


class Skipped(Struct, frozen=True, gc=False):
    """A size above the pool of its task."""

    task: Name
    size: Size
    pool: Count


class Piece(Struct, frozen=True, gc=False):
    """What a file must hold to be a piece; it may hold more."""

    order: Count
    trials: list[TrialKey]
    skipped: list[Skipped]
    command: str | None = None
    shard: str | None = None

    def __post_init__(self) -> None:
        """Can the command be repeated, and is there such a shard?"""
        shlex.split(self.command or "")
        if self.shard is not None:
            try:
                parse_shard(self.shard)
            except ConfigError as error:
                raise ValueError(str(error)) from error


def read_pieces(study: Path) -> tuple[Json, list[DataError]]:
    """All pieces as one: trials by id, skipped sizes, and the facts of the piece that was added last; what is none.

    shards: of the pieces that are of one.  elsewhere: how many trials of these pieces belong to other shards.
    """
    asked, left_out = whole_pieces(study)
    trials = {trial["id"]: trial for piece in asked for trial in trials_of(piece)}
    everywhere = {trial["id"] for piece in asked for trial in piece["trials"]}
    skipped = {(row["task"], row["size"]): row for piece in asked for row in piece["skipped"]}
    facts = {key: value for key, value in asked[-1].items() if key not in (*_NAMELESS, KEY)} if asked else {}
    if facts.get("command"):
        facts["command"] = shown(facts["command"])
    plan = {
        "schema": SCHEMA,
        **facts,
        "trials": list(trials.values()),
        "skipped": list(skipped.values()),
        "shards": sorted({piece[KEY] for piece in asked if KEY in piece}),
        "elsewhere": len(everywhere) - len(trials),
    }
    return plan, left_out


def trials_of(piece: Json) -> list[Json]:
    """Trials that the folder of a piece is to hold: all, or those of its shard."""
    trials: list[Json] = piece["trials"]
    if KEY not in piece:
        return trials
    shard = parse_shard(piece[KEY])
    return [trial for trial in trials if shard.holds(trial["id"])]


def of_whole_study(piece: Json, study: Path) -> Json:
    """A piece as the same command adds it without a shard and in another folder; of all shards it is the same one."""
    facts = {key: value for key, value in piece.items() if key not in (*_NAMELESS, KEY)}
    if facts.get("command"):
        words = shlex.split(with_shard(facts["command"], None))
        facts["command"] = shlex.join(writing_into(words, study))
    return facts


def pieces(study: Path) -> list[Json]:
    """What each command asked for, the last one last."""
    return whole_pieces(study)[0]


def whole_pieces(study: Path) -> tuple[list[Json], list[DataError]]:
    """The same, and what is wrong with the files that hold none."""
    inside(study, FOLDER)
    pieces, left_out = [], []
    for path in sorted(_paths(study)):
        try:
            pieces.append(_read(path))
        except DataError as error:
            left_out.append(error)
    return sorted(pieces, key=_place), left_out


def has_plan(study: Path) -> bool:
    """Is this the folder of a study?"""
    return next(iter(_paths(study)), None) is not None


def last_asked(study: Path) -> float:
    """When a piece was last added, by the clock of the file system: good enough to guess which study is meant."""
    return max(path.stat().st_mtime for path in _paths(study))


def _place(piece: Json) -> tuple[int, str]:
    return piece["order"], _digest(piece)


def _paths(study: Path) -> list[Path]:
    return list((study / FOLDER).glob("[!.]*.json"))


def _read(path: Path) -> Json:
    piece = read_object(path)
    fix = "delete it; the `segaug train` command that it is of makes it again"
    if not _is_named(path.stem, piece):
        raise DamagedRecord(file=path, problem="does not match the digest that is its name", fix=fix)
    try:
        convert_or_say(piece, Piece)
    except ValueError as error:
        raise DamagedRecord(file=path, problem=f"is no valid plan ({error})", fix=fix) from error
    return piece


def _is_named(name: str, piece: Json) -> bool:
    with suppress(ValueError, RecursionError):  # 1e999 is read as infinity, which has no spelling in JSON
        return name == _digest(piece)
    return False


def _is_whole(path: Path) -> bool:
    with suppress(DamagedRecord):
        return path.exists() and bool(_read(path))
    return False


def _last(study: Path) -> int:
    orders = [0]
    for path in _paths(study):
        with suppress(DamagedRecord):  # told by whoever reads the plan; it must not keep a command from being added
            orders.append(_read(path)["order"])
    return max(orders)


def _digest(piece: Json) -> str:
    content = {key: value for key, value in piece.items() if key not in _NAMELESS}
    return sha256(canonical(content)).hexdigest()[:16]
