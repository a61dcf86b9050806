"""The mirror of the local store in Weights & Biases: it can be lost, and rebuilt at any time.

Nothing that W&B does can slow, hang or fail a trial: all of it happens in a process of its own (`process.py`), which is
told about finished trials (`live.py`), reads their records (`sync.py`), describes them as runs (`runs.py`) and writes
those (`publish.py`).
"""

from segaug.results.mirror.live import Mirror, start_mirror
from segaug.results.mirror.sync import Synced, mirror_study
from segaug.results.mirror.tables import log_tables

__all__ = ["Mirror", "Synced", "log_tables", "mirror_study", "start_mirror"]
