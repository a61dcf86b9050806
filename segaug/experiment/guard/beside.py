"""`table: beside:mine.csv` in the file of a data set: the table lies in the folder of that file."""

import os
from typing import Any

from omegaconf import DictConfig, open_dict

from segaug.data.place import BESIDE


def place_beside(config: Any, file: str) -> None:
    """Say where the table lies, in a config that was read from this file and is at its place.  config: a container."""
    dataset = config.get("dataset") if isinstance(config, DictConfig) else None
    if not isinstance(dataset, DictConfig):
        return
    table = dataset.get("table")
    if isinstance(table, str) and table.startswith(BESIDE):
        with open_dict(dataset):
            dataset["beside"] = os.path.dirname(os.path.realpath(file))
