"""The table that is to lie beside a config, where names and the tables that are there do not say all."""

from collections.abc import Sequence
from typing import Any

from segaug.data.cases import FileCase
from segaug.data.understand.found import Found
from segaug.data.understand.tables import Known

_OWN_TABLE = "beside:{name}.csv"


def rows_of(found: Found, name: str) -> list[dict[str, str]]:
    """The table that is to lie beside the config; none where there is one, or names say all."""
    table = found.table
    own = table is not None and table.says and not (table.whole and not found.layout.below)
    if not (own or found.lacking or found.groups):
        return []
    rows = []
    for image in found.known:
        known = dict(table.rows.get(image, {})) if table else {}
        if found.groups:
            known["group"] = found.groups.get(image, known.get("group", ""))
        rows.append({"id": image, **known})
    return rows


def table_options(found: Found, rows: list[dict[str, str]], name: str) -> dict[str, Any]:
    """Options that name the table and its columns."""
    if rows:
        columns = {key: key for key in rows[0] if key != "id"}
        options: dict[str, Any] = {"table": _OWN_TABLE.format(name=name)}
    elif found.table and found.table.says:
        columns = dict(found.table.columns)
        options = {"table": found.table.path, "id_column": columns.pop("id")}
    else:
        return {}
    if part := columns.pop("part", None):
        options["split"] = {"column": part}
    in_pattern = "{patient}" in str(found.base.get("images", ""))
    return options | {key: column for key, column in columns.items() if not (key == "patient" and in_pattern)}


def without_mask(lacking: Sequence[FileCase]) -> str:
    """What to say of images that have none."""
    some = ", ".join(case.id for case in lacking[:3])
    return (
        f"without a mask: {some}{', ...' * (len(lacking) > 3)} ({len(lacking)} in all), left out by the table; if they "
        "show no structure, type --set missing_mask=empty"
    )


def unnamed(names: Sequence[str], table: Known) -> str:
    """What to say of images that the table does not name."""
    some = ", ".join(names[:3])
    return (
        f"left out, as {table.path} does not name them: {some}{', ...' * (len(names) > 3)} ({len(names)} in all); add "
        "rows for them, or type --set table=null"
    )
