"""A name is one line of text that everything may show as it is."""

import sys

from segaug.name import is_name
from segaug.visible import visible


def test_a_name_is_in_one_line_and_shown_as_it_is():
    for name in (
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
    assert not is_name("")
