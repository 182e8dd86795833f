"""Samples on disk: a list of a hundred million would not fit into memory."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, overload

import pyarrow as pa
import pyarrow.ipc

from auditor.domain.mask_references import decode_mask_reference, encode_mask_reference
from auditor.domain.samples import Sample

BATCH: Final = 2048
_SCHEMA: Final = pa.schema(
    [
        ("case_id", pa.string()),
        ("image", pa.string()),
        ("label", pa.string()),
        ("path", pa.binary()),  # as the system writes it: a name need not be UTF-8
        ("mask", pa.string()),
        ("split", pa.string()),
        ("duplicate_group", pa.string()),
        ("slices", pa.string()),
    ]
)


class SampleStore(Sequence[Sample]):
    """A sequence of samples in an unlinked temporary file.

    Args:
        samples: read once, some at a time.
    """

    def __init__(self, samples: Iterable[Sample]) -> None:
        # Closed with the store: it lives as long.
        self._file = tempfile.TemporaryFile(prefix="auditor-samples-")  # noqa: SIM115
        self._length = 0
        stream = iter(samples)
        options = pyarrow.ipc.IpcWriteOptions(compression="zstd")
        with pyarrow.ipc.new_file(self._file, _SCHEMA, options=options) as writer:
            while chunk := list(islice(stream, BATCH)):
                writer.write_table(pa.Table.from_pylist([_row(s) for s in chunk], schema=_SCHEMA))
                self._length += len(chunk)
        self._stored = pyarrow.ipc.open_file(self._file)
        self._near: tuple[int, list[Sample]] = (-1, [])
        self._reading = threading.Lock()

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        if isinstance(index, slice):
            return [self._at(i) for i in range(*index.indices(self._length))]
        return self._at(range(self._length)[index])

    def __iter__(self) -> Iterator[Sample]:
        return (self._at(i) for i in range(self._length))

    def _at(self, index: int) -> Sample:
        batch, place = divmod(index, BATCH)
        held, samples = self._near
        if held != batch:
            with self._reading:
                rows = self._stored.get_batch(batch).to_pylist()
            samples = [_sample(row) for row in rows]
            # One assignment of both: a reader in another thread never sees half of it.
            self._near = (batch, samples)
        return samples[place]


def _row(sample: Sample) -> dict[str, Any]:
    return {
        "case_id": sample.case_id,
        "image": sample.image,
        "label": sample.label,
        "path": os.fsencode(sample.path),
        "mask": None if sample.mask is None else encode_mask_reference(sample.mask),
        "split": sample.split,
        "duplicate_group": sample.duplicate_group,
        "slices": json.dumps(sample.slices) if sample.slices else None,
    }


def _sample(row: dict[str, Any]) -> Sample:
    slices = json.loads(row["slices"]) if row["slices"] else ()
    return Sample(
        case_id=row["case_id"],
        image=row["image"],
        label=row["label"],
        path=Path(os.fsdecode(row["path"])),
        mask=None if row["mask"] is None else decode_mask_reference(row["mask"]),
        split=row["split"],
        duplicate_group=row["duplicate_group"],
        slices=tuple((name, value) for name, value in slices),
    )
