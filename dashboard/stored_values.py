"""The route that hands out a picture's stored values, for window and level in the browser.

An answer is four bytes (little-endian) with the length of a JSON text, that text, and the values
row by row, uint16, little-endian: the network's view in the file's own pixels, three of each pixel
where the text says `colour`. Where the text says
`table`, 65,536 bytes follow: the grey by which the audit showed each value.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from auditor.domain.bounds import MOST_PIXELS
from auditor.domain.errors import AuditorError
from auditor.imagery.decode import UnreadableImage
from auditor.imagery.stored import LEVELS, StoredPicture, stored_picture
from auditor.imagery.view import field_of_view
from auditor.storage.manifest import preprocess_of
from dashboard import launch
from dashboard.runs import access as run_access
from dashboard.runs import images, signed

AT_ONCE: Final = 2
"""Pictures that are decoded at the same time: each takes some hundred MB at most."""
_decoding = BoundedSemaphore(AT_ONCE)


def answer(request: Request) -> Response:
    """What a signed address opens; runs in a thread of its own."""
    asked = signed.opened(request.query_params)
    if asked is None:
        return PlainTextResponse("This address was not made here, or has ended.", 403)
    try:
        content = _content(*asked)
    except UnreadableImage as error:
        return PlainTextResponse(error.reason, 422)
    except AuditorError as error:
        return PlainTextResponse(error.problem, 422)
    except (OSError, ValueError, RuntimeError):
        return PlainTextResponse("The picture is not where the audit found it.", 404)
    headers = {"Cache-Control": f"private, max-age={signed.LIFETIME}"}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _content(run: str, image: str) -> bytes:
    catalog = run_access.catalog(launch.runs_folder())
    if run not in catalog.names():
        raise ValueError(run)
    manifest = run_access.run_named(catalog, run).metadata
    path = images.resolve(Path(manifest.data_root), image)
    with _decoding:
        picture = stored_picture(path)
        values = field_of_view(
            picture.values,
            preprocess_of(manifest),
            fill=LEVELS if picture.inverted else 0,
            most_pixels=MOST_PIXELS // (3 if picture.values.ndim == 3 else 1),
        )
        size = {"height": len(values), "width": values.shape[1], "colour": values.ndim == 3}
        head = json.dumps(_told(picture) | size)
        # Two bytes a value have to begin at an even place.
        told = head.encode() + b" " * (len(head.encode()) % 2)
        table = b"" if picture.table is None else picture.table.tobytes()
        stored = np.asarray(values, dtype="<u2").tobytes()
        return len(told).to_bytes(4, "little") + told + stored + table


def _told(picture: StoredPicture) -> dict[str, Any]:
    return {
        "slope": picture.slope,
        "intercept": picture.intercept,
        "unit": picture.unit,
        "lowest": picture.lowest,
        "highest": picture.highest,
        "inverted": picture.inverted,
        "audited": asdict(picture.audited),
        "table": picture.table is not None,
        "windows": [asdict(window) for window in picture.windows],
    }


ROUTE: Final = Route(f"/{signed.PATH}", answer, methods=["GET"])
