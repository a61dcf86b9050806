"""Which code a trial was trained by, and whether a study mixes two."""
