"""`make house`: draw the rooms and print their numbers, both read from the imports.

python -m tests.house                   the numbers of this checkout
python -m tests.house --draw            and the picture of CONTRIBUTING.md, docs/house.svg
python -m tests.house --root FOLDER     of another checkout
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from tests.house.here import ROOT
from tests.house.numbers import numbers
from tests.house.picture import PLACE, picture
from tests.house.rooms import House


def main() -> None:
    parser = ArgumentParser("python -m tests.house", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="folder with segaug/ and tests/")
    parser.add_argument("--draw", action="store_true", help=f"write {PLACE} there")
    args = parser.parse_args()
    house = House(args.root / "segaug")
    if args.draw:
        (args.root / PLACE).write_text(picture(house))
    print(numbers(house, args.root / "tests"))


if __name__ == "__main__":
    main()
