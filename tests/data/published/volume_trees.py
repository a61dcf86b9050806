"""Small trees in the layouts of published sets of volumes, with known content, written by nibabel.

Names of files are those of the loaders that each function names.  Masks mark blocks, A to D, none of which is its own
mirror image in its volume; a set gives each of them a value.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.data.formats.written import affine, turned, write_nifti

SHAPE = (10, 14, 12)  # slices, rows, columns
BLOCKS = {
    "A": np.s_[3:6, 2:9, 1:4],
    "B": np.s_[4:7, 9:12, 1:8],
    "C": np.s_[5:8, 2:4, 5:11],
    "D": np.s_[5:7, 12:14, 9:12],
}


def scan(number: int) -> np.ndarray:
    """Of no two patients alike, and no two voxels of one alike."""
    return np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE) + 2000 * number


def marked(blocks: str) -> np.ndarray:
    """Where these blocks are."""
    inside = np.zeros(SHAPE, bool)
    for block in blocks:
        inside[BLOCKS[block]] = True
    return inside


def values(**of_blocks: int) -> np.ndarray:
    """A mask in which each block has its value."""
    mask = np.zeros(SHAPE, np.uint8)
    for block, value in of_blocks.items():
        mask[BLOCKS[block]] = value
    return mask


def pairs(root: Path, image: str, mask: str, ids: list[str], **of_blocks: int) -> None:
    """A volume and a mask for each of these ids, at places with {id}."""
    for number, one in enumerate(ids):
        write_nifti(root / image.format(id=one), scan(number), affine())
        write_nifti(root / mask.format(id=one), values(**of_blocks), affine())


def totalsegmentator(root: Path) -> None:
    """torch-em: `totalsegmentator.py`, v2; its meta.csv has a byte order mark and semicolons."""
    lobes = ["upper_lobe_left", "lower_lobe_left", "upper_lobe_right", "middle_lobe_right", "lower_lobe_right"]
    files = {f"lung_{lobe}": marked("") for lobe in lobes} | {
        "lung_upper_lobe_left": marked("A"),
        "lung_lower_lobe_right": marked("B"),
        "heart": marked("B"),
        "atrial_appendage_left": marked("C"),
        "liver": marked("ABC"),
    }
    for number, name in enumerate(("s0000", "s0001", "s0002")):
        write_nifti(root / name / "ct.nii.gz", scan(number), affine())
        for file, inside in files.items():
            write_nifti(root / name / "segmentations" / f"{file}.nii.gz", inside.astype(np.uint8), affine())
    rows = ["image_id;age;split", "s0000;50;train", "s0001;60;val", "s0002;70;test"]
    (root / "meta.csv").write_text("\n".join(rows), encoding="utf-8-sig")


def abdomen(root: Path) -> None:
    """torch-em: `abdomenct_1k.py`.  The last volume is one of the 112 without a public mask."""
    for number, (part, name) in enumerate(((1, "Case_00001"), (3, "Case_00801"))):
        write_nifti(root / f"AbdomenCT-1K-ImagePart{part}" / f"{name}_0000.nii.gz", scan(number), affine())
        write_nifti(root / "Mask" / f"{name}.nii.gz", values(A=1, B=2, C=4, D=3), affine())
    write_nifti(root / "AbdomenCT-1K-ImagePart3" / "Case_01062_0000.nii.gz", scan(9), affine())


def covid(root: Path) -> None:
    """torch-em: `covid19_20.py`; MONAI's baseline of the challenge uses volume-covid19-A-0003_ct.nii.gz."""
    names = ["volume-covid19-A-0003", "volume-covid19-A-0011"]
    pairs(root, "Train/{id}_ct.nii.gz", "Train/{id}_seg.nii.gz", names, A=1)
    write_nifti(root / "Validation" / "volume-covid19-A-0000_ct.nii.gz", scan(9), affine())


def pneumonia(root: Path) -> None:
    """Names are not published."""
    pairs(root, "images/{id}.nii.gz", "masks/{id}.nii.gz", ["1", "2"], A=1)


def lgg(root: Path) -> None:
    """Names as MSD-style and TCIA scripts list them; beside the corrected mask lies that of the program."""
    for patient, date in (("TCGA-CS-4941", "1996.08.19"), ("TCGA-HT-7680", "1997.02.02")):
        base = f"{patient}/{patient}_{date}"
        number = int(patient == "TCGA-HT-7680")
        for sequence in ("t1", "t1Gd", "t2"):
            write_nifti(root / f"{base}_{sequence}.nii.gz", scan(number + 4), affine())
        write_nifti(root / f"{base}_flair.nii.gz", scan(number), affine())
        write_nifti(root / f"{base}_GlistrBoost.nii.gz", values(C=4), affine())
        write_nifti(root / f"{base}_GlistrBoost_ManuallyCorrected.nii.gz", values(A=1, B=4, C=2), affine())


