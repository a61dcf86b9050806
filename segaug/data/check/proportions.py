"""Images whose shape suffers on the way to the square that the network sees."""

from collections.abc import Mapping

from segaug.data.check.report import Note

MOST_ASPECT = 2.0
MOST_ENLARGED = 4.0  # times, in rows or columns: sixteen pixels and more of one
Shapes = Mapping[str, tuple[int, int]]  # id -> (rows, columns) as stored


def squeezed(shapes: Shapes, crop: int | None) -> list[Note]:
    """Images more than twice as long as wide, of which a square is made; a crop is a square already."""
    if crop is not None:
        return []
    long = [name for name, shape in shapes.items() if max(shape) > MOST_ASPECT * min(shape)]
    if not long:
        return []
    rows, columns = max((shapes[name] for name in long), key=lambda shape: max(shape) / min(shape))
    text = (
        f"{len(long)} of {len(shapes)} images: more than twice as long as wide (up to {rows} x {columns}), squeezed to "
        f"a square; dataset.crop={min(map(min, shapes.values()))} would keep a square of their middle instead"
    )
    return [Note(text, "squeezed", tuple(long))]


def enlarged(shapes: Shapes, crop: int | None, size: int) -> list[Note]:
    """Images of which the network sees more than four times as many rows or columns as there are."""
    kept = {name: shape if crop is None else (crop, crop) for name, shape in shapes.items()}
    small = [name for name, shape in kept.items() if size > MOST_ENLARGED * min(shape)]
    if not small:
        return []
    rows, columns = kept[min(small, key=lambda name: min(kept[name]))]
    text = (
        f"{len(small)} of {len(shapes)} images: enlarged more than {MOST_ENLARGED:.0f} times to dataset.size={size}, "
        f"the smallest from {rows} x {columns}; a smaller dataset.size would show as much and train faster"
    )
    return [Note(text, "enlarged", tuple(small))]
