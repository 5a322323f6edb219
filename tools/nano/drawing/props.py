"""The fonts and photographs that pictures are drawn with, from packages that are installed.

Photographs: those of scikit-image that are in the public domain or CC0 by their authors. Fonts:
Roboto (Apache-2.0), Source Sans, Source Serif and Lato (all OFL-1.1).
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from tools.nano.drawing.sketch import Props

_FONTS = {
    False: ("font_roboto", "font_source_sans_pro"),
    True: ("font_lato", "font_source_serif_pro"),
}
_PHOTOGRAPHS = {
    False: (
        "astronaut.png", "brick.png", "camera.png", "coffee.png", "grass.png", "gravel.png",
        "moon.png",
    ),
    True: ("chelsea.png", "rocket.jpg", "hubble_deep_field.jpg"),
}  # fmt: skip
_NOT_ON_PANELS = ("Thin", "Light", "Italic", "It.")
"""Parts of the names of fonts that nobody prints labels in."""


def load_props(*, held_out: bool) -> Props:
    """Return what to draw with in training, or what is `held_out` from it.

    Raises `FileNotFoundError` where a package is missing.
    """
    fonts = [font for name in _FONTS[held_out] for font in _fonts(_folder(name))]
    photographs = _folder("skimage") / "data"
    return Props(
        tuple(fonts),
        tuple(Image.open(photographs / name).convert("RGB") for name in _PHOTOGRAPHS[held_out]),
    )


def _fonts(folder: Path) -> Sequence[Path]:
    found = (path for path in sorted(folder.rglob("*.[to]tf")))
    return [path for path in found if not any(part in path.name for part in _NOT_ON_PANELS)]


def _folder(package: str) -> Path:
    """Return where a package lies, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"The package {package} is not installed.")
    return Path(spec.submodule_search_locations[0])
