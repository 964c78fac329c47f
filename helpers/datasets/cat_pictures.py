"""Draws small pictures of cats and of things that are not cats: the same coats, backgrounds, eyes and ears for all of them.

A picture is a square of the plane, from -1 to 1 in both directions, y upwards. Each part (a head, an ear, a window) is a
shape given by its distance function: below 0 inside, above 0 outside, about the distance to the edge. A pixel that the
edge crosses is filled in part, so that the edges are smooth at any size. All pictures of one kind are drawn at once.
"""

from dataclasses import dataclass

import numpy as np

KINDS = ("cat", "dog", "mouse", "house", "ball")
COATS = {
    "black": (0.09, 0.09, 0.11),
    "brown": (0.47, 0.29, 0.16),
    "grey": (0.55, 0.57, 0.62),
    "ginger": (0.93, 0.55, 0.18),
    "cream": (0.95, 0.84, 0.62),
    "white": (0.96, 0.96, 0.95),
}
SIZE = 24
WALLS = np.array([(0.62, 0.74, 0.80), (0.70, 0.76, 0.60), (0.80, 0.68, 0.66), (0.66, 0.64, 0.76), (0.76, 0.72, 0.60)])
PINK, EYE, PUPIL, CREAM = (0.93, 0.62, 0.62), (0.80, 0.86, 0.32), (0.05, 0.05, 0.05), (0.98, 0.93, 0.78)


@dataclass(frozen=True)
class Scene:
    """What a picture has besides its kind and its coat; arrays with one entry for each of N pictures."""

    center: np.ndarray  # (N, 2) where the animal or thing is, in the plane's units
    scale: np.ndarray  # (N,) its size, around 1
    tilt: np.ndarray  # (N,) its turn, in radians
    width: np.ndarray  # (N,) its width relative to its height, around 1
    wall: np.ndarray  # (N, 3) colour of the background, RGB from 0 to 1

    def __getitem__(self, rows):
        return Scene(*(values[rows] for values in (self.center, self.scale, self.tilt, self.width, self.wall)))


def random_scenes(count, seed):
    """Scenes for `count` pictures, fixed by the seed: places, sizes, turns and backgrounds."""
    rng = np.random.default_rng([seed, 0])
    wall = WALLS[rng.integers(len(WALLS), size=count)] + rng.uniform(-0.10, 0.06, (count, 1))
    center, scale = rng.uniform(-0.17, 0.17, (count, 2)), rng.uniform(0.68, 0.88, count)
    return Scene(center, scale, rng.uniform(-0.2, 0.2, count), rng.uniform(0.9, 1.1, count), wall)


