"""The audited data with its verdicts as a Croissant dataset: a table and its JSON-LD description.

Croissant 1.0 (MLCommons; Akhtar et al. 2024, "Croissant: A Metadata Format for ML-Ready Datasets").
The pictures are not copied: a record names them as the audit's manifest does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from auditor.domain.columns import Column
from auditor.domain.errors import RunError
from auditor.domain.exports import EXPORTS, Export
from auditor.domain.schema import SLICE_PREFIX
from auditor.export import csv_bytes, select
from auditor.storage.atomic import write_output
from auditor.storage.csv_text import holds_bytes
from auditor.storage.run import Run

CONFORMS_TO: Final = "http://mlcommons.org/croissant/1.0"
CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TYPES: Final[Mapping[str, str]] = {
    "string": "sc:Text",
    "int": "sc:Integer",
    "float": "sc:Float",
    "bool": "sc:Boolean",
}
RECORDS: Final = "cases"


def write_croissant(run: Run, out: Path) -> int:
    """Write the metadata, and the table of cases that it describes beside it.

    Args:
        run: a finished run.
        out: the metadata, a .json file; the table is `<its stem>-cases.csv`.

    Returns:
        How many records the table has.

    Raises:
        RunError: `out` does not end in .json, or a table of the run cannot be read.
    """
    if out.suffix.lower() != ".json":
        raise RunError(
            "Croissant metadata is a JSON file.",
            code="output.suffix",
            expected="a name that ends in .json",
            got=out.name,
            remedy="name another --out",
        )
    rows = select(run, Export.CASES.value)
    table = out.with_name(f"{out.stem}-cases.csv")
    content = csv_bytes(rows)
    names = [str(name) for name in rows.columns if not holds_bytes(rows[name])]
    write_output(table, content)
    described = _description(run, table.name, content, names)
    write_output(out, json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    return len(rows)


def _description(run: Run, file: str, content: bytes, columns: list[str]) -> dict[str, Any]:
    about = run.metadata
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": run.name,
        "description": (
            f"{about.counts.audited} cases of {about.audited_pictures} audited pictures with "
            "saliency scores, answers to changed pictures, verdicts and reviews. SHA-256 of the "
            f"audited data: {about.fingerprints.dataset}."
        ),
        "version": "1.0.0",
        "datePublished": about.created,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file,
                "name": file,
                "contentUrl": file,
                "encodingFormat": "text/csv",
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": RECORDS,
                "name": RECORDS,
                "key": {"@id": f"{RECORDS}/case_id"},
                "field": [*_fields(file, columns)],
            }
        ],
    }


def _fields(file: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    known = {column.name: column for column in EXPORTS[Export.CASES].columns}
    for name in columns:
        column = known.get(name) or Column(name, "string", name.removeprefix(SLICE_PREFIX))
        yield {
            "@type": "cr:Field",
            "@id": f"{RECORDS}/{name}",
            "name": name,
            "description": column.meaning,
            "dataType": TYPES[column.kind],
            "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
        }
