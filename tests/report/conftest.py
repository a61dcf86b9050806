"""Studies on disk to report on: one without trouble, and one with every kind of it."""

import json
from collections.abc import Callable, Iterator
from functools import cache, wraps
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from segaug.report import page as page_module
from segaug.report.blocks.section import Section
from segaug.report.look import svg
from segaug.report.look.theme import themed
from segaug.report.page import Written, write_report
from segaug.report.study.study import Study, load_study
from segaug.results.store import Store
from tests.report.known_studies import KNOWN
from tests.report.made_sections import Page
from tests.report.marked_study import write_marked_study
from tests.synthetic import plan_anew, record, replace_record, write_study

HOSTILE = "<script>alert('x')</script>"
SIZES = (1, 2, 4, 8, 16)
RASTER = svg.raster


@pytest.fixture(scope="session", autouse=True)
def _coarse_pictures() -> Iterator[None]:
    """Dots cost a sixth of a page; tests that look at them ask for `dots`, the others count files."""
    with pytest.MonkeyPatch.context() as coarse:
        coarse.setattr(svg, "PRINT_DPI", 40)
        coarse.setattr(svg, "raster", lambda _: b"dots of the figure that was drawn as SVG")
        yield


@pytest.fixture
def dots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn as PNG too, if with few dots."""
    monkeypatch.setattr(svg, "raster", RASTER)


@pytest.fixture
def theme() -> Iterator[None]:
    """Figures are drawn as the report draws them."""
    with themed():
        yield


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """All trials done, four sizes, many test cases, always better than the atlas, floor well determined."""
    folder = tmp_path / "calm"
    store = write_study(folder, sizes=(4, 8, 16, 32), seeds=6, noise=0.01)
    for trial in store.records():
        reference = {**trial["reference"], "atlas_bce": 1.5, "constant_bce": 2.0}
        replace_record(store, {**trial, "reference": reference, "cases": thrice(trial["cases"])})
    return folder


def thrice(cases: dict) -> dict:
    """Three patients for each test case."""
    ids = [f"{case}-{copy}" for copy in range(3) for case in cases["ids"]]
    return {name: ids if name == "ids" else 3 * values for name, values in cases.items()}


@pytest.fixture(scope="session")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tasks, two models on one of them; failed, missing, diverged and skipped trials, a hostile name, one card."""
    return write_troubled(tmp_path_factory.mktemp("studies") / "troubled")


@pytest.fixture(scope="session")
def troubled_report(troubled: Path) -> tuple[Written, list[Section]]:
    """The report of `troubled`, and the sections it was made of: drawing its figures takes seconds."""
    sections = []

    def keeping(make):
        @wraps(make)
        def made(study):
            section = make(study)
            sections.append(section)
            return section

        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_module, "SECTIONS", tuple(map(keeping, page_module.SECTIONS)))
        written = write_report(troubled)
    return written, [section for section in sections if section is not None]


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Page]:
    """The page of a study of `known_studies`, by name; written once, to be read only."""

    @cache
    def page(name: str) -> Page:
        return Page(KNOWN[name](tmp_path_factory.mktemp("known") / name).folder)

    return page


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study of `tests.report.marked_study`, for figures; it is only read."""
    return load_study(write_marked_study(tmp_path_factory.mktemp("studies") / "marked").folder)


def write_troubled(folder: Path) -> Path:
    """Write the study of the fixture `troubled`."""
    store = write_study(folder, tasks=("cardiac_lv", "phantom_thorax"), sizes=SIZES, seeds=4)
    for size, seed in product(SIZES, range(4)):
        replace_record(store, record("phantom_thorax", "swin_unet", "red", size, seed))
    for trial in store.records():
        if (trial["strategy"], trial["size"], trial["seed"]) == ("red", 1, 0):
            diverge(store, trial)
        if (trial["strategy"], trial["size"]) == ("baseline", 16) and trial["seed"] > 1:
            fail(store, trial) if trial["seed"] == 2 else forget(store, trial)
    for size, seed in ((4, 0), (4, 1), (8, 0), (8, 1)):
        trial = record("phantom_thorax", "nnunet", "red", size, seed)
        replace_record(store, {**trial, "id": f"hostile-{size}-{seed}", "strategy": HOSTILE, "warnings": ["slow disk"]})
    plan_anew(store, {**store.plan(), "skipped": [{"task": "cardiac_lv", "size": 128, "pool": 80}]})
    write_card(folder / "cards" / "phantom_thorax")
    return folder


def diverge(store: Store, trial: dict) -> None:
    """Make a trial one that diverged."""
    replace_record(store, {**trial, "status": "diverged", "test": {"best": None, "last": None}, "cases": None})


def fail(store: Store, trial: dict) -> None:
    """Make a trial one that failed."""
    forget(store, trial)
    keys = ("schema", "id", "task", "model", "strategy", "size", "seed")
    what = {"error": f"ValueError: {HOSTILE}", "traceback": f"Traceback\n  {HOSTILE}"}
    store.write_failure(
        {key: trial[key] for key in keys} | what | {"host": "node", "finished": "2026-01-01T00:00:00+00:00"}
    )


def forget(store: Store, trial: dict) -> None:
    """Take a trial's record away; it stays in the plan."""
    store.record_path(trial["id"]).unlink()


def write_card(
    folder: Path, strategies: tuple[str, ...] = ("baseline", "red"), structures: tuple[str, ...] = (), channels: int = 1
) -> None:
    """A card with three images of discs and two versions of each; structures: rings, in the form of today's cards."""
    folder.mkdir(parents=True)
    row, column = np.mgrid[:48, :48]
    radius = np.array([10, 14, 18])[:, None, None]
    distance = ((row - 24) ** 2 + (column - 22) ** 2) ** 0.5 / radius
    rings = np.linspace(0, 1, max(len(structures), 1) + 1)
    label = np.stack([(a <= distance) & (distance < b) for a, b in pairwise(rings)], axis=1).astype(np.uint8)
    image = (0.2 + 0.5 * label.sum(1) + 0.2 * column / 48)[:, None].astype(np.float32)
    image = np.concatenate([image * tint for tint in (1.0, 0.6, 0.8)[:channels]], axis=1)
    if not structures:
        image, label = image[:, 0], label[:, 0]
    tensors = {"image": image, "label": label}
    for shift, name in enumerate(strategies, start=2):
        for what, tensor in (("image", image), ("label", label)):
            tensors[f"{name}/{what}"] = np.stack([np.roll(tensor, shift * k, axis=-1) for k in (1, 2)], axis=1)
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, folder / "examples.safetensors")
    card = {
        "task": folder.name, "modality": "X-ray (generated)", "anatomy": "thorax", "structure": "lung",
        "licence": "CC0-1.0", "citation": "", "note": "Generated.", "source": "https://example.org/set",
        "images": 120, "patients": 120, "parts": {"test": 30, "validation": 16, "external": 10, "pool": 64},
        "size": 48, "pixel_mm": [1.5, 1.5], "content_hash": "d" * 16, "foreground_share": 0.1634,
        "strategies": {name: {"sees": []} for name in strategies},
    }  # fmt: skip
    if structures:
        shares = {name: 0.1 * (place + 1) for place, name in enumerate(structures)}
        card |= {"structure": ", ".join(structures), "structures": shares, "channels": channels, "repeated_grey": 7}
    (folder / "card.json").write_text(json.dumps(card))
