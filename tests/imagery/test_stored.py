"""Stored values: exact, upright, in the file's unit, and never more than a header may claim."""

from __future__ import annotations

import struct
from pathlib import Path
from zlib import compress, crc32

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from auditor.imagery.decode import UnreadableImage, decode_image
from auditor.imagery.stored import Window, has_depth, stored_picture
from tests.fakes.coded import raises_coded
from tests.imagery.test_deep_tiff import tiff

LEVELS = np.array([[30000, 30040, 65535], [0, 1, 2]], dtype=np.uint16)


def _ct(path: Path, **changes: object) -> Path:
    """A 2 x 3 copy of pydicom's CT with stored values -200 to 300."""
    data = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    data.Rows, data.Columns = 2, 3
    data.PixelData = np.arange(-200, 400, 100, dtype="<i2").tobytes()
    data.RescaleSlope, data.RescaleIntercept = 2, -1000
    for name, value in changes.items():
        setattr(data, name, value)
    data.save_as(path)
    return path


def test_a_deep_png_keeps_every_value(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(LEVELS).save(path)
    found = stored_picture(path)
    assert has_depth(path)
    assert np.array_equal(found.values, LEVELS)
    assert (found.slope, found.intercept, found.unit) == (1.0, 0.0, "")
    assert (found.lowest, found.highest, found.inverted) == (0.0, 65535.0, False)
    assert found.audited == Window("", 65535 / 2, 65535.0)


@pytest.mark.parametrize("bits", [9, 12, 16])
def test_a_deep_tiff_is_seen_by_the_scale_of_its_bits(tmp_path: Path, bits: int) -> None:
    path = tiff(tmp_path / "a.tif", bits, white_is_zero=True)
    found = stored_picture(path)
    assert has_depth(path)
    assert found.inverted
    assert found.audited == Window("", (2**bits - 1) / 2, 2.0**bits - 1)
    assert found.values[0, 0] == 2**bits - 1
    assert found.values[0, -1] == 0


def test_a_tiff_that_lies_on_its_side_is_turned(tmp_path: Path) -> None:
    found = stored_picture(tiff(tmp_path / "a.tif", 12, orientation=6, rows=4))
    assert found.values.shape == (9, 4)


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1"])
def test_eight_bits_have_nothing_to_window(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    Image.new(mode, (4, 3)).save(path)
    assert not has_depth(path)
    with pytest.raises(UnreadableImage, match="eight"):
        stored_picture(path)


def test_dicom_is_in_hounsfield_units_with_its_named_windows(tmp_path: Path) -> None:
    path = _ct(
        tmp_path / "a.dcm",
        WindowCenter=[40, -600],
        WindowWidth=[400, 1500],
        WindowCenterWidthExplanation=["SOFT", "LUNG"],
    )
    found = stored_picture(path)
    assert has_depth(path)
    units = found.values * found.slope + found.intercept
    assert units.ravel().tolist() == [-1400, -1200, -1000, -800, -600, -400]
    assert (found.unit, found.lowest, found.highest) == ("HU", -1400, -400)
    assert found.windows == (Window("SOFT", 40, 400), Window("LUNG", -600, 1500))
    assert found.audited == found.windows[0]


def test_a_slope_under_zero_turns_the_values_not_the_picture(tmp_path: Path) -> None:
    found = stored_picture(_ct(tmp_path / "a.dcm", RescaleSlope=-2, RescaleIntercept=0))
    assert found.slope > 0
    units = found.values * found.slope + found.intercept
    assert units.ravel().tolist() == [400, 200, 0, -200, -400, -600]


def test_padding_is_out_of_the_range_and_monochrome1_is_inverted(tmp_path: Path) -> None:
    found = stored_picture(
        _ct(tmp_path / "a.dcm", PixelPaddingValue=-200, PhotometricInterpretation="MONOCHROME1")
    )
    assert (found.lowest, found.inverted) == (-1200, True)


def _lut() -> pydicom.Sequence:
    table = pydicom.Dataset()
    table.add_new("LUTDescriptor", "US", [4, 0, 8])  # four values from 0 on
    table.add_new("LUTData", "US", [0, 20, 200, 255])
    return pydicom.Sequence([table])


CURVES: dict[str, dict[str, object]] = {
    "table": {"VOILUTSequence": _lut(), "RescaleSlope": 1, "RescaleIntercept": 0},
    "table before window": {
        "VOILUTSequence": _lut(),
        "RescaleSlope": 1,
        "RescaleIntercept": 0,
        "WindowCenter": 40,
        "WindowWidth": 400,
    },
    "sigmoid": {"VOILUTFunction": "SIGMOID", "WindowCenter": -900, "WindowWidth": 300},
    "sigmoid, slope under zero": {
        "VOILUTFunction": "SIGMOID",
        "WindowCenter": -900,
        "WindowWidth": 300,
        "RescaleSlope": -2,
    },
}


@pytest.mark.parametrize("kind", ["MONOCHROME2", "MONOCHROME1"])
@pytest.mark.parametrize("curve", list(CURVES))
def test_a_table_or_curve_of_the_file_shows_what_the_audit_saw(
    tmp_path: Path, curve: str, kind: str
) -> None:
    changes = dict(CURVES[curve])
    if "VOILUTSequence" in changes:
        changes["PixelData"] = np.arange(6, dtype="<i2").tobytes()
    path = _ct(tmp_path / "a.dcm", PhotometricInterpretation=kind, **changes)
    found = stored_picture(path)
    assert found.table is not None
    shown = found.table[found.values]
    seen = decode_image(path)[..., 0]
    assert np.array_equal(255 - shown if found.inverted else shown, seen)
    assert len(np.unique(seen)) > 2


def test_a_plain_window_needs_no_table(tmp_path: Path) -> None:
    found = stored_picture(_ct(tmp_path / "a.dcm", WindowCenter=-900, WindowWidth=300))
    assert found.table is None
    assert found.audited == Window("", -900.0, 300.0)


def deep_png(path: Path, values: np.ndarray) -> Path:
    """A PNG with colours of sixteen bits, as PIL cannot write it: (H, W, 3 or 4) uint16."""
    height, width, channels = values.shape

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))

    rows = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", width, height, 16, 2 if channels == 3 else 6, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


