"""What a strategy was allowed to see, and what was learned before training, under names of a dashboard."""

from segaug.results.store import Json


def before_training(record: Json) -> Json:
    """Named values of a record; nothing of what it does not tell.

    saw/PART/images and saw/PART/patients; learned/KIND/artefact, learned/KIND/updates, learned/KIND/chosen_update and
    learned/KIND/NAME for each number of its health, null where that is not known; learning_cpu_seconds.
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
    return values
