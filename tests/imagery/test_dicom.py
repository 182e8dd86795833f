"""DICOM as a viewer shows it, on the files that pydicom ships."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless

from auditor.imagery.decode import UnreadableImage, decode_image, is_image_file, read_header
from auditor.imagery.decoding import dicom_header
from tests.fakes.coded import raises_coded


def _file(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def _saved(path: Path, **changes: object) -> Path:
    """A 2 x 3 copy of the CT whose stored values are 0, 100, 200, 300, 400, 500."""
    data = pydicom.dcmread(_file("CT_small.dcm"))
    data.Rows, data.Columns = 2, 3
    data.PixelData = np.arange(0, 600, 100, dtype="<i2").tobytes()
    for name in ("RescaleSlope", "RescaleIntercept"):
        del data[name]
    for name, value in changes.items():
        setattr(data, name, value)
    data.save_as(path)
    return path


def test_without_a_window_from_the_lowest_to_the_highest_value(tmp_path: Path) -> None:
    decoded = decode_image(_saved(tmp_path / "a.dcm"))
    assert decoded[..., 0].tolist() == [[0, 51, 102], [153, 204, 255]]
    assert np.array_equal(decoded[..., 0], decoded[..., 2])


def test_monochrome1_is_inverted(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.dcm", PhotometricInterpretation="MONOCHROME1")
    assert decode_image(path)[..., 0].tolist() == [[255, 204, 153], [102, 51, 0]]


def test_a_window_by_hand(tmp_path: Path) -> None:
    # PS3.3 C.11.2.1.2.1, c = 250.5, w = 201: black up to 150, white above 350, between them
    # ((x - 250) / 200 + .5) * 255: 200 gives 63.75, 300 gives 191.25.
    path = _saved(tmp_path / "a.dcm", WindowCenter=250.5, WindowWidth=201)
    assert decode_image(path)[..., 0].tolist() == [[0, 0, 64], [191, 255, 255]]


def test_the_modality_comes_before_the_window(tmp_path: Path) -> None:
    # Stored 200 is 2 * 200 - 1000 = -600: ((-600 + 499.5) / 400 + .5) * 255 = 63.4, and 300 is
    # -400: 190.9.
    path = _saved(
        tmp_path / "a.dcm",
        WindowCenter=-499,
        WindowWidth=401,
        RescaleSlope=2,
        RescaleIntercept=-1000,
    )
    assert decode_image(path)[..., 0].tolist() == [[0, 0, 63], [191, 255, 255]]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *(("CT_small.dcm", (128, 128)), ("MR_small_RLE.dcm", (64, 64))),
        *(("examples_palette.dcm", (350, 800)), ("examples_ybr_color.dcm", (240, 320))),
        *(("SC_rgb_rle_16bit_2frame.dcm", (100, 100)), ("MR_small_bigendian.dcm", (64, 64))),
    ],
)
def test_files_of_many_kinds(name: str, size: tuple[int, int]) -> None:
    decoded = decode_image(_file(name))
    assert decoded.shape == (*size, 3)
    assert decoded.dtype == np.uint8
    assert decoded.std() > 5
    header = read_header(_file(name))
    assert (header.height, header.width) == size


def test_a_file_without_an_image_says_so() -> None:
    for read in (decode_image, read_header):
        with raises_coded(UnreadableImage, "skip.broken", "without an image"):
            read(_file("rtplan.dcm"))


def test_further_frames_are_noted() -> None:
    assert read_header(_file("SC_rgb_rle_2frame.dcm")).animated
    assert not read_header(_file("CT_small.dcm")).animated


def test_colours_are_the_files_own(tmp_path: Path) -> None:
    eight, sixteen = _file("SC_rgb_rle.dcm"), _file("SC_rgb_rle_16bit.dcm")
    stored = pydicom.dcmread(eight).pixel_array
    assert np.array_equal(decode_image(eight), stored)
    assert np.array_equal(decode_image(sixteen), stored)


def test_a_file_without_a_suffix_is_known_by_its_preamble(tmp_path: Path) -> None:
    (tmp_path / "IM0001").write_bytes(_file("MR_small.dcm").read_bytes())
    Image.fromarray(np.full((4, 4), 9, dtype=np.uint8)).save(tmp_path / "photo", "PNG")
    assert decode_image(tmp_path / "IM0001").shape == (64, 64, 3)
    assert decode_image(tmp_path / "photo").max() == 9


def test_damaged_dicom_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.dcm").write_text("no DICOM")
    for path in (tmp_path / "text.dcm", _file("MR_truncated.dcm"), tmp_path / "gone.dcm"):
        with pytest.raises(UnreadableImage):
            decode_image(path)


def test_a_monster_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    with raises_coded(UnreadableImage, "skip.broken", "60000x60000"):
        decode_image(_saved(tmp_path / "a.dcm", Rows=60000, Columns=60000))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_never_raises_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(_saved(tmp_path / "whole.dcm").read_bytes())
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    damaged = tmp_path / "damaged.dcm"
    damaged.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with suppress(UnreadableImage):
        decode_image(damaged)


def test_pydicom_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with raises_coded(UnreadableImage, "skip.dicom", "shortcut-auditor[medical]"):
        decode_image(tmp_path / "a.dcm")


def _ramp(path: Path, **changes: object) -> Path:
    """The stored values 0, 1000, 2000, 3000, 4000 in one row of the CT."""
    data = pydicom.dcmread(_file("CT_small.dcm"))
    data.Rows, data.Columns = 1, 5
    data.PixelData = np.arange(0, 5000, 1000, dtype="<i2").tobytes()
    for name in ("RescaleSlope", "RescaleIntercept"):
        del data[name]
    for name, value in changes.items():
        setattr(data, name, value)
    data.save_as(path)
    return path


RAMP = [[0, 64, 128, 191, 255]]


@pytest.mark.parametrize(
    "changes",
    [
        {"WindowCenter": None, "WindowWidth": None},
        {"WindowWidth": 4096},
        {"WindowCenter": 2048, "WindowWidth": None},
        {"WindowCenter": 2048, "WindowWidth": 0},
        {"WindowCenter": ["", ""], "WindowWidth": ["", ""]},
        {"VOILUTSequence": pydicom.Sequence()},
        {"ModalityLUTSequence": pydicom.Sequence()},
        {"VOILUTSequence": pydicom.Sequence([pydicom.Dataset()])},
        {"RescaleSlope": None, "RescaleIntercept": None},
        {"RescaleIntercept": 0},
        {"RescaleSlope": 0, "RescaleIntercept": 0},
        {"WindowCenter": 2000.5, "WindowWidth": 4001, "VOILUTFunction": ""},
        {"WindowCenter": 2000.5, "WindowWidth": 4001, "VOILUTFunction": "LINEARITY"},
        {"WindowCenter": ["", "2000.5"], "WindowWidth": ["80", "4001"]},
    ],
)
def test_an_attribute_without_a_usable_value_is_absent(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    assert decode_image(_ramp(tmp_path / "a.dcm", **changes))[..., 0].tolist() == RAMP


def test_a_lookup_table_is_the_window(tmp_path: Path) -> None:
    table = pydicom.Dataset()
    table.add_new("LUTDescriptor", "US", [3, 1000, 8])
    table.add_new("LUTData", "US", [0, 128, 255])
    data = {"VOILUTSequence": pydicom.Sequence([table])}
    decoded = decode_image(_ramp(tmp_path / "a.dcm", **data))
    assert decoded[0, 0, 0] == 0  # below the first mapped value
    assert decoded[0, -1, 0] == 255


@pytest.mark.parametrize(("kind", "bits"), [("US", 8), ("OW", 8), ("US", 16), ("OW", 16)])
def test_a_table_of_many_entries_is_read_at_its_places(
    tmp_path: Path, kind: str, bits: int
) -> None:
    """4,096 entries: a gamma of a half, from 1,000 on."""
    shown = (np.linspace(0.0, 1.0, 4096) ** 0.5 * (2**bits - 1)).astype(np.uint16)
    table = pydicom.Dataset()
    table.add_new("LUTDescriptor", "US", [len(shown), 1000, bits])
    table.add_new("LUTData", kind, shown.tobytes() if kind == "OW" else shown.tolist())
    data = pydicom.dcmread(_ramp(tmp_path / "a.dcm"))
    stored = np.array([0, 1000, 2000, 3000, 9000], dtype="<i2")
    data.PixelData, data.Rows, data.Columns = stored.tobytes(), 1, 5
    data.RescaleSlope, data.RescaleIntercept = 1, 0
    data.VOILUTSequence = pydicom.Sequence([table])
    data.save_as(tmp_path / "a.dcm")
    grey = decode_image(tmp_path / "a.dcm")[0, :, 0].astype(int)
    expected = [0, 0, *(round(255 * (place / 4095) ** 0.5) for place in (1000, 2000)), 255]
    assert np.abs(grey - expected).max() <= 1


@pytest.mark.parametrize("padding", [-2000, 63536])
def test_padding_is_left_out_of_the_range(tmp_path: Path, padding: int) -> None:
    data = pydicom.dcmread(_ramp(tmp_path / "a.dcm"))
    data.PixelData = np.array([-2000, 0, 1000, 3000, 4000], dtype="<i2").tobytes()
    data.add_new("PixelPaddingValue", "US" if padding > 0 else "SS", padding)
    data.save_as(tmp_path / "a.dcm")
    assert decode_image(tmp_path / "a.dcm")[0, :, 0].tolist() == [0, 0, 64, 191, 255]


def test_a_file_without_a_preamble(tmp_path: Path) -> None:
    for syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian):
        data = pydicom.dcmread(_ramp(tmp_path / "a.dcm"))
        bare = pydicom.Dataset({tag: data[tag] for tag in data.keys()})  # noqa: SIM118
        path = tmp_path / "bare.dcm"
        implicit = syntax == ImplicitVRLittleEndian
        pydicom.dcmwrite(path, bare, implicit_vr=implicit, little_endian=True)
        assert path.read_bytes()[128:132] != b"DICM"
        assert decode_image(path)[..., 0].tolist() == RAMP
        path = path.rename(tmp_path / "IM0001")
        assert decode_image(path)[..., 0].tolist() == RAMP


@pytest.mark.parametrize("name", ["IM0001", "a.IMA", "1.2.840.113619.2.55", "A.DCM", "0004.7"])
def test_names_that_scanners_give(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    path = _ramp(tmp_path / "data" / "a.dcm").rename(tmp_path / "data" / name)
    assert is_image_file(path)
    assert decode_image(path)[..., 0].tolist() == RAMP
    (path.parent / "notes").write_text("no picture")
    (path.parent / "list.7").write_text("no picture")
    assert not is_image_file(path.parent / "notes")
    assert not is_image_file(path.parent / "list.7")


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle.dcm"),  # JPEG lossless, first order prediction
    ],
)
def test_compressed_pictures_are_their_uncompressed_twins(name: str, twin: str) -> None:
    assert np.array_equal(decode_image(_file(name)), decode_image(_file(twin)))


def test_twelve_bit_jpeg() -> None:
    assert decode_image(_file("JPGExtended.dcm")).shape == (1024, 256, 3)


def test_a_missing_plug_in_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file("MR_small_jpeg_ls_lossless.dcm")
    monkeypatch.setattr(get_decoder(JPEGLSLossless), "_available", {})
    with raises_coded(UnreadableImage, "skip.broken", "JPEG-LS", "pylibjpeg", "[medical]"):
        decode_image(path)


def test_a_compressed_picture_that_claims_another_size_is_not_decoded(tmp_path: Path) -> None:
    content = bytearray(_file("MR_small_jp2klossless.dcm").read_bytes())
    at = content.index(b"\xff\x4f\xff\x51")
    content[at + 8 : at + 16] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.dcm").write_bytes(content)
    with raises_coded(UnreadableImage, "skip.broken", "60000x60000", "64x64"):
        decode_image(tmp_path / "bomb.dcm")


def test_a_deflated_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pydicom.dcmread(_file("image_dfl.dcm"))
    assert decode_image(_file("image_dfl.dcm")).shape == (data.Rows, data.Columns, 3)
    monkeypatch.setattr(dicom_header, "MOST_INFLATED", 100_000)
    for read in (decode_image, read_header):
        with raises_coded(UnreadableImage, "skip.broken", "100,000 bytes"):
            read(_file("image_dfl.dcm"))


def test_a_decoder_that_runs_into_its_own_bound_is_an_unreadable_image(tmp_path: Path) -> None:
    # pylibjpeg-rle is written in Rust: its panic is no `Exception` and ended the process.
    content = bytearray(_file("MR_small_RLE.dcm").read_bytes())
    content[-1446] = 0x7F
    path = tmp_path / "a.dcm"
    path.write_bytes(content)
    with pytest.raises(UnreadableImage):
        decode_image(path)
