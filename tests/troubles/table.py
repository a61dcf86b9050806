"""All troubles, in the order of their files."""

from importlib import import_module

from tests.troubles.trouble import TROUBLES

for _name in ("masks", "places", "images", "files", "tables", "patients", "volumes", "marks"):
    import_module(f"tests.troubles.of_{_name}")

ALL = dict(TROUBLES)
