"""A page of a PDF as a picture with some of its words marked, as with a felt pen.

Leaves drawing the page to the engine that the settings name, processes and limits to ``ingest.draw``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.loaders.contract import Pixels, UnreadableFileError, refusal
from ingest.loaders.pdf import engine
from ingest.loaders.scans import png

_INK = np.array([1.0, 0.9, 0.35])
"""What is left of red, green and blue under the pen: black letters stay black."""
_POINTS_PER_INCH = 72.0
_MOST_PIXELS = 12_000_000

Rectangle = tuple[float, float, float, float]


def draw_page(path: Path, number: int, boxes: Sequence[Rectangle], dpi: int, parser: str) -> bytes:
    """A PNG file of a page, 0-based; ``boxes`` are in points from the page's top left corner.

    Raises:
        DocumentError: the page cannot be drawn.
    """
    try:
        pixels = engine(parser).draw(path.read_bytes(), number, dpi)
    except (UnreadableFileError, OSError) as error:
        raise refusal(
            "broken", path.name, f"has a page {number + 1} that cannot be drawn: {error}"
        ) from error
    height, width, _ = pixels.shape
    return png(mark(pixels, boxes, dpi / _POINTS_PER_INCH).tobytes(), width, height, 3 * width, channels=3)


def mark(pixels: Pixels, boxes: Sequence[Rectangle], scale: float) -> Pixels:
    """The picture with boxes marked; ``scale`` is pixels per point. What lies outside of it is left out.

    >>> marked = mark(np.full((4, 4, 3), 200, dtype=np.uint8), [(1, 1, 3, 2)], 1.0)
    >>> marked[1, :, 2].tolist(), marked[2, :, 2].tolist()
    ([200, 70, 70, 200], [200, 200, 200, 200])
    """
    height, width, _ = pixels.shape
    marked = pixels.copy()
    touched = np.zeros((height, width), dtype=bool)
    for x0, y0, x1, y1 in boxes:
        left, top = max(math.floor(x0 * scale), 0), max(math.floor(y0 * scale), 0)
        touched[top : max(math.ceil(y1 * scale), 0), left : max(math.ceil(x1 * scale), 0)] = True
    marked[touched] = np.rint(pixels[touched] * _INK).astype(np.uint8)
    return marked


def fitting_dpi(width: float, height: float, wanted: int) -> int:
    """The resolution wanted, or less for a page so large (points) that its picture would not be bounded.

    >>> fitting_dpi(612, 792, 144), fitting_dpi(14_400, 14_400, 144)
    (144, 17)
    """
    inches = max(width, 1.0) * max(height, 1.0) / _POINTS_PER_INCH**2
    return max(min(wanted, int((_MOST_PIXELS / inches) ** 0.5)), 1)