def acdc(root: Path) -> None:
    """nnU-Net: `Dataset027_ACDC.py`; in patient101 end-systole has the smaller number."""
    for part, patient, ed, es in (("training", "patient001", 1, 12), ("testing", "patient101", 14, 1)):
        folder = root / "database" / part / patient
        write_nifti(folder / f"{patient}_4d.nii.gz", np.stack([scan(7), scan(8)], axis=-1), affine())
        for frame, number in ((ed, 0), (es, 1)):
            write_nifti(folder / f"{patient}_frame{frame:02}.nii.gz", scan(number), affine())
            write_nifti(folder / f"{patient}_frame{frame:02}_gt.nii.gz", values(A=1, B=2, C=3), affine())
        facts = f"ED: {ed}\nES: {es}\nGroup: DCM\nHeight: 184.0\nNbFrame: 30\nWeight: 95.0"
        (folder / "Info.cfg").write_text(facts)


def decathlon(channels: tuple[str, ...], names: list[str], **of_blocks: int) -> Callable[[Path], None]:
    """A task of the Decathlon; `dataset.json` as nnU-Net's documentation prints that of the prostate."""

    def write(root: Path) -> None:
        for number, name in enumerate(names):
            planes = [scan(number + 3 * channel) for channel in range(len(channels))]
            voxels = np.stack(planes, axis=-1) if len(channels) > 1 else planes[0]
            write_nifti(root / "imagesTr" / f"{name}.nii.gz", voxels, affine())
            write_nifti(root / "labelsTr" / f"{name}.nii.gz", values(**of_blocks), affine())
            for folder in ("imagesTr", "labelsTr"):
                (root / folder / f"._{name}.nii.gz").write_bytes(b"\0\5\x16\7Mac OS X")
        write_nifti(root / "imagesTs" / f"{names[0]}9.nii.gz", scan(9), affine())
        told = {str(number): channel for number, channel in enumerate(channels)}
        (root / "dataset.json").write_text(json.dumps({"modality": told}))

    return write


def brats(root: Path) -> None:
    """nnU-Net: `Dataset137_BraTS21.py`."""
    for number, name in enumerate(("BraTS2021_00000", "BraTS2021_00002")):
        for place, sequence in enumerate(("flair", "t1ce", "t1", "t2")):
            write_nifti(root / name / f"{name}_{sequence}.nii.gz", scan(number + 3 * place), affine())
        write_nifti(root / name / f"{name}_seg.nii.gz", values(A=1, B=2, C=4), affine())


def btcv(root: Path) -> None:
    """torch-em: `btcv.py`."""
    folder = "RawData/Training"
    pairs(
        root, f"{folder}/img/img{{id}}.nii.gz", f"{folder}/label/label{{id}}.nii.gz", ["0001", "0040"], A=1, B=6, C=11
    )


def btcv_export(root: Path) -> None:
    """TransUNet: case0005_slice000.npz in train_npz, float32."""
    for number, case in enumerate(("case0005", "case0040")):
        for place in range(SHAPE[0]):
            file = root / "train_npz" / f"{case}_slice{place:03}.npz"
            file.parent.mkdir(parents=True, exist_ok=True)
            image = scan(number)[place].astype(np.float32) / 8000
            np.savez(file, image=image, label=values(A=7, B=5, C=1)[place].astype(np.float32))


def kits(root: Path) -> None:
    """torch-em: `kits.py`; the volumes of KiTS19 are stored with their slices along the first axis."""
    for number, name in enumerate(("case_00000", "case_00001")):
        for file, voxels in (("imaging", scan(number)), ("segmentation", values(A=1, B=2))):
            write_nifti(root / name / f"{file}.nii.gz", *turned(voxels, affine(), (2, 1, 0), (0, 1)))
    write_nifti(root / "case_00210" / "imaging.nii.gz", scan(9), affine())


def atlas(root: Path) -> None:
    """torch-em: `atlas_stroke.py`; the second subject has two sessions."""
    for number, (subject, session) in enumerate((("r001s001", 1), ("r009s003", 1), ("r009s003", 2))):
        folder = root / "Training" / subject[:4].upper() / f"sub-{subject}" / f"ses-{session}" / "anat"
        name = f"sub-{subject}_ses-{session}_space-MNI152NLin2009aSym"
        write_nifti(folder / f"{name}_T1w.nii.gz", scan(number), affine())
        write_nifti(folder / f"{name}_label-L_desc-T1lesion_mask.nii.gz", values(A=1), affine())


