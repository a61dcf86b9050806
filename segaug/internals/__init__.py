"""What segaug takes of other libraries beyond their public interfaces; nothing else in the package reaches there.

A new version may change any of it without a word: `tests/internals/` names each reach, and what to do when one fails.
"""
