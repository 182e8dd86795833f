"""How fast the dashboard answers on a million cases, in a real browser.

    python -m benchmarks.dashboard RUN [--cases 1000000] [--sessions 16] [--out FILE.json]

RUN is a finished audit, as `auditor demo` makes one; its cases are repeated, each a little changed,
until there are enough of them; its pictures are the real ones. A run that has enough is served
as it is. Needs the `test` extra and a Chromium on a Linux machine. Seconds are of this machine
and its load, so the load average stands beside them, and so does the processor time that the
server and the browser took for the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from playwright.sync_api import Page, sync_playwright

from auditor.storage.digests import FILES, digests, sealed
from auditor.storage.layout import MANIFEST, RUN_FILES, SIGNATURE
from auditor.storage.tables import ROWS_A_GROUP, parquet_options
from benchmarks.dashboard_map import measure_lasso

GOALS = {
    "first paint, cold": 2.0,
    "first paint, warm": 2.0,
    "page turn": 0.3,
    "decision": 0.3,
    "filter": 0.5,
    "find": 0.5,
    "next case, fetched ahead": 0.1,
    "next case, not fetched": 0.3,
}
"""Seconds."""
LASSO_GOAL = 0.1
"""Seconds, of the run's whole map."""
MEMORY_GOAL = 800
"""MB of the server's resident memory."""
AT_ONCE = 50_000
PATIENCE = 240_000
CURRENT = "article.card[aria-current=true]"
LOOKING = 700
"""Milliseconds between two keys: a fast reader's glance at a picture."""
FIND = """window.gallery = () => {
  for (const node of document.querySelectorAll("*")) {
    const found = node.shadowRoot && node.shadowRoot.querySelector(".gallery");
    if (found) return found;
  }
  return document.createElement("div");
};"""
TURNED = "old => { const c = gallery().querySelector('article.card'); return c && c.id !== old; }"
SAVED = "() => !gallery().querySelector('.badge.saving')"
"""A key puts the sign of saving before the press returns; the server's word takes it away."""
FILTERED = """([name, only]) => { const chips = [...gallery().querySelectorAll('.chip span')];
  return chips.length > 0 && chips.every(chip => chip.textContent === name) === only; }"""
HERE = """() => { const session = window[Symbol.for("auditor.session")];
  const card = session.view?.large && session.current();
  return card && session.details.has(card.id) ? card.id : null; }"""
"""The case on the case page, once all that is shown of it is there."""
NEXT = f"old => {{ const id = ({HERE})(); return id && id !== old; }}"
AHEAD = f"""() => {{ const session = window[Symbol.for("auditor.session")];
  const next = session.neighbour(1);
  return ({HERE})() && next && session.details.has(next.id); }}"""
