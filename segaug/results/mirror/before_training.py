"""What a strategy was allowed to see, learned before training and made, under names of a dashboard."""

from segaug.results.store import Json


def before_training(record: Json) -> Json:
    """Named values of a record; nothing of what it does not tell.

    saw/PART/images and saw/PART/patients; learned/KIND/artefact, learned/KIND/updates, learned/KIND/chosen_update and
    learned/KIND/NAME for each number of its health, null where that is not known; learning_cpu_seconds; images/KIND,
    images/synthetic/made, kept and used; bank/artefact, bank/without_foreground and bank/NAME for each of its measures.
    """
    values: Json = {
        f"saw/{part}/{unit}": count for part, counts in record.get("saw", {}).items() for unit, count in counts.items()
    }
    for learned in record.get("learned", ()):
        numbers = {
            "updates": learned.get("updates"),
            "chosen_update": learned.get("chosen_update"),
            **learned["health"],
        }
        values |= {
            f"learned/{learned['kind']}/{name}": value
            for name, value in {"artefact": learned["artefact"], **numbers}.items()
        }
    if (seconds := record["run"].get("learning_cpu_seconds")) is not None:
        values["learning_cpu_seconds"] = seconds
    return values | _images(record) | _bank(record)


def _images(record: Json) -> Json:
    values: Json = {}
    for kind, count in record.get("images", {}).items():
        counts = {f"/{part}": number for part, number in count.items()} if kind == "synthetic" else {"": count}
        values |= {f"images/{kind}{part}": number for part, number in counts.items()}
    return values


def _bank(record: Json) -> Json:
    bank = record.get("bank")
    if not bank:
        return {}
    told = {name: bank[name] for name in ("artefact", "without_foreground")}
    return {f"bank/{name}": value for name, value in {**told, **bank["measures"]}.items()}
