"""A proposal as the text of a config file, with what was guessed in its comments, and as a table."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import wrap
from typing import Any

import yaml

from segaug.data.understand.proposal import Proposal

_WIDTH = 118


def config_text(proposal: Proposal, day: date) -> str:
    """YAML; day: of the import."""
    lines = _comment(f"{proposal.images} images of {proposal.options['root']}, imported on {day.isoformat()}.")
    for subject, sentences in proposal.told.items():
        lines += _comment(f"{subject}: {'; '.join(sentences)}")
    lines.append(f"defaults: [base_{proposal.kind}, _self_]")
    lines += [_option(key, value) for key, value in proposal.options.items()]
    return "\n".join(lines) + "\n"


def table_text(rows: Sequence[Mapping[str, str]]) -> str:
    """CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _comment(text: str) -> list[str]:
    plain = " ".join(text.split())
    return [
        f"# {line}"
        for line in wrap(plain, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    ]


def _option(key: str, value: Any) -> str:
    """A line; what is nested stands in brackets."""
    nested = isinstance(value, dict | list)
    text = yaml.safe_dump(
        value if nested else {key: value},
        default_flow_style=nested,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )
    return f"{key}: {text}".strip() if nested else text.strip()
