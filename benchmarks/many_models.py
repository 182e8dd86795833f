"""What sharing pictures saves: several networks in one pass against the same audits one by one.

    python -m benchmarks.many_models [--images 240] [--network mobilenet_v3_small] [--models 3]

Processor time of this process and its threads, decoding among them (no worker processes), so that
the ratio holds on a machine that others use, too. Photographs of 500 x 375 pixels with masks; the
networks have random weights: what is measured is what the audits do, not what they find.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from auditor import wiring
from auditor.config import AuditConfig
from auditor.data.decoded_views import DecodedViews
from auditor.data.loader import Loader
from auditor.data.sources.opening import open_source
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.ports import Silent
from auditor.worker_building import SharedViews
from benchmarks.throughput import write_world


def main() -> None:
    """Print seconds of processor time and their ratio: of pictures alone, of audits without
    interventions, of whole audits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=240)
    parser.add_argument("--network", default="mobilenet_v3_small")
    parser.add_argument("--models", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_world(home, given.images, given.network, masks=True)
        taken(home, argparse.Namespace(network=given.network, models=1), enabled=False, shared=True)
        decoded, kept = pictures(home)
        print(f"pictures: {decoded:.2f} s decoded, {kept:.2f} s kept, {decoded / kept:.1f} times")
        for enabled in (False, True):
            apart = taken(home, given, enabled=enabled, shared=False)
            together = taken(home, given, enabled=enabled, shared=True)
            what = "with interventions" if enabled else "maps and scores alone"
            ratio = apart / together
            print(f"{what}: {apart:.1f} s apart, {together:.1f} s in one pass, {ratio:.2f} times")


def pictures(home: Path) -> tuple[float, float]:
    """Seconds of processor time to decode every picture and mask once, and to read it again."""
    listing = open_source(home / "data", masks=home / "masks")
    samples = [item for item in listing.items() if isinstance(item, Sample)]
    with closing(DecodedViews()) as views:
        loader = Loader(Preprocess(), batch_size=32, hashes=True, views=views)
        seconds = []
        for _ in range(2):
            began = time.process_time()
            assert sum(len(each.batch or ()) for each in loader.load(samples)) == len(samples)
            seconds.append(time.process_time() - began)
    return seconds[0], seconds[1]


def taken(home: Path, given: argparse.Namespace, *, enabled: bool, shared: bool) -> float:
    """Seconds of processor time for all networks."""
    began = time.process_time()
    with closing(SharedViews()) as views:
        for number in range(given.models):
            out = Path(tempfile.mkdtemp(dir=home)) / f"run-{number}"
            config = AuditConfig.from_dict(_tree(home, given.network, out, enabled=enabled))
            wiring.audit(config, progress=Silent(), views=views if shared else None)
    return time.process_time() - began


def _tree(home: Path, network: str, out: Path, *, enabled: bool) -> dict[str, Any]:
    return {
        "data": {"path": home / "data", "masks": home / "masks"},
        "model": {"arch": network, "checkpoint": home / "weights.pt"},
        "interventions": {"enabled": enabled, "per_class": 20, "looks": [20]},
        "run": {"out": out, "device": "cpu", "workers": 0, "accelerate": "off"},
        "report": {"images": False},
    }


if __name__ == "__main__":
    main()