BURST = 6
"""Cases, at once: more than are fetched ahead."""
VERDICTS = ("Misled", "Context", "Suspected", "Undetermined")
"""Of cases; a name that a review bears as well is none of them."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Times:
    """What every measurement took, by what was measured: wall, server's and browser's seconds."""

    server: int
    seen: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)

    @contextmanager
    def measure(self, what: str) -> Iterator[None]:
        """One more."""
        start = self._now()
        yield
        taken = tuple(after - before for before, after in zip(start, self._now(), strict=True))
        self.seen.setdefault(what, []).append((taken[0], taken[1], taken[2]))

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), processor_time({self.server}), processor_time(browsers())


def enlarge(run: Path, out: Path, cases: int) -> None:
    """`run` with its cases repeated to `cases`, worst first, written as an audit writes them.

    Other tables are as they are. No two rows are alike: identities are random, severities are moved
    so far that a page holds different pictures, other scores a little, maps and the text of masks
    are made each row's own, so that nothing compresses better than a real run's.
    """
    out.mkdir(parents=True)
    for file in run.iterdir():
        if file.is_file() and file.name != "cases.parquet":
            shutil.copy(file, out / file.name)
    table = pq.read_table(run / "cases.parquet")
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(table), cases)
    severity = np.clip(
        table["severity"].to_numpy()[rows] * 0.8 + rng.uniform(0, 0.2, cases), 0.0, 1.0
    )
    order = np.argsort(-severity, kind="stable")
    options = parquet_options(table.schema)
    with pq.ParquetWriter(out / "cases.parquet", table.schema, **options) as writer:
        for start in range(0, cases, AT_ONCE):
            places = order[start : start + AT_ONCE]
            part = table.take(pa.array(rows[places])).to_pandas()
            part["severity"] = severity[places]
            _make_own(part, rng)
            made = pa.Table.from_pandas(part, schema=table.schema, preserve_index=False)
            writer.write_table(made, row_group_size=ROWS_A_GROUP["cases"])
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["counts"] |= {"images": cases, "audited": cases}
    others = [name for name in RUN_FILES if name not in (MANIFEST, SIGNATURE)]
    manifest = sealed({**manifest, FILES: digests(out, others)})
    (out / MANIFEST).write_text(json.dumps(manifest))


def _make_own(part: pd.DataFrame, rng: np.random.Generator) -> None:
    part["case_id"] = [rng.bytes(8).hex() for _ in range(len(part))]
    for name in part.select_dtypes("float64").columns.drop("severity"):
        part[name] *= 1 - rng.uniform(0, 1e-3, len(part))
    part["cam"] = [
        bytes(np.frombuffer(cam, np.uint8) ^ rng.integers(0, 8, len(cam), np.uint8))
        for cam in part["cam"]
    ]
    # A key that no reader of masks asks for.
    part["mask"] = [
        mask and mask.replace("{", f'{{"of": "{rng.bytes(60).hex()}", ', 1) for mask in part["mask"]
    ]


def another_picture(cases: Path) -> str:
    """The file of a flagged case that is not the worst one's."""
    found = pq.ParquetFile(cases).read_row_group(0, columns=["image"])["image"].to_pylist()
    for group in range(1, pq.read_metadata(cases).num_row_groups):
        names = pq.ParquetFile(cases).read_row_group(group, columns=["image"])["image"].to_pylist()
        for name in names:
            if name not in found:
                return str(name)
    return str(found[-1])


