"""Targets that are files of other programs: arrays, outlines, run lengths and volumes, each by its reader.

The first word of a target's name is the file of `segaug/data/formats` that reads it.
"""

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from segaug.data.formats import aperio, coco, hdf5, labelme, npz, points, run_length
from segaug.data.formats.array_header import ArrayHeader
from segaug.data.formats.dicom import Slice, read_header, read_series
from segaug.data.formats.dicom_seg import read_segmentation
from segaug.data.formats.facts import read_facts
from segaug.data.formats.itk import read_itk
from segaug.data.formats.nifti import read_nifti
from segaug.data.outlines import Drawing, Marked
from tests.fuzz.mutations import DEEP_JSON, spoiled, spoiled_json
from tests.fuzz.stored import written
from tests.fuzz.target import Target

SHAPE = (9, 11)
SHARE = 0.12  # of the examples of the default suite: there are many formats, and their libraries are slow to start
ARRAY = np.arange(3 * 9 * 11, dtype=np.uint8).reshape(3, *SHAPE)
XY = [3, 2, 8, 2, 8, 6, 3, 6]
COCO = {
    "images": [{"id": 1, "file_name": "a.png", "height": 9, "width": 11}],
    "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [XY, XY]},
        {"id": 2, "image_id": 1, "category_id": 2, "segmentation": {"counts": [90, 4, 5], "size": [9, 11]}},
        {"id": 3, "image_id": 1, "category_id": 2, "segmentation": {"counts": "Z24", "size": [9, 11]}},
    ],
}
LABELME = {
    "shapes": [
        {"label": "a", "points": np.reshape(XY, (-1, 2)).tolist(), "shape_type": "polygon"},
        {"label": "b", "points": [[1, 1], [2, 9]], "shape_type": "rectangle"},
        {"label": "b", "points": [[5, 5], [2, 5]], "shape_type": "circle"},
    ],
    "imageHeight": 9, "imageWidth": 11,
}  # fmt: skip
XML = b"""<Annotations MicronsPerPixel="0.25"><Annotation Id="1" Name="a" LineColor="255"><Attributes/><Regions>
<Region Id="1" Type="0" NegativeROA="0"><Vertices><Vertex X="1.5" Y="2" Z="0"/><Vertex X="8" Y="2" Z="0"/>
<Vertex X="8" Y="6.25" Z="0"/></Vertices></Region></Regions></Annotation></Annotations>"""
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
RUNS = b"ImageId,EncodedPixels\na,1 4 10 3\nb,\nc,-1\na,20 1\n"
FACTS = "\ufeffED: 1\r\nES: 12\nGroup: DCM\n".encode()
TEXT = b"# x y\n1.5 2\n8,2\n8;6.25\n"


