"""Draw the pictures that the eyes learn from: `python -m tools.nano.pictures`.

A shard holds pictures of one shape, at half their size (as the eyes see them, `eyes`), and for each
its scene in words and where its things lie.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.image_patches import fitted_size
from tools.nano.drawing.picture import Picture, draw_picture
from tools.nano.drawing.props import load_props
from tools.nano.drawing.sketch import Mark, Props
from tools.nano.picture_lessons import SHAPES, SOFT_TOKENS
from tools.nano.scene_words import describe
from tools.nano.scenes import SceneKind, draw_scene
from tools.nano.work import work_parser

HALF = 2
_SHARD = 500
_UNIT = 120
_SHAPE_WEIGHTS = (44, 20, 12, 10, 8, 6)
_KIND_WEIGHTS = {
    SceneKind.LAMPS: 14, SceneKind.LABELLED_LAMPS: 24, SceneKind.GAUGE: 9, SceneKind.BAR: 10,
    SceneKind.DISPLAY: 20, SceneKind.DOOR: 4, SceneKind.ROOM: 4, SceneKind.THINGS: 8,
    SceneKind.NOTHING: 7,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shard:
    """Pictures of one shape: `pixels` uint8 [n, height, width, 3], and what each shows."""

    pixels: NDArray[np.uint8]
    kinds: tuple[SceneKind, ...]
    words: tuple[str, ...]
    marks: tuple[tuple[Mark, ...], ...]

    def save(self, path: Path) -> None:
        """Write to `path`, replacing what is there in one go."""
        notes = [
            [kind.value, words, [list(vars(mark).values()) for mark in marks]]
            for kind, words, marks in zip(self.kinds, self.words, self.marks, strict=True)
        ]
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            np.savez(file, pixels=self.pixels, notes=json.dumps(notes))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Shard":
        """Read what `save` wrote."""
        with np.load(path) as found:
            pixels, notes = found["pixels"], json.loads(str(found["notes"]))
        return cls(
            pixels,
            tuple(SceneKind(kind) for kind, _, _ in notes),
            tuple(words for _, words, _ in notes),
            tuple(tuple(Mark(*mark) for mark in marks) for _, _, marks in notes),
        )


def main() -> None:
    """Draw pictures, shard by shard; shards that are there are kept."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--shards", type=int, default=50, help="of 500 pictures each")
    parser.add_argument("--watched", type=int, default=4, help="shards to watch the training by")
    options = parser.parse_args()
    folder: Path = options.work / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    props = load_props(held_out=False)
    for held_out, count in ((True, options.watched), (False, options.shards)):
        props = load_props(held_out=held_out)
        for number in range(count):
            path = folder / f"{'watched' if held_out else 'training'}-{number:03d}.npz"
            if not path.exists():
                draw_shard(props, random.Random(number + 10_000 * held_out)).save(path)
                print(path, flush=True)


def draw_shard(props: Props, chance: random.Random) -> Shard:
    """Draw pictures of one shape."""
    height, width = chance.choices(SHAPES, _SHAPE_WEIGHTS)[0]
    size = fitted_size(height * _UNIT, width * _UNIT, SOFT_TOKENS)
    kinds = chance.choices(list(_KIND_WEIGHTS), list(_KIND_WEIGHTS.values()), k=_SHARD)
    scenes = [draw_scene(kind, chance) for kind in kinds]
    drawn = [draw_picture(scene, size[1], size[0], props, chance) for scene in scenes]
    return Shard(
        np.stack([_halved(picture) for picture in drawn]),
        tuple(kinds),
        tuple(map(describe, scenes)),
        tuple(picture.marks for picture in drawn),
    )


def shards(folder: Path, name: str) -> Iterator[Path]:
    """Return the shards of that name, `training` or `watched`, in order."""
    yield from sorted(folder.glob(f"{name}-*.npz"))


def _halved(picture: Picture) -> NDArray[np.uint8]:
    """Return a picture at half its size: the mean of four pixels each."""
    height, width, _ = picture.pixels.shape
    fours = picture.pixels.reshape(height // HALF, HALF, width // HALF, HALF, 3)
    return np.round(fours.mean((1, 3), dtype=np.float32)).astype(np.uint8)


if __name__ == "__main__":
    main()
