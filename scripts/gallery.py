"""Make docs/findings.md and its pictures anew, from audits of planted sets.

    auditor benchmark make --out sets --seed 5
    for each set that is to be shown: auditor run sets/NAME/run.toml --out runs/NAME
    python -m scripts.gallery sets runs docs

Every sentence and picture is what a report of the run says; nothing is chosen by hand but the sets.
"""

from __future__ import annotations

import argparse
import io
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from auditor.domain.verdicts import ClassVerdict
from auditor.reports.contents import RunContents, contents_of
from auditor.reports.evidence import CueCard, cue_cards
from auditor.reports.pictures import Thumbnail
from auditor.reports.rows import rows_of
from auditor.storage.run import open_run
from auditor.wording.numbers import share

SIDE, GAP, TEXT = 176, 12, 34
SHOWN = 5
"""Pictures of a strip: more do not fit the width of a page."""
QUALITY = 86
PAGE, PICTURES = "findings.md", Path("images/findings")
HEAD = """# Findings, one of every kind

What an audit says of networks whose shortcut is known, since it was planted: pictures are
rendered, a cue is tied to one class, a small network is trained on them, and the renderer
measures what the class loses without the cue. `auditor benchmark make` writes these sets, and
[the benchmark](benchmark.md) counts how often such findings are right. Here is, of every kind,
a picture of the confirmed class that loses most, with the sentences of the report. `python -m
scripts.gallery` writes this page.
"""


def main() -> None:
    """Write the page and every strip."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", type=Path, help="what `auditor benchmark make` wrote")
    parser.add_argument("runs", type=Path, help="a run for each set that is shown, by its name")
    parser.add_argument("docs", type=Path)
    given = parser.parse_args()
    (given.docs / PICTURES).mkdir(parents=True, exist_ok=True)
    names = sorted(each.parent.name for each in given.runs.glob("*/manifest.json"))
    sections = [section(name, given.sets, given.runs, given.docs) for name in names]
    (given.docs / PAGE).write_text("\n".join([HEAD, *sections]), encoding="utf-8")


def section(name: str, sets: Path, runs: Path, docs: Path) -> str:
    """One finding in Markdown; its strip is written beside."""
    contents = contents_of(open_run(runs / name))
    truth = json.loads((sets / name / "truth.json").read_text(encoding="utf-8"))
    card = finding(contents, name)
    picture = PICTURES / f"{name.partition('-')[2]}.webp"
    strip(card.cases[0].pictures[:SHOWN]).save(docs / picture, quality=QUALITY)
    return "\n".join(words(card, truth, picture.as_posix()))


def finding(contents: RunContents, name: str) -> CueCard:
    """The confirmed class that loses most.

    Raises:
        SystemExit: where none is confirmed, or no picture of it is at hand.
    """
    rows = rows_of(contents.classes)
    confirmed = [row for row in rows if row["verdict"] == ClassVerdict.CONFIRMED.value]
    worst = sorted(confirmed, key=lambda row: -row["background_effect"])[:1]
    for card in cue_cards(contents, worst, pictures=True):
        if card.cases:
            return card
    raise SystemExit(f"{name}: expected a confirmed class with pictures, got none")


def words(card: CueCard, truth: dict[str, Any], picture: str) -> list[str]:
    """Title, strip, what was planted, what was found."""
    row, planted = card.row, truth["classes"][card.row["class"]]
    kind = str(truth["kind"]).replace("-", " ")
    where = f", {card.where}" if card.where else ""
    return [
        f"## {kind[0].upper()}{kind[1:]}",
        "",
        f"![{row['class']}: {card.cases[0].reason}]({picture})",
        "",
        f'**Planted:** "{row["class"]}" carries its cue in {share(planted["correlation"])} of its'
        f" pictures and loses {share(planted['loss'])} without it.",
        "",
        f"**Found:** `{row['verdict']}`, {row['cue']}{where}. {card.reason}",
        "",
        f"**This picture:** {card.cases[0].reason}",
        "",
    ]


def strip(pictures: list[Thumbnail]) -> Image.Image:
    """The pictures side by side, each with its caption and the label's probability below."""
    width = len(pictures) * (SIDE + GAP) - GAP
    sheet = Image.new("RGB", (width, SIDE + TEXT), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for number, each in enumerate(pictures):
        left = number * (SIDE + GAP)
        shown = Image.open(io.BytesIO(b64decode(each.source.partition(",")[2])))
        sheet.paste(shown.resize((SIDE, SIDE), Image.Resampling.BICUBIC), (left, 0))
        pen.text((left, SIDE + 3), each.caption[:32], fill="black", font=font)
        if each.probability is not None:
            pen.text((left, SIDE + 18), share(each.probability), fill="black", font=font)
    return sheet


if __name__ == "__main__":
    main()
