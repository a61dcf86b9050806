"""What holds for every test process, before numpy or torch is imported."""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from segaug.experiment.machine.process import SINGLE_THREAD

os.environ.update(SINGLE_THREAD)  # one thread, as in `segaug train`
# What lies in the config folder of whoever runs the tests is none of theirs.
os.environ["XDG_CONFIG_HOME"] = os.path.join(tempfile.gettempdir(), "segaug-tests-config")
os.environ.pop("SEGAUG_CONF", None)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background deaf to Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Properties say nothing of time, and a busy machine is no fault of theirs.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Set aside what was imported and collected, a million objects that stay to the end.

    Searched for rings of references again and again, they would cost a quarter of the processor time of all tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _quick_disk() -> Iterator[None]:
    """No test cuts the power, and waiting for the disk is most of what small studies cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _drawn_before() -> Iterator[None]:
    """Anatomy of phantoms that one test has drawn is not drawn again; `tests/data/conftest.py` has exceptions."""
    from segaug.data.phantom import dataset

    draw = dataset._anatomy.__wrapped__
    decisive = ("family", "size", "seed", "variability", "bias_field", "texture")  # of anatomy; the rest is done to it

    @lru_cache(maxsize=2048)
    def drawn(index: int, family: str, *options: object) -> object:
        any_of = next(iter(dataset.FAMILIES[family].structures))
        given = dict(zip(decisive, (family, *options), strict=True))
        return draw(dataset.Phantom(structure=any_of, **given), index)

    def anatomy(phantom: dataset.Phantom, index: int) -> object:
        return drawn(index, *(getattr(phantom, name) for name in decisive))

    anatomy.__wrapped__ = draw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "_anatomy", anatomy)
        yield


@pytest.fixture(scope="session")
def tiny_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the images of the tiny study: drawing them takes longer than most tests."""
    from segaug.experiment.outside import compose
    from segaug.experiment.planned.plan import load
    from tests.tiny import TINY

    folder = tmp_path_factory.mktemp("decoded")
    load(compose([*TINY, f"cache={folder}"]))
    return folder


@pytest.fixture
def tiny_cache(tmp_path: Path, tiny_images: Path) -> Path:
    """The cache of this test, `cache` in its folder, where commands of `tests/tiny.py` look, with those images."""
    shutil.copytree(tiny_images, tmp_path / "cache", dirs_exist_ok=True)
    return tmp_path / "cache"