def draw(kinds, coats, scenes, size=SIZE):
    """Pictures as an array (N, size, size, 3), RGB from 0 to 1.

    kinds: N names from KINDS; coats: (N, 3) RGB from 0 to 1; scenes: from random_scenes(N, seed). The same scenes with
    other coats give the same shapes in the same places.
    Raises ValueError for an unknown kind, coats that are not (N, 3) numbers from 0 to 1, or another number of scenes.
    """
    kinds, coats = np.asarray(kinds), np.asarray(coats, dtype=float)
    unknown = sorted(set(kinds.tolist()) - set(KINDS))
    if unknown:
        raise ValueError(f"cannot draw {unknown}; the kinds are {', '.join(KINDS)}.")
    if coats.shape != (len(kinds), 3) or not ((coats >= 0) & (coats <= 1)).all():
        raise ValueError(f"coats have shape {coats.shape}; expected ({len(kinds)}, 3), red, green and blue from 0 to 1 for each picture.")
    if len(scenes.scale) != len(kinds):
        raise ValueError(f"got {len(scenes.scale)} scenes for {len(kinds)} pictures; expected one for each (random_scenes).")
    pictures = np.empty((len(kinds), size, size, 3))
    for kind in np.unique(kinds):
        rows = np.flatnonzero(kinds == kind)
        for part in np.array_split(rows, -(-len(rows) // 250)):  # small enough to stay in the processor's cache
            canvas = _Canvas(scenes[part], size)
            PAINTERS[str(kind)](canvas, coats[part])
            pictures[part] = canvas.pixels
    return pictures


class _Canvas:
    """Pictures being painted, and where each pixel lies as seen by the animal: x to its right, y upwards."""

    def __init__(self, scene, size):
        scene = Scene(*(values.astype(np.float32) for values in vars(scene).values()))  # twice as fast, and exact enough
        grid = ((np.arange(size, dtype=np.float32) + 0.5) / size) * 2 - 1
        dx, dy = grid - scene.center[:, :1, None], -grid[:, None] - scene.center[:, 1:, None]
        cos, sin = (f(scene.tilt)[:, None, None] / scene.scale[:, None, None] for f in (np.cos, np.sin))
        self.x, self.y = (cos * dx + sin * dy) / scene.width[:, None, None], cos * dy - sin * dx
        self.side = np.abs(self.x)  # for parts that come in pairs
        self.pixel = 2 / size / scene.scale[:, None, None]
        light = 1.06 - 0.12 * (np.arange(size, dtype=np.float32) / size)[:, None, None]
        self.pixels = np.clip(scene.wall[:, None, None] * light, 0, 1) * np.ones((1, 1, size, 1), dtype=np.float32)

    def fill(self, distance, colour):
        covered = np.clip(0.5 - distance / self.pixel, 0, 1)[..., None]
        self.pixels += covered * (np.asarray(colour, dtype=np.float32).reshape(-1, 1, 1, 3) - self.pixels)

    def ellipse(self, x, y, a, b, colour, pair=False):
        across = (self.side if pair else self.x) - x
        self.fill((np.hypot(across / a, (self.y - y) / b) - 1) * min(a, b), colour)

    def polygon(self, corners, colour, pair=False):
        """A convex polygon, its corners in counter-clockwise order."""
        x, distance = self.side if pair else self.x, -np.inf
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
            edge = np.hypot(x1 - x0, y1 - y0)
            distance = np.maximum(distance, ((y1 - y0) * (x - x0) - (x1 - x0) * (self.y - y0)) / edge)
        self.fill(distance, colour)

    def line(self, start, end, width, colour):
        """A line on both sides, from start to end."""
        (x0, y0), (x1, y1) = start, end
        along = ((self.side - x0) * (x1 - x0) + (self.y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
        t = np.clip(along, 0, 1)
        self.fill(np.hypot(self.side - x0 - t * (x1 - x0), self.y - y0 - t * (y1 - y0)) - width / 2, colour)

    def eyes(self, y, pupil):
        self.ellipse(0.31, y, 0.16, 0.15, EYE, pair=True)
        self.ellipse(0.31, y, pupil, 0.12, PUPIL, pair=True)

    def whiskers(self, y):
        for rise in (0.10, -0.08):
            self.line((0.30, y), (0.98, y + rise), 0.04, (0.85, 0.85, 0.85))


def _cat(canvas, coat):
    canvas.polygon([(0.80, 0.10), (0.84, 1.0), (0.14, 0.55)], coat, pair=True)
    canvas.polygon([(0.70, 0.34), (0.74, 0.80), (0.38, 0.55)], PINK, pair=True)
    canvas.ellipse(0, -0.12, 0.84, 0.72, coat)
    canvas.eyes(-0.02, pupil=0.05)
    canvas.ellipse(0, -0.34, 0.10, 0.07, PINK)
    canvas.whiskers(-0.40)


def _mouse(canvas, coat):
    canvas.ellipse(0.62, 0.52, 0.42, 0.42, coat, pair=True)
    canvas.ellipse(0.62, 0.52, 0.25, 0.25, PINK, pair=True)
    canvas.ellipse(0, -0.20, 0.66, 0.64, coat)
    canvas.eyes(-0.10, pupil=0.10)
    canvas.ellipse(0, -0.46, 0.13, 0.10, PINK)
    canvas.whiskers(-0.50)


def _dog(canvas, coat):
    canvas.ellipse(0, 0.02, 0.66, 0.82, coat)
    canvas.ellipse(0.74, 0.02, 0.24, 0.60, 0.8 * coat, pair=True)
    canvas.eyes(0.18, pupil=0.10)
    canvas.ellipse(0, -0.40, 0.36, 0.28, CREAM)
    canvas.ellipse(0, -0.26, 0.15, 0.11, PUPIL)
    canvas.ellipse(0, -0.66, 0.11, 0.15, PINK)


def _house(canvas, coat):
    canvas.polygon([(-0.70, -0.85), (0.70, -0.85), (0.70, 0.25), (-0.70, 0.25)], coat)
    canvas.polygon([(-0.95, 0.14), (0.95, 0.14), (0.0, 0.98)], 0.8 * coat)
    canvas.polygon([(0.18, -0.32), (0.50, -0.32), (0.50, 0.0), (0.18, 0.0)], EYE, pair=True)
    canvas.polygon([(-0.15, -0.85), (0.15, -0.85), (0.15, -0.42), (-0.15, -0.42)], PINK)


def _ball(canvas, coat):
    canvas.ellipse(0, 0, 0.86, 0.86, coat)
    canvas.ellipse(0.34, 0.18, 0.17, 0.17, EYE, pair=True)
    canvas.ellipse(0, -0.38, 0.24, 0.15, PINK)


PAINTERS = {"cat": _cat, "dog": _dog, "mouse": _mouse, "house": _house, "ball": _ball}
