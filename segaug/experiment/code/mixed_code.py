"""Does a study hold trials of other code than is installed now?  Then it is not extended before the user has said so.

The code of a trial is no part of its id: a comment must not cost a study.  But trials of two codes in one curve, or in
two curves that are compared, may differ by the code alone.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from segaug.errors import ConfigError
from segaug.experiment.code.deciding import code_facts, code_hash
from segaug.experiment.planned.plan import Planned
from segaug.results.code_names import LETTERS, counted, own, shared, short
from segaug.results.keys import CURVE, Curve
from segaug.results.store import Json, Store

_TOLD = 3  # codes, curves


def check_code(todo: Sequence[Planned], finished: pd.DataFrame, store: Store) -> None:
    """Raise ConfigError where these trials would join others that other code has trained; finished: of a snapshot."""
    if refusal := question(todo, finished, store):
        raise refusal


def question(todo: Sequence[Planned], finished: pd.DataFrame, store: Store) -> ConfigError | None:
    """What the user has to answer before a study is extended by these trials, if anything.

    With mixed_code=true nothing; and once a trial of the code of today is among the others, the study is known to be
    mixed, and nobody is asked again.
    """
    if not todo or finished.empty or todo[0].trial.config.mixed_code:
        return None
    now: dict[Curve, str] = {}
    for planned in todo:
        if planned.trial.curve not in now:
            now[planned.trial.curve] = code_hash(planned.trial.config)
    if {shared(code) for code in now.values()}.isdisjoint(map(shared, finished["code"].unique())):
        return _refusal("what every trial runs", finished, todo[0], store)
    if changed := _changed(now, finished):
        held = finished[pd.MultiIndex.from_frame(finished[[*CURVE]]).isin(changed)]
        joining = next(planned for planned in todo if planned.trial.curve in changed)
        return _refusal(_listed([" / ".join(curve) for curve in changed]), held, joining, store)
    return None


def _changed(now: Mapping[Curve, str], finished: pd.DataFrame) -> list[Curve]:
    """Curves that have trials, but none of the code that these choices have now, where that was noted."""
    kinds = finished.drop_duplicates([*CURVE, "code"])
    held: dict[Curve, set[str]] = {}
    for task, model, strategy, code in kinds[[*CURVE, "code"]].itertuples(index=False, name=None):
        if own(code):
            held.setdefault((task, model, strategy), set()).add(own(code))
    return [curve for curve, code in now.items() if own(code) not in held.get(curve, {own(code)})]


def _refusal(what: str, held: pd.DataFrame, planned: Planned, store: Store) -> ConfigError:
    """held: the finished trials that `planned` would join."""
    counts = counted(held["code"])
    facts = [_facts_of(code, held, store) for code in counts]
    codes = [f"{count} by {_told(each)}" for each, count in zip(facts, counts.values(), strict=True)]
    return ConfigError(
        key="mixed_code",
        file=str(store.folder),
        problem=(
            f"{len(held)} finished trials that these would join were trained by other code than is installed now: "
            f"{_listed(codes)}; now it is "
            f"{_told(code_facts(planned.trial.config))}, and what has changed is the code of {what}"
        ),
        fix=(
            "add mixed_code=true to go on (fit, report and status will say which curves mix), begin another study with "
            f"name=..., or go back to that code{_where_to_look(facts)}"
        ),
    )


def _listed(texts: Sequence[str]) -> str:
    return ", ".join([*texts[:_TOLD], *["..."] * (len(texts) > _TOLD)])


def _facts_of(code: str, finished: pd.DataFrame, store: Store) -> Json:
    """What one of its records says of this code."""
    first = finished.loc[finished["code"] == code, "id"].iloc[0]
    return store.record(first)["run"].get("code") or {"version": None, "commit": None, "changed": None, "hash": ""}


def _told(facts: Json) -> str:
    """0.2.0 at commit 0123abcd with changes (0123abcd.4567cdef)."""
    if not facts["hash"]:
        return short("")
    commit = f" at commit {facts['commit'][:LETTERS]}" if facts["commit"] else ""
    changes = " with changes" if facts["changed"] else ""
    return f"{facts['version']}{commit}{changes} ({short(facts['hash'])})"


def _where_to_look(facts: Sequence[Json]) -> str:
    commits = [code["commit"][:LETTERS] for code in facts if code["commit"]]
    return f" (`git diff {commits[-1]} -- segaug` shows what has changed since)" if commits else ""
