"""What was asked of a study, in pieces: one immutable file a command, so that no two commands overwrite each other.

<study>/plan/<digest>.json = {"schema", "order", "trials": [{"id", "task", "model", "strategy", "size", "seed"}],
"skipped": [{"task", "size", "pool"}], and facts of the command: "tracker", "command", "shard"}

A piece of a shard lists the trials of all shards, and `trials_of` those that its own folder is to hold.

The digest is of everything but `order`, so that the same command twice is one piece, and a damaged piece is noticed.
`order` counts up; pieces that were added at the same moment share a number, and their digests decide.
"""

import shlex
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from segaug.errors import DataError, UserError
from segaug.files import create_exclusive, write_atomic
from segaug.results.json_file import DamagedRecord, Json, canonical, read_object
from segaug.results.record import SCHEMA
from segaug.results.shard import KEY, parse_shard, with_shard

FOLDER = "plan"
_NAMELESS = ("schema", "order")


def add_piece(study: Path, piece: Json) -> None:
    """Add what a command asks for; nothing happens if the same was asked for before."""
    piece = {"trials": [], "skipped": [], **piece}
    name = _digest(piece)
    path = study / FOLDER / f"{name}.json"
    if _is_whole(path):
        return
    data = canonical({**piece, "schema": SCHEMA, "order": 1 + _last(study)})
    if not create_exclusive(path, data) and not _is_whole(path):
        write_atomic(path, data)


def read_pieces(study: Path) -> Json:
    """All pieces as one: trials by id, skipped sizes, and the facts of the piece that was added last.

    shards: of the pieces that are of one.  elsewhere: how many trials of these pieces belong to other shards.
    """
    asked = pieces(study)
    trials = {trial["id"]: trial for piece in asked for trial in trials_of(piece)}
    everywhere = {trial["id"] for piece in asked for trial in piece["trials"]}
    skipped = {(row["task"], row["size"]): row for piece in asked for row in piece["skipped"]}
    facts = {key: value for key, value in asked[-1].items() if key not in (*_NAMELESS, KEY)} if asked else {}
    return {
        "schema": SCHEMA,
        **facts,
        "trials": list(trials.values()),
        "skipped": list(skipped.values()),
        "shards": sorted({piece[KEY] for piece in asked if KEY in piece}),
        "elsewhere": len(everywhere) - len(trials),
    }


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
        kept = [word for word in words if not word.startswith("output=")]
        facts["command"] = shlex.join([*kept, f"output={study}"])
    return facts


def pieces(study: Path) -> list[Json]:
    """What each command asked for, the last one last."""
    return sorted(map(_read, _paths(study)), key=_place)


def whole_pieces(study: Path) -> tuple[list[Json], list[str]]:
    """The same without the damaged ones, and what is wrong with those."""
    found, damaged = [], []
    for path in sorted(_paths(study)):
        try:
            found.append(_read(path))
        except DataError as error:
            damaged.append(str(error))
    return sorted(found, key=_place), damaged


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
    if not _is_plan(piece):
        raise DamagedRecord(file=path, problem="holds no order, no trials by id, or a shard that there is not", fix=fix)
    return piece


def _is_named(name: str, piece: Json) -> bool:
    with suppress(ValueError, RecursionError):  # 1e999 is read as infinity, which has no spelling in JSON
        return name == _digest(piece)
    return False


def _is_plan(piece: Json) -> bool:
    trials, skipped = piece.get("trials"), piece.get("skipped")
    if KEY in piece and not _is_shard(piece[KEY]):
        return False
    if not (isinstance(piece.get("order"), int) and isinstance(trials, list) and isinstance(skipped, list)):
        return False
    return all(_has(row, "id") for row in trials) and all(_has(row, "task", "size") for row in skipped)


def _is_shard(value: object) -> bool:
    with suppress(UserError):
        return isinstance(value, str) and bool(parse_shard(value))
    return False


def _has(row: object, *keys: str) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(key), str | int) for key in keys)


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
    told = {key: value for key, value in piece.items() if key not in _NAMELESS}
    return sha256(canonical(told)).hexdigest()[:16]
