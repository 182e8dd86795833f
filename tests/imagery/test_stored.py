"""Stored values: exact, upright, in the file's unit, and never more than a header may claim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from auditor.imagery.decode import UnreadableImage
from auditor.imagery.stored import Window, has_depth, stored_picture
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
    with pytest.raises(UnreadableImage, match="nothing to window"):
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


def test_colour_dicom_has_no_window() -> None:
    path = Path(str(get_testdata_file("examples_ybr_color.dcm", download=False)))
    assert not has_depth(path)
    with pytest.raises(UnreadableImage, match="colour"):
        stored_picture(path)


def test_what_a_header_claims_is_held_to_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(LEVELS).save(path)
    with pytest.raises(UnreadableImage, match="too many"):
        stored_picture(path, most_pixels=5)
    with pytest.raises(UnreadableImage, match="too many"):
        stored_picture(_ct(tmp_path / "a.dcm"), most_pixels=5)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"II*\x00\xff\xff\xff\xff"])
def test_damaged_files_are_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UnreadableImage):
        stored_picture(path)