def prostate_site(folder: str, word: str, **of_blocks: int) -> Callable[[Path], None]:
    """Names as readers of the collection list them: BMC/Case05_Segmentation, RUNMC/Case00_segmentation."""
    return lambda root: pairs(
        root, f"{folder}/{{id}}.nii.gz", f"{folder}/{{id}}_{word}.nii.gz", ["Case00", "Case05"], **of_blocks
    )


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the tree of a set holds."""

    write: Callable[[Path], None]
    marked: tuple[str, ...]  # blocks of each chosen structure
    volumes: Mapping[str, tuple[str, int, str]]  # by name: patient, number of its `scan`, official part


def alone(*names: str, scan: int = 0) -> dict[str, tuple[str, int, str]]:
    """Volumes that are patients of their own."""
    return {name: (name, number + scan, "") for number, name in enumerate(names)}


def task(channels: str, names: str, marked: str, channel: int = 0, **of_blocks: int) -> Published:
    """A task of the Decathlon, two of its volumes and the channel that is used."""
    write = decathlon(tuple(channels.split()), names.split(), **of_blocks)
    return Published(write=write, marked=(marked,), volumes=alone(*names.split(), scan=3 * channel))


_PARTS = {
    f"s000{number}": (f"s000{number}", number, part) for number, part in enumerate(("train", "validation", "test"))
}
_COVID = {f"volume-covid19-A-{name}": (name, number, "") for number, name in enumerate(("0003", "0011"))}
_LGG = {
    "TCGA-CS-4941/TCGA-CS-4941_1996.08.19": ("TCGA-CS-4941", 0, ""),
    "TCGA-HT-7680/TCGA-HT-7680_1997.02.02": ("TCGA-HT-7680", 1, ""),
}
_ACDC = {
    f"{part}/{patient}/{frame}": (patient, number, part.removesuffix("ing"))
    for part, patient in (("training", "patient001"), ("testing", "patient101"))
    for number, frame in enumerate(("ED", "ES"))
}
_ATLAS = {
    "sub-r001s001/ses-1": ("sub-r001s001", 0, ""),
    "sub-r009s003/ses-1": ("sub-r009s003", 1, ""),
    "sub-r009s003/ses-2": ("sub-r009s003", 2, ""),
}
_GLIOMA = "FLAIR T1w t1gd T2w"
PUBLISHED = {  # by the name of its config
    **{name: Published(write=totalsegmentator, marked=(blocks,), volumes=_PARTS)
       for name, blocks in (("ct_lung", "AB"), ("ct_heart", "BC"))},
    "ct_pneumonia": Published(write=pneumonia, marked=("A",), volumes=alone("1", "2")),
    "covid_infection": Published(write=covid, marked=("A",), volumes=_COVID),
    **{f"abdomen_{organ}": Published(write=abdomen, marked=(block,), volumes=alone("Case_00001", "Case_00801"))
       for organ, block in (("liver", "A"), ("kidney", "B"), ("spleen", "D"), ("pancreas", "C"))},
    "lgg_tcia": Published(write=lgg, marked=("ABC",), volumes=_LGG),
    "acdc": Published(write=acdc, marked=("A", "B", "C"), volumes=_ACDC),
    **{f"acdc_{name}": Published(write=acdc, marked=(block,), volumes=_ACDC)
       for name, block in (("rv", "A"), ("myo", "B"), ("lv", "C"))},
    "msd_prostate": task("T2 ADC", "prostate_16 prostate_04", "AB", A=1, B=2),
    "msd_pancreas": task("CT", "pancreas_001 pancreas_004", "AB", A=1, B=2),
    "msd_hippocampus": task("MRI", "hippocampus_001 hippocampus_003", "AB", A=1, B=2),
    "msd_spleen": task("CT", "spleen_10 spleen_12", "A", A=1),
    "msd_heart": task("MRI", "la_003 la_004", "A", A=1),
    "msd_liver": task("CT", "liver_0 liver_100", "AB", A=1, B=2),
    "msd_lung": task("CT", "lung_001 lung_003", "A", A=1),
    "msd_colon": task("CT", "colon_001 colon_005", "A", A=1),
    "msd_hepatic_vessels": task("CT", "hepaticvessel_001 hepaticvessel_002", "A", A=1, B=2),
    "msd_brain_wt": task(_GLIOMA, "BRATS_001 BRATS_002", "ABC", A=1, B=2, C=3),
    "msd_brain_tc": task(_GLIOMA, "BRATS_001 BRATS_002", "BC", 2, A=1, B=2, C=3),
    "msd_brain_et": task(_GLIOMA, "BRATS_001 BRATS_002", "C", 2, A=1, B=2, C=3),
    **{f"brats_{name}": Published(write=brats, marked=(blocks,),
                                  volumes=alone("BraTS2021_00000", "BraTS2021_00002", scan=3 * place))
       for name, blocks, place in (("wt", "ABC", 0), ("tc", "AC", 1), ("et", "C", 1))},
    **{f"btcv_{organ}": Published(write=btcv, marked=(block,), volumes=alone("0001", "0040"))
       for organ, block in (("spleen", "A"), ("liver", "B"), ("pancreas", "C"))},
    **{f"kits_{name}": Published(write=kits, marked=(blocks,), volumes=alone("case_00000", "case_00001"))
       for name, blocks in (("kidney", "AB"), ("tumour", "B"))},
    "atlas_stroke": Published(write=atlas, marked=("A",), volumes=_ATLAS),
    "prostate_site_a": Published(write=prostate_site("BMC", "Segmentation", A=1, B=2), marked=("AB",),
                                 volumes=alone("Case00", "Case05")),
    "prostate_site_b": Published(write=prostate_site("I2CVB", "segmentation", A=1), marked=("A",),
                                 volumes=alone("Case00", "Case05")),
}  # fmt: skip
