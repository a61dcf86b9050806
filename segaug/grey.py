"""Grey of an image in colour, for what looks at one channel: registration, and the names of what is registered."""

from torch import Tensor

from segaug.form import GREY


def grey(image: Tensor) -> Tensor:
    """(B, C, H, W) to (B, 1, H, W): one channel is returned as it is, bit for bit; red, green, blue become luma.

    Exactly the grey value where all three agree, so that a grey image is the same one in a task of colour.
    Source: ITU-R BT.601, Y = 0.299 R + 0.587 G + 0.114 B; summed in thousandths and double precision for that.
    """
    if image.shape[1] == GREY:
        return image
    red, green, blue = image.double().unbind(1)
    return ((299 * red + 587 * green + 114 * blue) / 1000)[:, None].to(image.dtype)
