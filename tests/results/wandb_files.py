"""Reads the runs that wandb has written offline: LevelDB log blocks of 32 KiB that hold protobuf records."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BLOCK, HEADER, MAGIC = 32768, 7, b":W&B"
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


@dataclass
class OfflineRun:
    """What a server would get from one offline folder."""

    folder: Path
    id: str = ""
    group: str = ""
    job_type: str = ""
    project: str = ""
    tags: list[str] = field(default_factory=list)
    config: dict = field(default_factory=dict)
    history: list[dict] = field(default_factory=list)
    summary: dict = field(default_factory=dict)
    axes: dict[str, str] = field(default_factory=dict)
    artifacts: list[Path] = field(default_factory=list)
    exit_code: int | None = None

    def table(self, key: str) -> dict:
        """Columns and data of a logged table."""
        (entry,) = [row[key] for row in self.history if key in row]
        return json.loads((self.folder / "files" / entry["path"]).read_bytes())


def offline_runs(study: Path) -> list[OfflineRun]:
    """All runs below `<study>/wandb`."""
    return [_load(path) for path in sorted((study / "wandb").glob("offline-run-*/*.wandb"))]


def _load(path: Path) -> OfflineRun:
    from wandb.proto.wandb_internal_pb2 import Record

    loaded = OfflineRun(path.parent)
    for payload in _payloads(path.read_bytes()):
        record = Record()
        record.ParseFromString(payload)
        match record.WhichOneof("record_type"):
            case "run":
                run = record.run
                loaded.id, loaded.group, loaded.job_type = run.run_id, run.run_group, run.job_type
                loaded.project, loaded.tags = run.project, list(run.tags)
                loaded.config |= _items(run.config.update)
            case "config":
                loaded.config |= _items(record.config.update)
            case "history":
                loaded.history.append(_items(record.history.item))
            case "summary":
                loaded.summary |= _items(record.summary.update)
            case "metric":
                loaded.axes[record.metric.name] = record.metric.step_metric
            case "artifact":
                loaded.artifacts += [Path(entry.local_path) for entry in record.artifact.manifest.contents]
            case "exit":
                loaded.exit_code = record.exit.exit_code
    return loaded


def _items(items) -> dict:
    """Media are spread over nested keys: ["seeds", "path"]."""
    values: dict = {}
    for item in items:
        *outer, last = list(item.nested_key) or [item.key]
        inner = values
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = json.loads(item.value_json)
    return values


def _payloads(data: bytes) -> Iterator[bytes]:
    assert data.startswith(MAGIC)
    position, parts = HEADER, b""
    while position + HEADER <= len(data):
        if (left := BLOCK - position % BLOCK) < HEADER:
            position += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, position)
        body = data[position + HEADER : position + HEADER + length]
        position += HEADER + length
        parts = body if kind in (FULL, FIRST) else parts + body
        if kind in (FULL, LAST):
            yield parts
