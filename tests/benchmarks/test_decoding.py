"""The benchmark of decoding on a GPU: refused without one, right where it can be tried."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks import decoding
from benchmarks.loading import BATCH, SIDE, photographs

CPU = torch.device("cpu")


def test_without_a_gpu_it_refuses_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(decoding, "interleaved", lambda *_: pytest.fail("it measured"))
    with pytest.raises(SystemExit) as caught:
        decoding.main([])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "CUDA" in said
    assert "--device cpu" in said


def test_a_device_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        decoding.main(["--device", "abacus"])
    assert caught.value.code == 2
    assert "abacus" in capsys.readouterr().err


def test_both_ways_end_with_every_image_in_batches_of_one_size(tmp_path: Path) -> None:
    files = photographs(tmp_path, BATCH + 3, 320)
    batches = list(decoding.decoded(files, CPU))
    assert [len(each) for each in batches] == [BATCH, 3]
    assert {tuple(image.shape) for each in batches for image in each} == {(3, 240, 320)}
    for way in (decoding.here(0, CPU), decoding.there(CPU)):
        assert way(files) == len(files)


def test_differences_tell_other_pixels_and_a_decoder_that_does_not_repeat_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = photographs(tmp_path, 2, 2 * SIDE)
    same = decoding.differences(files, CPU)
    assert (same.share, same.mean, same.most, same.view, same.repeats) == (0, 0, 0, 0, True)
    decode, calls = decoding.decode_jpeg, []

    def brighter(contents: list[torch.Tensor], **given: object) -> list[torch.Tensor]:
        calls.append(contents)
        return [each // 2 + len(calls) for each in decode(contents, **given)]

    monkeypatch.setattr(decoding, "decode_jpeg", brighter)
    other = decoding.differences(files, CPU)
    assert other.share > 0.9
    assert other.mean > 10
    assert not other.repeats
    assert "ANOTHER" in str(other)
