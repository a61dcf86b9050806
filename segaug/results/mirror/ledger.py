"""What has been mirrored already, so that repeating a study writes no run twice."""

import json
import logging
import time
from pathlib import Path

from segaug.files import write_atomic

log = logging.getLogger(__name__)
SAVE_EVERY_S = 5.0  # what a kill in between forgets is written again under the same run id


class Ledger:
    """Run id -> hash of the content that was written, for each target (mode, entity, project) apart."""

    def __init__(self, path: Path, target: str) -> None:
        self.path = path
        self._all = _read(path)
        self._written = self._all.setdefault(target, {})
        self._saved = time.monotonic()

    def has(self, run_id: str, content: str) -> bool:
        """Was exactly this content written?"""
        return self._written.get(run_id) == content

    def add(self, run_id: str, content: str) -> None:
        """Remember that it was written; on disk within a few seconds, or at `save`."""
        self._written[run_id] = content
        if time.monotonic() - self._saved > SAVE_EVERY_S:
            self.save()

    def forget(self, run_id: str) -> None:
        """It is not there, or not as it should be."""
        self._written.pop(run_id, None)

    def save(self) -> None:
        """Write the file."""
        write_atomic(self.path, json.dumps(self._all, indent=1).encode())
        self._saved = time.monotonic()


def _read(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    try:
        return {target: dict(written) for target, written in json.loads(path.read_bytes()).items()}
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("%s is damaged (%s): all runs are mirrored again", path, error)
        return {}
