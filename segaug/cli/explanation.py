"""The story of one trial, in lines for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from segaug.results.failure import attempts
from segaug.results.headline import beware, headline
from segaug.results.lease import look
from segaug.results.store import DamagedRecord, Json, Store

REMEDIES = {
    "timeout": "give the jobs more time (hydra.launcher.timeout_min=...), then `segaug retry {study} --only timeout`",
    "oom": "give the trial more memory or run fewer workers at once, then `segaug retry {study} --only oom`",
    "killed": "as a rule the machine was out of memory: run fewer workers at once, or give the job more memory",
    "nan": "the same trial would fail again: the traceback says where a number was none; try a lower learning rate",
    "mismatch": "code or configuration changed after the submission: submit again, or go back to what was submitted",
    "artefact": "what was learned for these images and options is kept, and would be the same if learned again; the "
    "advice above makes other trials: `segaug train` with that option, under another name=...",
    "error": "read the traceback in the file; once it is mended, the same `segaug train` command runs the trial again",
}


@dataclass(frozen=True)
class Explained:
    """state: done | diverged | failed | running | missing | damaged.  lines: the first one is a summary."""

    state: str
    lines: list[str]


def explain_trial(store: Store, trial: Json, name: str) -> Explained:
    """Look at every file of a trial."""
    folder = store.record_path(trial["id"]).parent
    try:
        record = store.record(trial["id"]) if store.record_path(trial["id"]).exists() else None
    except DamagedRecord as error:
        return Explained("damaged", [f"{name}: damaged", f"  {error}", *_indented(_go_on(store))])
    if record is not None:
        state = "done" if record["status"] == "ok" else "diverged"
        return Explained(state, [f"{name}: {_result(record)}", *_indented(_of_record(store, record))])
    failure, seen = store.failure(trial["id"]), look(folder)
    if seen is not None and not seen.is_over:
        who = seen.owner.told if seen.owner else "unknown (its file is damaged)"
        lines = [f"held by {who}; beat {seen.beat} of lease {seen.generation}", f"files: {folder}"]
        earlier = list(_attempts(failure)) if failure else []
        return Explained("running", [f"{name}: running", *_indented([*lines, *earlier])])
    if failure is not None:
        summary = f"{name}: failed ({failure.get('kind', 'error')}), {_times(attempts(failure))}"
        return Explained("failed", [summary, *_indented(_of_failure(store, failure))])
    begun = "it was begun and ended without a result or an error: stopped, or killed" if seen else "not begun yet"
    return Explained("missing", [f"{name}: missing", *_indented([begun, *_go_on(store)])])


def _result(record: Json) -> str:
    return f"done: {headline(record)}" if record["test"] else "diverged, which is a result"


def _of_record(store: Store, record: Json) -> Iterator[str]:
    run = record["run"]
    yield f"finished {run['finished']} on {run['host']} ({run['device']}), {run['seconds']['total']:.0f} s"
    yield f"record: {store.record_path(record['id'])}"
    for what, seen in beware(record).items():
        yield f"{what}: {seen}"
    for warning in record["warnings"]:
        yield f"warning: {warning}"
    for rival in store.rivals(record["id"]):
        said = f"differs in {', '.join(rival.differs)}" if rival.differs else "says the same"
        yield f"a second record came later and {said}: {rival.path}"
    for path in sorted(store.record_path(record["id"]).parent.glob("damaged-*.json")):
        yield f"a damaged file lay in its place: {path}"


def _of_failure(store: Store, failure: Json) -> Iterator[str]:
    yield from _attempts(failure)
    yield f"traceback: {store.failure_path(failure['id'])}"
    if job := failure.get("job"):
        number = job.partition("_")[0]  # by a record's word: compared, not looked up
        logs = sorted(path for path in store.folder.glob("submissions/*/logs/*") if number in path.name)
        yield f"job {job}; logs: {', '.join(map(str, logs)) or 'none found'}"
    yield "to do: " + REMEDIES.get(failure.get("kind", "error"), REMEDIES["error"]).format(study=store.folder.name)


def _attempts(failure: Json) -> Iterator[str]:
    for attempt in (*failure.get("earlier", []), failure):
        first = str(attempt["error"]).partition("\n")[0]
        when = f"{attempt.get('finished', '')} on {attempt.get('host', '')}"
        yield f"attempt {attempt.get('attempt', 1)}: {attempt.get('kind', 'error')}, {when}: {first}"


def _go_on(store: Store) -> list[str]:
    return [f"to go on: {store.plan().get('command') or 'the same `segaug train` command as before'}"]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
