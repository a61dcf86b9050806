"""The rooms whose tests are tried, each with the tests that answer for it."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """A folder of code, and the folders in which its tests lie."""

    code: str  # from the root of the repository
    tests: tuple[str, ...]
    above: tuple[str, ...] = ()  # packages that build on it, whose tests lie in the same folders

    def test_files(self, root: Path, mutated: str) -> list[str]:
        """The tests of this room: files that name its package and none above, those of the mutated file first.

        A mutant is then caught within seconds, by the test that most likely sees it; only survivors meet all tests.
        """
        texts = {
            str(path.relative_to(root)): path.read_text()
            for folder in self.tests
            for path in sorted((root / folder).rglob("test_*.py"))
        }
        module = mutated.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        package = self.code.replace("/", ".")
        own = [
            file
            for file, text in texts.items()
            if _names(package, text) and not any(_names(other, text) for other in self.above)
        ]
        return sorted(own, key=lambda file: not _names(module, texts[file]))


def _names(module: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(module)}\b", text) is not None


ROOMS = {
    "deform": Room("segaug/deform", ("tests/deform",)),
    "augment": Room("segaug/augment", ("tests/augment", "tests/contracts")),
    "training": Room("segaug/training", ("tests/training",)),
    "law": Room(
        "segaug/analysis/law",
        ("tests/analysis",),
        above=tuple(f"segaug.analysis.{room}" for room in ("trials", "curves", "comparison", "planning")),
    ),
    "metrics": Room("segaug/metrics", ("tests/metrics",)),
    "report": Room("segaug/report", ("tests/report",)),
}
