"""Control characters are shown, and everything else is what it was."""

import sys
from xml.etree import ElementTree

import pytest

from segaug.visible import visible


def test_text_stays_and_commands_become_signs():
    kept = "baseline(p=0.5) Größe 肺 \U0001f984 e\u0301\n\t<b>"
    assert visible(kept) == kept
    assert visible("\x1b[2J\x07") == "␛[2J␇"
    assert visible("a\x9b\u202eb\ud800c\x7f") == "a��b�c␡"


def test_whatever_is_shown_can_be_written_in_utf8_and_in_xml():
    everything = visible("".join(map(chr, range(sys.maxunicode + 1)))).replace("&", "").replace("<", "")
    everything.encode()
    assert ElementTree.fromstring(f"<p>{everything}</p>").text


@pytest.mark.parametrize("text", ["", "plain"])
def test_it_is_a_projection(text):
    assert visible(visible(text + "\x00")) == visible(text + "\x00") == text + "␀"
