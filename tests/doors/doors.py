"""One addition for each row of "Where does my change go" in CONTRIBUTING.md; README adds the strategy."""

from tests.doors.door import Door

MODEL = '''"""A network of one hidden layer."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from segaug.models.network import Network


@dataclass(frozen=True, kw_only=True)
class TwoLayers:
    """A convolution, a ReLU, a convolution."""

    learning_rate: ClassVar[float] = 1e-2

    feature_size: int = 4  # hidden channels

    def build(self, in_channels: int = 1, out_channels: int = 1) -> Network:
        """A freshly initialised network."""
        return TwoLayersNetwork(in_channels, self.feature_size, out_channels)

    def check_size(self, size: int) -> None:
        """Any size will do."""


class TwoLayersNetwork(Network):
    """The two convolutions."""

    def __init__(self, *channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels[0], channels[1], 3, padding=1)
        self.second = nn.Conv2d(channels[1], channels[2], 1)

    @property
    def head(self) -> nn.Conv2d:
        """The second convolution."""
        return self.second

    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits and encoder1."""
        hidden = self.first(image).relu()
        return self.second(hidden), {"encoder1": hidden}
'''
MODEL_TEST = """from segaug.models.two_layers import TwoLayers


def test_it_has_two_layers():
    assert len(list(TwoLayers().build().children())) == 2
"""
MEASURE = '''"""Accuracy of a predicted mask."""

from torch import Tensor


def accuracy_of_mask(mask: Tensor, label: Tensor) -> Tensor:
    """Share of the pixels that each structure (B, K, H, W) gets right, (B, K)."""
    return (mask == (label > 0.5)).flatten(2).double().mean(2)
'''
MEASURE_TEST = """import torch

from segaug.metrics.accuracy import accuracy_of_mask


def test_half_of_the_pixels_are_right():
    mask, label = torch.ones(1, 1, 2, 2, dtype=torch.bool), torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])
    assert accuracy_of_mask(mask, label).item() == 0.5
"""
SECTION = '''"""Which seeds were run."""

from segaug.report.blocks.section import Section, Text
from segaug.report.study.study import Study


def section(study: Study) -> Section:
    """One sentence."""
    seeds = sorted({trial["seed"] for trial in study.trials})
    return Section("seeds", "Seeds", "Seeds", (Text(f"Seeds {seeds[0]} to {seeds[-1]} were asked for."),))
'''
SECTION_TEST = """from segaug.report.sections import SECTIONS
from segaug.report.trials import seeds_section


def test_it_stands_on_the_page():
    assert seeds_section.section in SECTIONS
"""
VERB = '''"""`segaug where`: the folder of a study."""

from argparse import ArgumentParser, Namespace

from segaug.results.store import find_study


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study."""
    parser.add_argument("study", nargs="?", help="name under results/ or folder; the one written last if left out")


def run(args: Namespace) -> int:
    """Print it."""
    print(find_study(args.study))
    return 0
'''
VERB_TEST = """from segaug.cli.main import main


def test_without_a_study_it_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["where"]) == 2
"""
DATA_SET = """\
# Discs on a dark ground.
defaults: [base_folder, _self_]
root: discs
patient_pattern: '^(p[0-9]+)_'
structures: {disc: [1]}
structure: disc
size: 16
modality: drawn
anatomy: none
licence: none
citation: none
source: tests/test_doors.py
"""
MODELS, LATER = "segaug/experiment/config/schema.py", "segaug/experiment/config/identity.py"
MEASURES, FORMULAS = "segaug/measures.py", "segaug/metrics/cases.py"
SECTIONS, VERBS = "segaug/report/sections.py", "segaug/cli/verbs.py"
RED, HEALTH = "segaug/augment/red.py", "segaug/augment/genda/health.py"
DOORS = {  # by the first cell of a row
    "model": Door(
        name="two_layers",
        files={
            "segaug/models/two_layers.py": MODEL,
            "conf/model/two_layers.yaml": "defaults: [base_two_layers, _self_]\n",
            "tests/models/test_two_layers.py": MODEL_TEST,
        },
        lines=[(MODELS, "MODEL_CLASSES", '    "two_layers": "TwoLayers",')],
    ),
    "data set": Door(name="discs", files={"conf/dataset/discs.yaml": DATA_SET}),
    "measure": Door(
        name="accuracy",
        files={"segaug/metrics/accuracy.py": MEASURE, "tests/metrics/test_accuracy.py": MEASURE_TEST},
        lines=[
            (
                MEASURES,
                "    DICE,",
                '    replace(DICE, key="accuracy", words="accuracy", atlas=None, meaning="share that is right"),',
            ),
            (FORMULAS, "from segaug.metrics.overlap", "from segaug.metrics.accuracy import accuracy_of_mask"),
            (FORMULAS, "FORMULAS", '    "accuracy": lambda one: accuracy_of_mask(one.mask, one.truth.label),'),
        ],
    ),
    "option": Door(
        name="stretch",
        lines=[
            (RED, "    reference_side_px", "    stretch: float = 1.0  # of all offsets"),
            (RED, "        magnitude =", "        magnitude = self.stretch * magnitude"),
            (LATER, "LATER", '    "augment.red.stretch": 1.0,'),
        ],
    ),
    "section": Door(
        name="seeds",
        files={"segaug/report/trials/seeds_section.py": SECTION, "tests/report/trials/test_seeds.py": SECTION_TEST},
        lines=[
            (SECTIONS, "from segaug.report.study", "from segaug.report.trials import seeds_section"),
            (SECTIONS, "    protocol_section.section,", "    seeds_section.section,"),
        ],
    ),
    "verb": Door(
        name="where",
        files={"segaug/cli/where.py": VERB, "tests/cli/test_where.py": VERB_TEST},
        lines=[(VERBS, '    "status"', '    "where": "print the folder of a study",')],
    ),
}
