"""Scanned pages: which pages are pictures, drawing them by both engines, reading them by Tesseract."""

from __future__ import annotations

import importlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingest.loaders import ocr
from ingest.loaders.ocr import OcrError, Picture, Tesseract, parse
from ingest.loaders.scans import Draw, cover_of, gray_png, mupdf_picture, pdfium_picture, read_scan
from ingest.rows import Word, group_rows
from tests.ingest.papers import HEIGHT, WIDTH, Print, paragraph, pdf

# No types come with it.
pymupdf: Any = importlib.import_module("pymupdf")
HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
FAKE = """#!{python}
import sys
from pathlib import Path
calls = Path(__file__).with_name("calls")
if "--version" in sys.argv:
    print("tesseract 9.9.9\\n leptonica")
elif "--list-langs" in sys.argv:
    print("List of available languages (2):\\neng\\nosd")
else:
    picture = sys.stdin.buffer.read()
    assert picture.startswith(b"\\x89PNG")
    calls.write_text(calls.read_text() + "x" if calls.exists() else "x")
    if b"FAIL" in picture:
        sys.exit("Error during processing")
    print({header!r} + "5\\t1\\t1\\t1\\t1\\t1\\t300\\t300\\t150\\t40\\t96.5\\tRevenue", end="")
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that answers as Tesseract does and counts its calls, first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "tesseract"
    program.write_text(FAKE.format(python=sys.executable, header=HEADER))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def scanned(words: str = "", *, cover: float = 1.0) -> bytes:
    """A PDF of one page, a picture of text over a share of its width, and words printed on it."""
    with pymupdf.open(
        stream=pdf([*paragraph(72, 100, "Revenue was 1,577 in 2018."), Print(72, 300, "Item 7", 20)])
    ) as one:
        pixels = one[0].get_pixmap(dpi=200, colorspace="GRAY")
    with pymupdf.open() as file:
        page = file.new_page(width=WIDTH, height=HEIGHT)
        page.insert_image((0, 0, WIDTH * cover, HEIGHT), pixmap=pixels, keep_proportion=False)
        page.insert_text((72, 40), words)
        return bytes(file.tobytes(deflate=True))


@pytest.fixture(params=["pymupdf", "pypdfium2"])
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """How to ask either engine for the picture of a file's first page, given the words on it."""
    opened: list[Any] = []

    def ask(data: bytes, words: list[Word]) -> Draw | None:
        if request.param == "pymupdf":
            opened.append(pymupdf.open(stream=data))
            return mupdf_picture(opened[-1][0], words)
        opened.append(pypdfium2.PdfDocument(data))
        return pdfium_picture(opened[-1], 0, words)

    yield ask
    for document in opened:
        document.close()


def word(text: str) -> Word:
    return Word(text, 72, 30, 200, 42, 10, bold=False)


def test_a_scan_is_found_and_drawn(engine: Any) -> None:  # noqa: ANN401
    draw = engine(scanned("Page 1 of 9"), [word("Page 1 of 9")])
    assert draw is not None
    png, dpi = draw()
    image = Image.open(io.BytesIO(png))
    assert (dpi, image.mode) == (300, "L")
    assert image.size[0] == pytest.approx(WIDTH * 300 / 72, abs=1)
    assert image.size[1] == pytest.approx(HEIGHT * 300 / 72, abs=1)
    assert image.getextrema() == (0, 255)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_drawn_as_it_is_shown(engine: Any, turn: int) -> None:  # noqa: ANN401
    with pymupdf.open(stream=scanned()) as file:
        file[0].set_rotation(turn)
        draw = engine(file.tobytes(), [])
    assert draw is not None
    size = Image.open(io.BytesIO(draw().png)).size
    assert (size[0] > size[1]) == (turn != 180)


def test_text_and_small_pictures_are_no_scan(engine: Any) -> None:  # noqa: ANN401
    assert engine(scanned(), [word("x" * 500)]) is None
    assert engine(scanned(cover=0.3), []) is None
    assert engine(pdf(paragraph(72, 100, "Words")), []) is None
    assert engine(pdf([]), []) is None


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 3), st.randoms(use_true_random=False))
def test_png_of_gray_pixels(width: int, height: int, spare: int, random: Any) -> None:  # noqa: ANN401
    stride = width + spare
    pixels = bytes(random.randrange(256) for _ in range(stride * height))
    image = Image.open(io.BytesIO(gray_png(pixels, width, height, stride)))
    rows = [pixels[row * stride : row * stride + width] for row in range(height)]
    assert image.tobytes() == b"".join(rows)


