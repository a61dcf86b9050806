"""The house of this checkout, read once for all tests of a process."""

from pathlib import Path

from tests.house.rooms import House

ROOT = Path(__file__).parents[2]
HOUSE = House(ROOT / "segaug")
