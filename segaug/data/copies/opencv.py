"""OpenCV, an extra: imported where near copies are looked for, and nowhere else."""

from types import ModuleType

from segaug.errors import UserError


def opencv() -> ModuleType:
    """The module `cv2`; raises UserError with the install command where it is missing."""
    try:
        import cv2
    except ImportError as error:
        message = "to look for near copies needs OpenCV (opencv-python-headless); pip install 'segaug[copies]'"
        raise UserError(message) from error
    module: ModuleType = cv2
    return module
