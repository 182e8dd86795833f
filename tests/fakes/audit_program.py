"""Stands in for `python -m auditor`: `run CONFIG --out RUN` in a moment, as orders.json wants it.

orders.json beside the configuration: `template` (a finished run to copy), `summary` (what to put
over its summary), `exit` (code to leave with instead), `says` (on stderr), `hold` (wait, with the
run's lock held, until the file `let-go` is there). Every start is noted in starts.txt.
`repair RUN --data TRAIN --out DIR` makes one round, after which `repaired` is confirmed, or
leaves with `repair exit`.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from auditor.repairs.records import Audited, Repair, Round, save
from auditor.storage.lock import FolderLock
from auditor.storage.run import open_run
from tests.fakes.resealing import reseal


def repair(words: list[str]) -> int:
    run, out = Path(words[0]), Path(words[words.index("--out") + 1])
    home = out.parents[1]
    orders = json.loads((home / "orders.json").read_text())
    with (home / "starts.txt").open("a") as starts:
        starts.write(f"repair {run.name} {' '.join(words[1:])}\n")
    if "repair exit" in orders:
        print("no such pictures", file=sys.stderr)
        return int(orders["repair exit"])
    shutil.copytree(orders["template"], out / "round-1")
    before, found = (Audited.of(open_run(path)) for path in (run, out / "round-1"))
    after = replace(found, confirmed=tuple(orders["repaired"]))
    kept = Round(1, {"nothing": None}, "counterexamples", "round-1.safetensors", after)
    save(Repair(before, (kept,), {}, "rounds used up" if after.confirmed else "gone"), out)
    return 0


def main() -> int:
    if sys.argv[1] == "repair":
        return repair(sys.argv[2:])
    _, command, config, _, out_text, *more = sys.argv
    home, out = Path(config).parent, Path(out_text)
    orders = json.loads((home / "orders.json").read_text())
    with (home / "starts.txt").open("a") as starts:
        starts.write(f"{command} {out.name} {' '.join(more)}\n")
    if "exit" in orders:
        print(orders.get("says", ""), file=sys.stderr)
        return int(orders["exit"])
    out.mkdir(parents=True, exist_ok=True)
    lock = FolderLock.acquire(out)
    (out / "parts").mkdir(exist_ok=True)
    while orders.get("hold") and not (home / "let-go").exists():
        time.sleep(0.02)
    (out / "parts").rmdir()
    template = Path(orders["template"])
    for file in template.iterdir():
        if file.name != "manifest.json":
            shutil.copy(file, out)
    summary = json.loads((template / "summary.json").read_text()) | orders.get("summary", {})
    (out / "summary.json").write_text(json.dumps(summary))
    shutil.copy(template / "manifest.json", out)
    reseal(out)
    lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