def deep_colour_tiff(path: Path, values: np.ndarray, order: str) -> Path:
    """The same as an uncompressed TIFF of one strip, byte order "<" or ">"."""
    height, width, _ = values.shape
    tags = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 0), (259, 3, 1, 1)]
    tags += [(262, 3, 1, 2), (273, 4, 1, 0), (277, 3, 1, 3), (278, 3, 1, height)]
    tags.append((279, 4, 1, values.size * 2))
    bits_at = 8 + 2 + 12 * len(tags) + 4
    places = {258: bits_at, 273: bits_at + 6}
    entries = b""
    for tag, kind, count, value in tags:
        form = f"{order}I" if kind == 4 or tag in places else f"{order}Hxx"
        entries += struct.pack(f"{order}HHI", tag, kind, count)
        entries += struct.pack(form, places.get(tag, value))
    magic = {"<": b"II*\x00", ">": b"MM\x00*"}[order]
    head = magic + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4)
    bits = struct.pack(f"{order}3H", 16, 16, 16)
    path.write_bytes(head + bits + values.astype(f"{order}u2").tobytes())
    return path


DEEP_COLOURS = np.random.default_rng(3).integers(0, 65536, (5, 7, 3), dtype=np.uint16)


def test_colours_of_sixteen_bits_keep_every_value(tmp_path: Path) -> None:
    transparent = np.concatenate([DEEP_COLOURS, DEEP_COLOURS[..., :1]], axis=2)
    for path in (
        deep_png(tmp_path / "a.png", DEEP_COLOURS),
        deep_png(tmp_path / "b.png", transparent),
        deep_colour_tiff(tmp_path / "c.tif", DEEP_COLOURS, "<"),
        deep_colour_tiff(tmp_path / "d.tif", DEEP_COLOURS, ">"),
    ):
        assert has_depth(path)
        found = stored_picture(path)
        assert np.array_equal(found.values, DEEP_COLOURS), path.name
        assert found.audited == Window("", 65535 / 2, 65535.0)
    with pytest.raises(UnreadableImage, match=r"\d+x\d+"):
        stored_picture(tmp_path / "a.png", most_pixels=3 * 34)


def test_colour_dicom_has_no_window() -> None:
    path = Path(str(get_testdata_file("examples_ybr_color.dcm", download=False)))
    assert not has_depth(path)
    with pytest.raises(UnreadableImage, match="colour"):
        stored_picture(path)


def test_what_a_header_claims_is_held_to_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(LEVELS).save(path)
    with pytest.raises(UnreadableImage, match=r"\d+x\d+"):
        stored_picture(path, most_pixels=5)
    with raises_coded(UnreadableImage, "skip.broken", "3x2"):
        stored_picture(_ct(tmp_path / "a.dcm"), most_pixels=5)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"II*\x00\xff\xff\xff\xff"])
def test_damaged_files_are_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UnreadableImage):
        stored_picture(path)
