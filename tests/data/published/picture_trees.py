"""Small copies of published sets of pictures, in their exact layout; each shows an L, which no flip leaves alone.

Names that stand here are those of public loaders, and of files that publishers have in their own repositories: chest
X-rays by clinical.csv and landmarks/ of ngaggion/Chest-xray-landmark-dataset, PAPILA by its own HelpCode, MoNuSeg by
the lists of organs of constantinpape/torch-em, ISIC, TNBC and the slices of Kaggle by its loaders, MedSegBench by the
package medsegbench.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from tests.data.small_sets import save

CORNERS = np.array(
    [[2, 3], [2, 5], [8, 5], [8, 9], [11, 9], [11, 3]], float
)  # (row, column) of the L, of 16 x 12 pixels
SHAPE = (16, 12)
CANVAS = 1024


def ell(times: int = 1, value: int = 255) -> np.ndarray:
    """(16, 12) uint8, each pixel repeated: 0, and `value` in the L."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[2:8, 3:5] = mask[8:11, 3:9] = value
    return mask.repeat(times, axis=0).repeat(times, axis=1)


def picture(times: int = 1, seed: int = 0) -> np.ndarray:
    """(16, 12) uint8: the L in 200 on 60, and a little noise, so that no two are equal."""
    noise = (
        np.random.default_rng(seed).integers(0, 20, SHAPE).astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1)
    )
    return 60 + noise + ell(times, 120)