def _made(suffix: str, write: Callable[[Path], object]) -> list[bytes]:
    """The bytes that a library writes into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"made{suffix}"
        write(path)
        return [path.read_bytes()]


def _npz() -> list[bytes]:
    made = []
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        save(buffer, image=ARRAY, label=np.asfortranarray(ARRAY.astype(np.float32)))
        made.append(buffer.getvalue())
    return made


def _npy() -> list[bytes]:
    buffer = io.BytesIO()
    np.save(buffer, np.reshape(XY, (-1, 2)).astype(np.float64))
    return [buffer.getvalue()]


def _hdf5() -> list[bytes]:
    import h5py

    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file["image"] = ARRAY
            file.create_dataset("case/label", data=ARRAY, chunks=(1, 5, 11), compression="gzip", shuffle=True)
            file.create_dataset("case/other", data=ARRAY.astype(np.float32), compression="lzf", fletcher32=True)
            file["soft"], file["out"] = h5py.SoftLink("/case/label"), h5py.ExternalLink("x.h5", "/x")

    return _made(".h5", write)


def _all_arrays(
    headers: Callable[[Path], dict[str, ArrayHeader]], read: Callable[[Path, str], object], name: str
) -> Callable[[Path, bytes], None]:
    def read_all(folder: Path, data: bytes) -> None:
        path = written(folder / name, data)
        for key in headers(path):
            read(path, key)

    return read_all


def _drawn(marked: Marked, path: Path) -> None:
    names = sorted({shape.structure for shape in marked.shapes})[:200]
    mask = Drawing(overlap="last", crossing="fill").mask(marked.shapes, names, marked.size or SHAPE, str(path))
    assert mask.max(initial=0) <= len(names)


def _read_coco(folder: Path, data: bytes) -> None:
    path = written(folder / "c.json", data)
    for marked in coco.read(path).images.values():
        _drawn(marked, path)


def _read_runs(folder: Path, data: bytes) -> None:
    path = written(folder / "r.csv", data)
    for runs in run_length.read(path, "ImageId", "EncodedPixels", None, "a").values():
        _drawn(Marked([*runs], None), path)


def _read_marked(read: Callable[[Path], Marked], name: str) -> Callable[[Path, bytes], None]:
    def read_one(folder: Path, data: bytes) -> None:
        path = written(folder / name, data)
        _drawn(read(path), path)

    return read_one


def _json(value: object) -> st.SearchStrategy[bytes]:
    whole = json.dumps(value).encode()
    tree = spoiled_json(value).map(lambda tree: json.dumps(tree).encode())
    return st.one_of(tree, spoiled([whole]), st.sampled_from(DEEP_JSON))


def _nifti(suffix: str) -> list[bytes]:
    import nibabel

    return _made(suffix, lambda path: nibabel.save(nibabel.Nifti1Image(ARRAY.T, np.eye(4)), path))


def _itk(suffix: str) -> list[bytes]:
    import SimpleITK

    return _made(suffix, lambda path: SimpleITK.WriteImage(SimpleITK.GetImageFromArray(ARRAY), str(path)))


def _dicom() -> list[bytes]:
    from tests.data.formats.written import affine, write_slice

    return _made(".dcm", lambda path: write_slice(path, ARRAY[0].astype(np.int16), affine(), 0))


def _read_dicom(folder: Path, data: bytes) -> None:
    path = written(folder / "d.dcm", data)
    read_series([Slice(file=path, header=read_header(path))])


def _segmentation() -> list[bytes]:
    import pydicom

    folder = Path(pydicom.data.__file__).parent / "test_files"
    return [path.read_bytes() for path in sorted(folder.glob("liver*.dcm"))][:1]


def _of_file(name: str, seeds: Callable[[], Sequence[bytes]], read: Callable[[Path], object], file: str) -> Target:
    return Target(name, lambda: spoiled(seeds()), lambda folder, data: read(written(folder / file, data)), SHARE)


FORMATS = [
    Target("npz", lambda: spoiled(_npz()), _all_arrays(npz.headers, npz.read, "a.npz"), SHARE),
    Target("hdf5", lambda: spoiled(_hdf5()), _all_arrays(hdf5.headers, hdf5.read, "a.h5"), SHARE),
    Target("coco", lambda: _json(COCO), _read_coco, SHARE),
    Target("labelme", lambda: _json(LABELME), _read_marked(labelme.read, "l.json"), SHARE),
    Target("aperio", lambda: spoiled([XML, ENTITIES + XML]), _read_marked(aperio.read, "a.xml"), SHARE),
    Target("run_length", lambda: spoiled([RUNS]), _read_runs, SHARE),
    _of_file("points", lambda: [TEXT], lambda path: points.read(path, "xy"), "p.txt"),
    _of_file("points as an array", _npy, lambda path: points.read(path, "xy"), "p.npy"),
    _of_file("facts", lambda: [FACTS], read_facts, "Info.cfg"),
    _of_file("nifti", lambda: _nifti(".nii"), read_nifti, "v.nii"),
    _of_file("nifti in gzip", lambda: _nifti(".nii.gz"), read_nifti, "v.nii.gz"),
    _of_file("itk of MetaImage", lambda: _itk(".mha"), read_itk, "v.mha"),
    _of_file("itk of NRRD", lambda: _itk(".nrrd"), read_itk, "v.nrrd"),
    Target("dicom", lambda: spoiled(_dicom()), _read_dicom, SHARE),
    _of_file("dicom_seg", _segmentation, read_segmentation, "s.dcm"),
]
