"""Pictures in files, alone or a folder of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.seeing.frame import SightError

if TYPE_CHECKING:
    from PIL import Image

PICTURE_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_LARGEST_BYTES = 64 << 20
_MOST_PIXELS = 100_000_000


def read_picture(path: Path | str) -> NDArray[np.uint8]:
    """Read a picture as people see it: uint8 [height, width, 3], red, green, blue.

    JPEG, PNG, WebP, BMP, GIF and TIFF, and what else Pillow reads; the first picture of several.
    It is turned the way that the camera was held, and what is transparent lies on white. Raises
    `SightError` for a file that is missing, damaged, too large or no picture.
    """
    path = Path(path)
    _require_file(path)
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - for pictures alone

    try:
        with Image.open(path) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise SightError(
                    f"{path} has {image.width} x {image.height} pixels: make it smaller first."
                )
            turned = ImageOps.exif_transpose(image)
            return np.array(_on_white(turned), np.uint8)
    except UnidentifiedImageError as error:
        raise SightError(f"{path} is no picture: give a JPEG or PNG file.") from error
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise SightError(f"{path} is damaged, or no picture: {error}.") from error


def pictures_in(folder: Path) -> tuple[Path, ...]:
    """Return the pictures in a folder, by name. Raises `SightError` if there are none."""
    try:
        found = sorted(it for it in folder.iterdir() if it.suffix.lower() in PICTURE_ENDINGS)
    except OSError as error:
        raise SightError(f"{folder} cannot be read: {error.strerror}.") from error
    if not found:
        raise SightError(f"There is no picture in {folder}.")
    return tuple(found)


def _require_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise SightError(f"There is no file {path}: check the path.") from None
    except (OSError, ValueError) as error:
        raise SightError(f"{path} cannot be read: {error}.") from error
    if path.is_dir():
        raise SightError(f"{path} is a folder: name a picture in it.")
    if not path.is_file():
        raise SightError(f"{path} is not an ordinary file: give a JPEG or PNG file.")
    if size == 0:
        raise SightError(f"{path} is empty: it holds no picture.")
    if size > _LARGEST_BYTES:
        raise SightError(f"{path} has {size >> 20} MB: a picture may have {_LARGEST_BYTES >> 20}.")


def _on_white(image: "Image.Image") -> "Image.Image":
    if not image.has_transparency_data:
        return image.convert("RGB")
    from PIL import Image  # noqa: PLC0415

    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
