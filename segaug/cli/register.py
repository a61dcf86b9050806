"""`segaug register`: deform one image so that it looks like another, and keep the momentum that does it."""

from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """The two images, what to write, and the options of the registration."""
    parser.epilog = (
        "Writes into FOLDER: warped.png, registration.png (a figure of the result), momentum.safetensors and, with "
        "--mask, mask.png.  Example: segaug register patient_a.png patient_b.png --mask a_label.png"
    )
    parser.add_argument("moving", metavar="MOVING", help="the image to deform")
    parser.add_argument("fixed", metavar="FIXED", help="the image that it shall look like")
    parser.add_argument("--out", metavar="FOLDER", help="folder to write (default ./registration_MOVING_FIXED)")
    parser.add_argument("--mask", metavar="FILE", help="mask of the moving image, deformed along (nearest neighbour)")
    parser.add_argument(
        "--slice", metavar="AXIS:N", help="of volumes (.nii.gz, .mha, .dcm): e.g. axial:17; slices are counted from 0"
    )
    parser.add_argument("--pad", action="store_true", help="images of different sizes: centre both on one canvas")
    parser.add_argument("--affine", action="store_true", help="bring position, size and slant together first")
    parser.add_argument(
        "--similarity", choices=["lncc", "ssd"], help="lncc (default): local correlation; ssd: equal grey values"
    )
    parser.add_argument("--sigma", type=float, help="larger: smoother maps, images less alike (default 3)")
    parser.add_argument("--ell", type=float, help="smoothness, in longer sides of the image (default 0.1)")
    parser.add_argument("--k", type=int, help="wave numbers per axis (default 8)")


def run(args: Namespace) -> int:
    """Register, write and print."""
    import os
    from pathlib import Path

    from segaug.experiment.machine.process import SINGLE_THREAD, keep_heap

    os.environ.update(SINGLE_THREAD)  # before numpy: one pair is too small a work to share among threads
    keep_heap()

    from segaug.cli.register_input import CUT, read_pair
    from segaug.cli.register_output import open_folder, printed, write
    from segaug.cli.register_pair import register_pair
    from segaug.data.formats.cut import cut_of
    from segaug.data.suffix import stem_of
    from segaug.registration.lddmm import Lddmm

    chosen = {name: getattr(args, name) for name in ("similarity", "sigma", "ell", "k")}
    lddmm = Lddmm(affine=args.affine, **{name: value for name, value in chosen.items() if value is not None})
    cut = cut_of(args.slice, CUT) if args.slice else None
    pair = read_pair(Path(args.moving), Path(args.fixed), Path(args.mask) if args.mask else None, args.pad, cut)
    folder = open_folder(args.out or f"registration_{stem_of(Path(args.moving))}_{stem_of(Path(args.fixed))}")
    result = register_pair(pair, lddmm)
    files = write(folder, pair, result)
    print(printed(pair, result, lddmm, files))
    return 0