@contextmanager
def served(runs: Path) -> Iterator[tuple[str, int]]:
    """The dashboard as a process of its own: address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", str(runs), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while not _healthy(f"{url}/_stcore/health"):
            time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def measure(page: Page, url: str, times: Times, *, cold: bool, rounds: int, image: str) -> None:
    """One reader's session: look, turn pages, decide, filter, find `image`."""
    with times.measure("first paint, cold" if cold else "first paint, warm"):
        page.goto(url)
        _painted(page)
    page.wait_for_timeout(1500)
    for _ in range(rounds):
        before = _first(page)
        with times.measure("page turn"):
            page.keyboard.press("PageDown")
            page.wait_for_function(TURNED, arg=before, polling="raf")
            _painted(page)
        page.wait_for_timeout(LOOKING)
    for _ in range(rounds):
        with times.measure("decision"):
            page.keyboard.press("1")
            page.wait_for_function(SAVED, polling="raf")
        page.wait_for_timeout(LOOKING)
    for name in _verdicts(page)[: max(1, rounds // 4)]:
        pill = page.get_by_role("button", name=name, exact=True)
        for wanted in (True, False):
            with times.measure("filter"):
                pill.click()
                page.wait_for_function(FILTERED, arg=[name, wanted], polling="raf")
                _painted(page)
            page.wait_for_timeout(300)
    _find(page, times, image)
    _cases(page, times, rounds)


def _verdicts(page: Page) -> list[str]:
    """What the sidebar lets one choose: the verdicts that the run has, the rarer ones first."""
    pills = (page.get_by_role("button", name=name, exact=True) for name in VERDICTS)
    return [name for name, pill in zip(VERDICTS, pills, strict=True) if pill.count() == 1]


def _find(page: Page, times: Times, image: str) -> None:
    """The name of a file, which a few thousand cases share, and back."""
    field = page.get_by_role("textbox", name="Find")
    for text in (image, ""):
        field.fill(text)
        before = _first(page)
        with times.measure("find"):
            field.press("Enter")
            page.wait_for_function(TURNED, arg=before, polling="raf")
            _painted(page)
        page.wait_for_timeout(300)


def _cases(page: Page, times: Times, rounds: int) -> None:
    """From case to case on the case page: one after the other, and faster than they are fetched."""
    page.keyboard.press("Enter")
    page.wait_for_function(HERE, polling="raf")
    for _ in range(rounds):
        page.wait_for_function(AHEAD, polling="raf")
        page.wait_for_timeout(LOOKING)
        before = page.evaluate(HERE)
        with times.measure("next case, fetched ahead"):
            page.keyboard.press("j")
            page.wait_for_function(NEXT, arg=before, polling="raf")
            _decoded(page, ".stage img.photograph")
    for _ in range(max(1, rounds // 4)):
        for _ in range(BURST - 1):
            page.keyboard.press("j")
        before = page.evaluate(HERE)
        with times.measure("next case, not fetched"):
            page.keyboard.press("j")
            page.wait_for_function(NEXT, arg=before, polling="raf")
            _decoded(page, ".stage img.photograph")
        page.wait_for_timeout(LOOKING)


def memory(pid: int) -> dict[str, float]:
    """MB of resident memory, now and at its highest."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {name: int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}


def main() -> None:
    """Make the run, measure, say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--sessions", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    path = next(found for name in ("chromium", "google-chrome") if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        if pq.read_metadata(given.run / "cases.parquet").num_rows >= given.cases:
            runs.mkdir()
            (runs / "large").symlink_to(given.run.resolve())
        else:
            enlarge(given.run, runs / "large", given.cases)
        image = another_picture(runs / "large" / "cases.parquet")
        with served(runs) as (url, pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            idle = memory(pid)["VmRSS"]
            times = Times(pid)
            pages = []
            for session in range(given.sessions):
                page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                page.set_default_timeout(PATIENCE)
                page.add_init_script(FIND)
                pages.append(page)
                rounds = given.rounds if session == 0 else 2
                start = f"{url}/?run=large"
                measure(page, start, times, cold=session == 0, rounds=rounds, image=image)
            used = memory(pid)
            lines = measure_lasso(pages[0], f"{url}/map?run=large&show=all", 4)
            browser.close()
    result = {
        "cases": given.cases,
        "sessions": given.sessions,
        "load": os.getloadavg(),
        "cores": os.cpu_count(),
        "seconds": {name: _summary(name, seen) for name, seen in times.seen.items()},
        "lasso": {"median": statistics.median(lines), "least": min(lines), "most": max(lines)}
        | {"times": len(lines), "goal": LASSO_GOAL},
        "memory_mb": {"idle": idle, **used, "goal": MEMORY_GOAL},
    }
    text = json.dumps(result, indent=2)
    print(text)
    if given.out:
        given.out.write_text(text + "\n")


def _summary(name: str, seen: list[tuple[float, float, float]]) -> dict[str, float]:
    wall, server, browser = (list(column) for column in zip(*seen, strict=True))
    return {
        "median": statistics.median(wall),
        "least": min(wall),
        "most": max(wall),
        "processor_server": statistics.median(server),
        "processor_browser": statistics.median(browser),
        "times": len(seen),
        "goal": GOALS[name],
    }


def processor_time(processes: set[int]) -> float:
    """Seconds that the processes have worked so far."""
    total = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def browsers() -> set[int]:
    """The Chromium processes that descend from this one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (folder / "stat").read_text().rpartition(")")
        except OSError:
            continue
        parents[int(folder.name)] = (int(rest.split()[1]), "chrom" in name)
    return {pid for pid, (_, chromium) in parents.items() if chromium and _is_ours(pid, parents)}


def _is_ours(pid: int, parents: dict[int, tuple[int, bool]]) -> bool:
    while pid in parents and pid != os.getpid():
        pid = parents[pid][0]
    return pid == os.getpid()


def _healthy(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.read() == b"ok")
    except (URLError, OSError):
        return False


def _first(page: Page) -> str | None:
    return page.locator("article.card").first.get_attribute("id")


def _painted(page: Page) -> None:
    """The first card's photograph is decoded and on the screen."""
    _decoded(page, f"{CURRENT} img.photograph")


def _decoded(page: Page, picture: str) -> None:
    page.wait_for_selector(picture)
    page.locator(picture).evaluate(
        "image => image.decode().then(() => new Promise(requestAnimationFrame))"
    )


if __name__ == "__main__":
    main()
