"""Stored values are handed out by signed addresses only, for a while, from under the data root."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from auditor.storage.run import Run
from dashboard import launch, stored_values
from dashboard.runs import signed
from tests.fakes.runs import make_run

DEEP = np.linspace(0, 65535, 96 * 96).astype(np.uint16).reshape(96, 96)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(launch.RUNS_VARIABLE, str(tmp_path / "runs"))
    found = make_run(tmp_path / "runs" / "deep", classes=2, per_class=2)
    Image.fromarray(DEEP).save(data_root(found) / "deep.png")
    Image.fromarray(DEEP).save(tmp_path / "secret.png")
    return found


def data_root(run: Run) -> Path:
    return Path(str(run.manifest["data_root"]))


def asked(address: str) -> Response:
    query = address.partition("?")[2]
    scope = {"type": "http", "method": "GET", "path": "/stored", "headers": []}
    return stored_values.answer(Request({**scope, "query_string": query.encode()}))


def test_a_signed_address_opens_one_picture(run: Run) -> None:
    answer = asked(signed.address("deep", "deep.png"))
    assert answer.status_code == 200
    content = bytes(answer.body)
    length = int.from_bytes(content[:4], "little")
    told = json.loads(content[4 : 4 + length])
    values = np.frombuffer(content[4 + length :], dtype="<u2")
    assert (4 + length) % 2 == 0
    assert np.array_equal(values.reshape(told["height"], told["width"]), DEEP)
    assert (told["lowest"], told["highest"], told["slope"]) == (0.0, 65535.0, 1.0)


@pytest.mark.parametrize("name", ["run", "image", "until", "sign"])
def test_whatever_is_changed_in_an_address_closes_it(run: Run, name: str) -> None:
    query = dict(parse_qsl(signed.address("deep", "deep.png").partition("?")[2]))
    query[name] = str(float(query[name]) + 1) if name == "until" else query[name] + "x"
    assert asked("stored?" + urlencode(query)).status_code == 403
    del query[name]
    assert asked("stored?" + urlencode(query)).status_code == 403


def test_an_address_made_anew_is_another_one() -> None:
    """A page takes the same address for the one that it has tried."""
    assert signed.address("deep", "deep.png", now=1.0) != signed.address(
        "deep", "deep.png", now=1.002
    )


def test_an_address_ends(run: Run) -> None:
    long_ago = time.time() - signed.LIFETIME - 1
    assert asked(signed.address("deep", "deep.png", now=long_ago)).status_code == 403


@pytest.mark.parametrize("image", ["../../secret.png", "gone.png", "\x00"])
def test_even_a_signed_name_stays_under_the_root(run: Run, image: str) -> None:
    answer = asked(signed.address("deep", image))
    assert answer.status_code in (404, 422)
    assert str(run.path.parent).encode() not in bytes(answer.body)


def test_a_run_that_is_gone_and_a_picture_of_eight_bits_are_told(run: Run) -> None:
    assert asked(signed.address("gone", "deep.png")).status_code == 404
    plain = run.cases()["image"].iloc[0]
    assert asked(signed.address("deep", plain)).status_code == 422
