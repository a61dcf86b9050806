"""The mirror of the local store in Weights & Biases: it can be lost, and rebuilt at any time.

Nothing that W&B does can slow, hang or fail a trial: while a study runs, all of it happens in a process of its own
(`process.py`), which is told about finished trials (`live.py`).  `sync.py` does the same at any other time.  Both write
runs (`publisher.py`, `publish.py`) that are made of records (`runs.py`, `granularity.py`).  `fetch.py` reads them back.
"""

from segaug.results.mirror.live import Mirror, start_mirror
from segaug.results.mirror.tables import log_tables

__all__ = ["Mirror", "log_tables", "start_mirror"]  # `sync` and `fetch` need pandas, which training can do without
