"""Files that are damaged, missing, doubled, or no images at all."""

import os
from pathlib import Path
from unicodedata import normalize

from tests.troubles.real_sets import hearts, images, masks, of_hearts
from tests.troubles.trouble import ERROR, NOTE, READ, Asked, trouble


@trouble("a truncated image", ERROR, "cannot be decoded")
def truncated(root: Path) -> Asked:
    """Half of the bytes of one image are gone."""
    file, *_ = images(hearts(root))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return of_hearts(root)


@trouble("an empty file", ERROR, "is empty|cannot be decoded")
def no_bytes(root: Path) -> Asked:
    """One mask has zero bytes."""
    masks(hearts(root))[0].write_bytes(b"")
    return of_hearts(root)


@trouble("a text that is called like an image", ERROR, "cannot be decoded")
def html(root: Path) -> Asked:
    """One image is the error page of a download."""
    images(hearts(root))[0].write_text("<html>404 not found</html>")
    return of_hearts(root)


@trouble("a mask is missing", ERROR, "there is no .*\\.\\* in")
def no_mask(root: Path) -> Asked:
    """One mask removed."""
    masks(hearts(root))[0].unlink()
    return of_hearts(root)


@trouble("a mask without an image", NOTE, "1 masks have no image")
def no_image(root: Path) -> Asked:
    """One image removed."""
    images(hearts(root))[0].unlink()
    return of_hearts(root)


@trouble("two files of one name", ERROR, "holds several files")
def twice(root: Path) -> Asked:
    """One image once more as .bmp."""
    file, *_ = images(hearts(root))
    file.with_suffix(".bmp").write_bytes(file.read_bytes())
    return of_hearts(root)


@trouble("hidden files", READ)
def hidden(root: Path) -> Asked:
    """._NAME.png, .DS_Store and Thumbs.db in both folders."""
    for files in (images(hearts(root)), masks(root)):
        for name in (f"._{files[0].name}", ".DS_Store", "Thumbs.db"):
            (files[0].parent / name).write_bytes(b"\0\5\26\7")
    return of_hearts(root)


@trouble("a folder that is called like an image", ERROR, "is no regular file")
def folder(root: Path) -> Asked:
    """A folder x.png among the images."""
    (hearts(root) / "images" / "x_1.png").mkdir()
    (root / "masks" / "x_1.png").write_bytes(masks(root)[0].read_bytes())
    return of_hearts(root)


@trouble("a dangling link", ERROR, "cannot be read \\(No such file or directory\\)")
def dangling(root: Path) -> Asked:
    """One image is a link to a file of its folder that is gone."""
    file, *_ = images(hearts(root))
    file.unlink()
    file.symlink_to("gone.png")
    return of_hearts(root)


@trouble("a link that leads out of the set", ERROR, "is a link to .*, outside of")
def leads_out(root: Path) -> Asked:
    """One image is a link to a file elsewhere."""
    file, *_ = images(hearts(root / "set"))
    file.rename(root / file.name)
    file.symlink_to(root / file.name)
    return of_hearts(root / "set")


@trouble("a file that nobody may read", ERROR, "cannot be (read|decoded)|Permission denied")
def forbidden(root: Path) -> Asked:
    """chmod 000 of one image; whoever runs the tests as root may read all, and sees a loop of links instead."""
    file, *_ = images(hearts(root))
    if os.geteuid():
        file.chmod(0)
    else:
        file.unlink()
        file.symlink_to(file.name)
    return of_hearts(root)


@trouble("names of a Mac beside others", READ)
def decomposed(root: Path) -> Asked:
    """An umlaut in one name, composed in the images and decomposed in the masks."""
    for file, form in ((images(hearts(root))[0], "NFC"), (masks(root)[0], "NFD")):
        file.rename(file.with_name(normalize(form, f"Mä{file.name}")))
    return of_hearts(root)


@trouble("suffixes in capitals", READ)
def capitals(root: Path) -> Asked:
    """.PNG for half of the images."""
    for file in images(hearts(root))[::2]:
        file.rename(file.with_suffix(".PNG"))
    return of_hearts(root)


@trouble("masks of other names", ERROR, "there is no .*the nearest name there is")
def other_names(root: Path) -> Asked:
    """Masks are called NAME_mask.png, and dataset.masks does not say so."""
    for file in masks(hearts(root)):
        file.rename(file.with_stem(f"{file.stem}_mask"))
    return of_hearts(root)


@trouble("a folder that is not there", ERROR, "labels: does not exist; .* holds images, masks: set dataset.masks=NAME")
def no_folder(root: Path) -> Asked:
    """dataset.masks=labels, and the folder is called masks."""
    return of_hearts(hearts(root), masks="labels")


@trouble("files of a suffix that nothing reads", ERROR, "has no readable file .*40 .webp|unknown suffix")
def webp(root: Path) -> Asked:
    """Images as .webp."""
    for file in images(hearts(root)):
        file.rename(file.with_suffix(".webp"))
    return of_hearts(root)


@trouble("a pipe among the images", ERROR, "is no regular file")
def pipe(root: Path) -> Asked:
    """One image is a named pipe."""
    file, *_ = images(hearts(root))
    file.unlink()
    os.mkfifo(file)
    return of_hearts(root)
