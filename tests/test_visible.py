"""Control characters are shown, and everything else is what it was."""

import sys
from xml.etree import ElementTree

import pytest

from segaug.visible import is_name, visible


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


def test_a_name_is_in_one_line_and_shown_as_it_is():
    for name in (
        "",
        "red",
        "red(p=0.5)",
        "baseline [learning_rate=0.001]",
        "肺",
        "e\u0301",
        "\U0001f984",
        "../x",
        "<b>",
    ):
        assert is_name(name)
    for letter in map(chr, [*range(0x3000), 0xD800, 0xDFFF, *range(0xFDD0, 0x10010), sys.maxunicode]):
        if visible(letter) != letter or letter in "\n\t" or len(f"a{letter}b".splitlines()) > 1:
            assert not is_name(f"red{letter}"), ascii(letter)
            assert not is_name(f"{letter}red"), ascii(letter)
        else:
            assert is_name(letter), ascii(letter)
