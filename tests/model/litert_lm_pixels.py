"""Pictures made smaller or larger as LiteRT-LM does it, which is not quite transformers' way.

Both use the same cubic filter, stretched where a picture becomes smaller. But LiteRT-LM (by
stb_image_resize2) adds up light, where Pillow adds up the numbers that stand for it: where light
and dark meet, its pixels are brighter, by up to 75 of 255. At the edges it repeats the last pixel,
where Pillow leaves out what is not there.
"""

import numpy as np


def litert_lm_resized(pixels, height, width):
    light = light_of(pixels.astype(np.float64) / 255)
    for axis, size in ((1, width), (0, height)):
        if light.shape[axis] != size:
            made = np.tensordot(weights(light.shape[axis], size), light, (1, axis))
            light = np.moveaxis(made, 0, axis)
    return np.floor(255 * number_of(light.clip(0, 1)) + 0.5).astype(np.uint8)


def weights(before, after):
    """Return what each of `before` pixels gives to each of `after`: float64 [after, before]."""
    ratio = before / after
    stretch = max(ratio, 1.0)
    matrix = np.zeros((after, before))
    for place in range(after):
        middle = (place + 0.5) * ratio
        first, last = int(np.floor(middle - 2 * stretch)), int(np.ceil(middle + 2 * stretch))
        reached = np.arange(first, last + 1)
        given = cubic((reached + 0.5 - middle) / stretch)
        np.add.at(matrix[place], reached.clip(0, before - 1), given / given.sum())
    return matrix


def cubic(x):
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def light_of(number):
    return np.where(number <= 0.04045, number / 12.92, ((number + 0.055) / 1.055) ** 2.4)


def number_of(light):
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
