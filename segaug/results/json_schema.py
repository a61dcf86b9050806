"""The schema of a record as JSON Schema: `python -m segaug.results.json_schema` prints it.

`docs/record.schema.json` is what it prints.  It cannot say that lists agree in length, and that a checksum fits.
"""

import json

from msgspec.json import schema

from segaug.results.record import Record
from segaug.results.record_measures import Json, json_schema


def of_record() -> Json:
    """The schema, as a JSON object."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema(Record, schema_hook=json_schema)}


if __name__ == "__main__":
    print(json.dumps(of_record(), indent=1))