@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 4), max_size=5))
def test_cover_is_a_share(boxes: list[tuple[float, float, float, float]]) -> None:
    assert 0 <= cover_of(boxes, 612, 792) <= 1
    assert cover_of(boxes, 0, 792) == 0


def test_words_are_read_in_points(fake: Path) -> None:
    reader = Tesseract.find("eng")
    assert reader is not None
    assert reader.version == "tesseract 9.9.9"
    (found,) = reader.read(Picture(gray_png(b"..", 2, 1, 2), 300))
    assert found == Word("Revenue", 72.0, 72.0, 108.0, 81.6, 10.7, bold=False)


def test_what_was_read_is_kept(fake: Path, tmp_path: Path) -> None:
    calls = fake / "calls"
    picture = Picture(gray_png(b"..", 2, 1, 2), 300)
    before = Tesseract.find("eng", tmp_path / "ocr")
    after = Tesseract.find("eng", tmp_path / "ocr")
    assert before is not None
    assert after is not None
    assert before.read(picture) == after.read(picture) != []
    assert calls.read_text() == "x"
    after.read(Picture(gray_png(b".:", 2, 1, 2), 300))
    assert calls.read_text() == "xx"


def test_failures_have_a_reason(fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Tesseract.find("eng", tmp_path / "ocr")
    assert reader is not None
    with pytest.raises(OcrError, match="ended with 1: Error during processing"):
        reader.read(Picture(gray_png(b"..", 2, 1, 2) + b"FAIL", 300))
    assert not (tmp_path / "ocr").exists()
    monkeypatch.setattr(ocr, "PAGE_TIMEOUT_S", 0.001)
    with pytest.raises(OcrError, match="not read within"):
        reader.read(Picture(gray_png(b"..", 2, 1, 2), 300))


def test_a_page_is_text_read_or_unreadable(fake: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> Picture:
        raise OcrError("cannot be drawn")

    reader = Tesseract.find("eng")
    good = Picture(gray_png(b"..", 2, 1, 2), 300)
    words, origin = read_scan(lambda: good, reader)
    assert (words and words[0].text, origin) == ("Revenue", "ocr")
    assert read_scan(None, reader) == (None, "text")
    assert read_scan(lambda: good, None) == (None, "unreadable")
    assert read_scan(fails, reader) == (None, "unreadable")
    assert "cannot be drawn" in caplog.text


def test_there_may_be_no_tesseract_or_not_the_language(
    fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Tesseract.find("eng+deu") is None
    (fake / "tesseract").write_text("no program")
    assert Tesseract.find("eng") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Tesseract.find("eng") is None


@given(st.text(alphabet="5\t\n1x\u0660 ", max_size=120))
def test_any_table_is_parsed(table: str) -> None:
    for found in parse(HEADER + table, 300):
        assert found.text.strip() == found.text != ""
        assert found.x0 <= found.x1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_the_real_program_reads_a_scan(engine: Any) -> None:  # noqa: ANN401
    reader = Tesseract.find("eng")
    assert reader is not None
    draw = engine(scanned(), [])
    assert draw is not None
    rows = group_rows(reader.read(draw()))
    assert [row.text for row in rows] == ["Revenue was 1,577 in 2018.", "Item 7"]
    first = rows[0]
    assert first.x0 == pytest.approx(72, abs=3)
    assert first.y1 == pytest.approx(102, abs=3)


@pytest.mark.parametrize("slope", [-0.0175, 0.0175, 0.05])
def test_lines_of_paper_that_lies_askew_stay_apart(slope: float) -> None:
    rows = [
        f"5\t1\t1\t1\t{line}\t{at}\t{left}\t{300 + 40 * line + round(slope * left)}\t150\t30\t96\tw{line}"
        for line in range(1, 4)
        for at, left in enumerate(range(300, 2100, 200))
    ]
    found = group_rows(parse("\n".join(rows), 300))
    assert [row.text.split() for row in found] == [[f"w{line}"] * 9 for line in range(1, 4)]
