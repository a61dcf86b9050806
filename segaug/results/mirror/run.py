"""One run of the dashboard as plain values: no wandb here."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

from segaug.results.store import Json, canonical

FORMAT = 1  # of what a run holds; another number has every run written anew
TAG_LENGTH, NAME_LENGTH = 64, 128  # the longest that W&B takes


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of plain values under named columns."""

    columns: list[str]
    rows: list[list[Any]]  # JSON scalars of any kind


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """What the run stands for, to be read back exactly."""

    name: str
    data: bytes

    def facts(self) -> Json:
        """Name, length and digest, as W&B tells them of a file that it holds."""
        digest = b64encode(md5(self.data, usedforsecurity=False).digest()).decode()
        return {"name": self.name, "bytes": len(self.data), "md5": digest}


@dataclass(frozen=True, kw_only=True)
class Run:
    """Config, results, charts and files of one run.  Each row of `history` has `axis`, which the rest is drawn over."""

    id: str
    name: str
    group: str
    job_type: str
    tags: tuple[str, ...]
    config: Json
    content: str = ""  # names what the run holds: the same content need not be written again
    summary: Json = field(default_factory=dict)
    axis: str = "update"
    history: tuple[Json, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    figures: tuple[Path, ...] = ()
    data: DataFile | None = None

    def full_config(self) -> Json:
        """The config, and by which marks it is seen that the run is complete."""
        return {**self.config, "content": self.content, "data": self.data.facts() if self.data else None}


def run_id(study: str, *key: str | int) -> str:
    """The same for the same study and key, so that writing a run again replaces it."""
    return sha256(canonical([study, *key])).hexdigest()[:16]


def content_of(values: Iterable[object]) -> str:
    """Name of a content that is made of these values, in any order; for trials their ids, as a record never changes."""
    return sha256(canonical([FORMAT, *sorted(values, key=str)])).hexdigest()[:16]


def tables_run(study: str, job_type: str, tables: Mapping[str, Table], figures: Sequence[Path]) -> Run:
    """The tables and figures of a fit or a report; one run a study and job type."""
    return Run(
        id=run_id(study, job_type),
        name=clip(f"{study}/{job_type}", NAME_LENGTH),
        group=clip(study, NAME_LENGTH),
        job_type=job_type,
        tags=(clip(study, TAG_LENGTH),),
        config={"study": study},
        tables=tables,
        figures=tuple(figures),
    )


def clip(text: str, length: int) -> str:
    """Texts that are too long for W&B end in a hash, so that they stay different."""
    return text if len(text) <= length else f"{text[: length - 9]}-{sha256(text.encode()).hexdigest()[:8]}"