def colour(grey: np.ndarray, *more: np.ndarray) -> np.ndarray:
    return np.stack([grey // 2, grey, grey // 3, *more], axis=-1)


def framed(times: int, rows: tuple[int, int], columns: tuple[int, int], seed: int = 0) -> np.ndarray:
    """A picture with black (and the 1 of a scanner) around it: rows above and below, columns to the left and right."""
    return np.pad(picture(times, seed), (rows, columns), constant_values=1)


def on_canvas(times: int, side: int = CANVAS) -> np.ndarray:
    """(6, 2) as (x, y): the L where the picture was cropped, padded to a square of its 16 rows, and resized."""
    left = (16 * times - 12 * times) // 2
    return ((CORNERS * times + [0, left]) * side / (16 * times))[:, ::-1]


def write_landmarks(root: Path, name: str, points: np.ndarray, categories: Sequence[str]) -> None:
    """RL is the upright of the L and LL its foot; H is all of it."""
    x, y = points.T
    upright, foot = (
        [[x[0], y[0]], [x[1], y[1]], [x[2], y[2]], [x[0], y[2]]],
        [[x[0], y[2]], [x[3], y[3]], [x[4], y[4]], [x[5], y[5]]],
    )
    for category, outline in {"RL": upright, "LL": foot, "H": points}.items():
        if category in categories:
            (root / "landmarks" / category).mkdir(parents=True, exist_ok=True)
            np.save(root / f"landmarks/{category}/{name}.npy", np.array(outline, np.float64))


def write_jsrt(path: Path) -> None:
    """A raw file: 2048 x 2048 of two bytes, the upper one first; small numbers are bright."""
    grey = np.full((2048, 2048), 3000, ">u2")
    shown = ell(128)
    grey[:, 256 : 256 + shown.shape[1]][shown > 0] = 700
    path.parent.mkdir(parents=True, exist_ok=True)
    grey.tofile(path)


PADCHEST = ("62774794894109549387630855543283311955_2_tdirok", "62774794894109549387630855543283311955_9jbiyo")
XRAYS = {
    "JPCLN001": "JSRT",
    "MCUCXR_0001_0": "Montgomery",
    "CHNCXR_0001_0": "Shenzhen",
    **dict.fromkeys(PADCHEST, "Padchest"),
}


def write_xrays(root: Path) -> None:
    """One image of each owner and two of one PadChest study, and one more that the table leaves out."""
    write_jsrt(root / "JSRT/All247images/JPCLN001.IMG")
    save(root / "Montgomery/CXR_png/MCUCXR_0001_0.png", framed(5, (3, 9), (20, 4), 1))
    save(root / "Montgomery/CXR_png/MCUCXR_0002_0.png", framed(5, (3, 9), (20, 4), 2))
    save(root / "Shenzhen/CXR_png/CHNCXR_0001_0.png", np.stack([framed(4, (0, 7), (1, 0), 3)] * 3, axis=-1))
    for seed, name in enumerate(PADCHEST, start=4):
        save(root / f"Padchest/Images/{name}.png", framed(4, (5, 0), (2, 6), seed).astype(np.uint16) << 8)
    rows = []
    for name, owner in XRAYS.items():
        heart = owner in ("JSRT", "Padchest")
        write_landmarks(
            root, name, on_canvas(128 if owner == "JSRT" else 4), ("RL", "LL", "H") if heart else ("RL", "LL")
        )
        rows.append(f"{name}.png,{owner},True,{heart},F,27,\"['normal', 'scoliosis']\"")
    (root / "clinical.csv").write_text(
        "\n".join(["File,Dataset,Lung Annotations,Heart Annotations,Sex,Age,Condition", *rows])
    )


def write_pseudo(root: Path) -> None:
    for seed, name in enumerate(XRAYS):
        save(root / f"images/{name}.png", picture(2, seed))
        save(root / f"masks/{name}_diaphragm.png", ell(2))
        save(root / f"masks/{name}_spine.png", ell(2)[::-1])


LGG = ("TCGA_CS_4941_19960909", "TCGA_DU_5871_19941206", "TCGA_DU_5871_19950101")


def write_lgg(root: Path) -> None:
    """Two slices of each visit, the second without a tumour, and everything once more as in the archive."""
    for part in ("kaggle_3m", "lgg-mri-segmentation/kaggle_3m"):
        (root / part).mkdir(parents=True)
        (root / part / "data.csv").write_text("Patient,RNASeqCluster\nTCGA_CS_4941,2\n")
        for seed, visit in enumerate(LGG):
            for slice_ in (1, 10):
                save(root / f"{part}/{visit}/{visit}_{slice_}.tif", colour(picture(1, seed + slice_)))
                save(root / f"{part}/{visit}/{visit}_{slice_}_mask.tif", ell() if slice_ == 1 else ell(value=0))


def write_papila(root: Path, eyes: Sequence[str] = ("RET002OD", "RET002OS", "RET004OD")) -> None:
    """Pixels counted from 0.  The second expert draws 4 rows lower; the cup is the disc moved by 4 columns."""
    (root / "ExpertsSegmentations/Contours").mkdir(parents=True, exist_ok=True)
    for seed, eye in enumerate(eyes):
        path = root / f"FundusImages/{eye}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(colour(picture(4, seed))).save(path, quality=95)
        for expert in (1, 2):
            for structure, more in (("disc", 0), ("cup", 4)):
                points = CORNERS[:, ::-1] * 4 - 0.5 + [more, 0] + [0, 4 * (expert - 1)]
                lines = "\n".join(f"{x:.6f} {y:.6f}" for x, y in points)
                (root / f"ExpertsSegmentations/Contours/{eye}_{structure}_exp{expert}.txt").write_text(lines + "\n")


def write_isic(root: Path) -> None:
    for part, number in (("Training", 0), ("Training", 1), ("Validation", 12255), ("Test", 12169)):
        name = f"ISIC_{number:07}"
        path = root / f"ISIC2018_Task1-2_{part}_Input/{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(colour(picture(4, number))).save(path, quality=95)
        (path.parent / "ATTRIBUTION.txt").write_text("by")
        save(root / f"ISIC2018_Task1_{part}_GroundTruth/{name}_segmentation.png", ell(4))


MONUSEG = {
    "MoNuSeg 2018 Training Data": ("TCGA-A7-A13E-01Z-00-DX1", "TCGA-A7-A13F-01Z-00-DX1", "TCGA-B0-5711-01Z-00-DX1"),
    "MoNuSegTestData": ("TCGA-2Z-A9J9-01A-01-TS1",),
}


def write_monuseg(root: Path) -> None:
    for folder, names in MONUSEG.items():
        images, marks = ("Tissue Images", "Annotations") if "Training" in folder else ("", "")
        for seed, name in enumerate(names):
            save(root / folder / images / f"{name}.tif", colour(picture(4, seed)))
            (root / folder / marks).mkdir(exist_ok=True)
            vertices = "".join(f'<Vertex X="{x}" Y="{y}" Z="0"/>' for y, x in CORNERS * 4)
            (root / folder / marks / f"{name}.xml").write_text(
                '<?xml version="1.0" encoding="UTF-8"?><Annotations MicronsPerPixel="0.252100"><Annotation Id="1" '
                'Name="" ReadOnly="0" LineColor="65280" Visible="1"><Attributes><Attribute Name="Description" Id="0" '
                'Value=""/></Attributes><Regions><RegionAttributeHeaders/><Region Id="1" Type="0" Zoom="1" '
                'NegativeROA="0">'
                f"<Attributes/><Vertices>{vertices}</Vertices></Region></Regions><Plots/></Annotation></Annotations>"
            )
    (root / "__MACOSX/MoNuSeg 2018 Training Data/Tissue Images").mkdir(parents=True)


def write_tnbc(root: Path) -> None:
    for slide, count in ((1, 3), (2, 2), (11, 1)):
        for number in range(1, count + 1):
            name = f"{slide:02}_{number}.png"
            alpha = np.full(ell(4).shape, 7 * slide, np.uint8)
            save(root / f"Slide_{slide:02}/{name}", colour(picture(4, 10 * slide + number), alpha))
            save(root / f"GT_{slide:02}/{name}", ell(4))


def write_busi(root: Path) -> None:
    """Each mask is a part of the L; of three masks of an image, the third is empty."""
    folder = root / "Dataset_BUSI_with_GT"
    upright = ell(2)
    upright[16:] = 0
    for seed, (kind, number) in enumerate((("benign", 1), ("benign", 100), ("malignant", 20), ("normal", 8))):
        name = f"{kind} ({number})"
        parts = {"benign (100)": [upright, ell(2) - upright, ell(2, 0)], "normal (8)": [ell(2, 0)]}.get(name, [ell(2)])
        save(folder / kind / f"{name}.png", np.stack([picture(2, seed)] * 3, axis=-1))
        for place, part in enumerate(parts):
            save(folder / kind / f"{name}_mask{f'_{place}' if place else ''}.png", part)


def write_udiat(root: Path) -> None:
    for number in (1, 7, 163):
        save(root / f"original/{number:06}.png", picture(2, number))
        save(root / f"GT/{number:06}.png", ell(2))


def write_medsegbench(root: Path) -> None:
    """busi_256.npz has single classes as well; wbc_256.npz is in colour and has two classes."""
    root.mkdir(parents=True)
    counts = {"train": 3, "val": 1, "test": 2}
    grey, coloured = {}, {}
    for at, (part, count) in enumerate(counts.items()):
        images = np.stack([picture(2, 10 * at + seed) for seed in range(count)])
        labels = np.stack([ell(2, 1)] * count)
        grey |= {f"{part}_images": images, f"{part}_label": labels}
        grey |= {f"{part}_images_C1": images[:1], f"{part}_label_C1": labels[:1]}
        coloured |= {f"{part}_images": colour(images), f"{part}_label": labels + (labels & (np.arange(24) < 10))}
    np.savez_compressed(root / "busi_256.npz", **grey)
    np.savez_compressed(root / "wbc_256.npz", **coloured)


RIGA = {
    "BinRushed/BinRushed1-Corrected/image": (1, 24),
    "BinRushed/BinRushed2/image": (3, 20),
    "Magrabia/MagrabiaMale/image": (5,),
    "Magrabia/MagrabiFemale/image": (26, 30),
    "MESSIDOR/image": (7, 8, 9),
}
TIMES = 12  # pixels of a pixel of the L


def inner() -> np.ndarray:
    """(192, 144) bool: a part of the foot of the L, which touches it nowhere."""
    mask = np.zeros(ell(TIMES).shape, bool)
    mask[106:124, 48:96] = True
    return mask


def drawn(image: np.ndarray, regions: Sequence[np.ndarray], gap: bool = False) -> np.ndarray:
    """A copy with dark lines of 2 pixels along the inside of each region; with a gap of 4 pixels in each."""
    copy = image.copy()
    for region in regions:
        line = region & ~ndimage.binary_erosion(region, np.ones((3, 3)), iterations=2)
        if gap:
            row = int(np.flatnonzero(region.any(axis=1))[6])
            line[row : row + 4] = False
        copy[line] = 0
    return copy


def write_riga(root: Path) -> None:
    """Four graders draw alike, one of them with gaps; two draw 3 rows lower.  Known exceptions are there as well."""
    for place, numbers in RIGA.items():
        folder = root / place.rpartition("/")[0]
        folder.mkdir(parents=True, exist_ok=True)
        suffix, options = (".jpg", {"quality": 90}) if "BinRushed" in place else (".tif", {})
        for number in numbers:
            image = colour(picture(TIMES, number) + 55)  # the optic disc is bright, and lines are dark
            Image.fromarray(image).save(folder / f"image{number}prime{suffix}", **options)
            for grader in range(1, 7):
                regions = [np.roll(one, 3 * (grader > 4), axis=0) for one in (ell(TIMES) > 0, inner())]
                one = "Image" if "Male" in place and grader == 1 else "image"
                tiff = "Corrected" in place and grader == 3
                path = folder / f"{one}{number}-{grader}{'.tif' if tiff else suffix}"
                Image.fromarray(drawn(image, regions, grader == 2)).save(path, **({} if tiff else options))
    save(root / "BinRushed/BinRushed1/image1-1.jpg", colour(picture(TIMES)))  # without images of its own
    save(root / "Magrabia/MagrabiFemale/image48-1.tif", colour(picture(TIMES)))
