"""Stands in for `python -m auditor`: `run CONFIG --out RUN` in a moment, as orders.json wants it.

orders.json beside the configuration: `template` (a finished run to copy), `summary` (what to put
over its summary), `exit` (code to leave with instead), `says` (on stderr), `hold` (wait, with the
run's lock held, until the file `let-go` is there). Every start is noted in starts.txt.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from auditor.storage.lock import FolderLock
from tests.fakes.resealing import reseal


def main() -> int:
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
