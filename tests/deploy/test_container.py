"""The container's files: what they name exists, what they promise is there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from auditor.schedule.cron import Cron
from auditor.schedule.emit import OWNER, Machine, kubernetes
from auditor.schedule.values import Schedule
from deploy.digests import PIN, digest_of, pinned_files, pins, renew
from deploy.sbom import document as bill_of
from deploy.sbom import pinned

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
OWN = ("dashboard", "scheduler", "notebook")
BUILT_HERE = re.compile(r"shortcut-auditor:(?:audit|dashboard|notebook)")


def stages() -> dict[str, str]:
    """Text of each build stage by its name."""
    parts = re.split(r"^FROM (\S+) AS (\w+)$", DOCKERFILE, flags=re.MULTILINE)[1:]
    return {name: text for _, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def test_hadolint_has_no_complaint() -> None:
    done = subprocess.run(
        ["hadolint", str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_image_runs_as_nobody_in_particular_and_is_checked() -> None:
    targets = stages()
    assert list(targets)[-1] == "audit", "the default target is the last one"
    for name in ("dashboard", "notebook", "audit"):
        assert f"USER {OWNER}" in targets[name]
        assert "HEALTHCHECK" in targets[name]
    for name in ("dashboard", "command"):
        assert f"useradd --create-home --uid {OWNER}" in targets[name]


def test_the_dashboard_image_asks_for_no_torch() -> None:
    assert "torch" not in stages()["dashboard"]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = {
        source
        for words in re.findall(r"^COPY (.+)$", DOCKERFILE, flags=re.MULTILINE)
        for source in words.split()[:-1]
    }
    assert copied == kept
    assert all((ROOT / source).exists() for source in copied)


def test_the_wheel_needs_no_file_that_the_image_lacks() -> None:
    """`pip install /src` builds from what was copied: every path that pyproject names."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    files = re.search(r"^license-files = (.+)$", project, flags=re.MULTILINE)
    assert files
    copied = DOCKERFILE.split("AS dashboard")[1]
    for name in re.findall(r'"([^"]+)"', files[1]):
        assert name.split("/")[0] in copied


def test_compose_runs_them_all_with_health_checks_and_jupyter_only_when_asked() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"database", *OWN}
    assert all(service["healthcheck"]["test"] for service in services.values())
    for name in OWN:
        service = services[name]
        assert service["read_only"] is True
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108
        assert service["cap_drop"] == ["ALL"]
        assert service["build"]["target"] in stages()
        assert service["depends_on"]["database"]["condition"] == "service_healthy"
        assert "runs:/audits/runs" in service["volumes"]
    assert services["dashboard"]["ports"] == ["127.0.0.1:8501:8501"]
    assert services["notebook"]["ports"] == ["127.0.0.1:8888:8888"]
    assert [name for name in services if "profiles" in services[name]] == ["notebook"]
    assert services["notebook"]["build"]["args"] == services["scheduler"]["build"]["args"]


def test_a_health_check_asks_what_its_target_asks() -> None:
    for name in ("dashboard", "notebook"):
        words = COMPOSE["services"][name]["healthcheck"]["test"]
        assert json.dumps(words[1:]) in stages()[COMPOSE["services"][name]["build"]["target"]]


def test_another_index_gives_torch_alone() -> None:
    """Its mirror holds few versions of what torch asks for: all else comes by the lock."""
    plain = re.sub(r"\\\n\s*", "", stages()["command"])
    (other,) = re.findall(r'pip install [^;]*--index-url "\$\{TORCH_INDEX\}" ([^;]*);', plain)
    assert other.split() == ["torch", "torchvision"]
    assert "--no-deps -c /src/requirements.lock --index-url" in plain


def test_the_notebooks_of_the_image_find_the_sample_data_beside_them() -> None:
    stage = stages()["notebook"]
    place = Path(re.findall(r"^COPY examples/notebooks (\S+)$", stage, flags=re.MULTILINE)[0])
    found = re.findall(r"ln -s /src/sample_data (\S+)", stage)
    for book in (ROOT / "examples" / "notebooks").glob("*.ipynb"):
        relative = re.findall(r'SAMPLE = Path\(\\"([^"\\]+)', book.read_text(encoding="utf-8"))
        assert [os.path.normpath(place / each) for each in relative] == found


def test_compose_holds_no_password() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:PASSWORD: |auditor:)(\$\{\w+)", text)) == {"${POSTGRES_PASSWORD"}


def test_the_gpu_file_adds_to_a_service_of_the_other() -> None:
    more = yaml.safe_load((DEPLOY / "compose.gpu.yaml").read_text(encoding="utf-8"))
    assert set(more["services"]) <= set(COMPOSE["services"])


@pytest.mark.parametrize("words", [COMPOSE["services"]["scheduler"]["healthcheck"]["test"][1:]])
def test_the_schedulers_health_check_tells_a_database_that_is_away(
    words: list[str], tmp_path: Path
) -> None:
    assert words[0] == "auditor"
    command = [sys.executable, "-m", *words]

    def code(url: str) -> int:
        # From elsewhere, as in the image: the folder of runs is `runs` here.
        environment = {"PYTHONPATH": str(ROOT), "AUDITOR_DATABASE_URL": url, "PATH": "/usr/bin"}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, check=False
        ).returncode

    (tmp_path / "runs").mkdir()
    assert code(f"sqlite:///{tmp_path / 'reviews.sqlite3'}") == 0
    assert code(f"sqlite:///{tmp_path / 'nowhere' / 'reviews.sqlite3'}") != 0


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_takes_every_manifest(path: Path) -> None:
    documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    assert documents
    for document in documents:
        kubernetes_validate.validate(document, "1.31", strict=True)


def test_the_cronjob_is_what_emit_prints() -> None:
    audits = Path("/audits")
    schedule = Schedule(
        name="nightly",
        cron=Cron.parse("0 3 * * *", "Europe/Berlin"),
        config=audits / "audit.toml",
        folder=audits,
        next_due=datetime(2026, 1, 1, tzinfo=UTC),
    )
    machine = Machine(("auditor",), audits / "runs", "shortcut-auditor:audit", "shortcut-auditor")
    text = (DEPLOY / "kubernetes" / "cronjob.yaml").read_text(encoding="utf-8")
    written = "".join(line for line in text.splitlines(True) if not line.startswith("#"))
    assert written == kubernetes(schedule, machine)


def test_the_deployment_runs_with_a_read_only_root() -> None:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes" / "dashboard.yaml").read_text("utf-8"))
    (pod,) = (each["spec"]["template"]["spec"] for each in documents if "template" in each["spec"])
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsUser"] == OWNER
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {
        "/audits",
        "/tmp",  # noqa: S108
        "/team",
        "/home/auditor/.streamlit",
    }


def test_the_cronjob_has_no_more_rights_than_the_dashboard() -> None:
    job = yaml.safe_load((DEPLOY / "kubernetes" / "cronjob.yaml").read_text("utf-8"))
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


def test_a_team_signs_in_by_default() -> None:
    dashboard = COMPOSE["services"]["dashboard"]
    assert "--exposed" not in dashboard["command"]
    assert dashboard["environment"]["AUDITOR_ROLES"] == "/run/secrets/roles"
    assert {"AUDITOR_DATABASE_URL", "AUDITOR_ROLES"} == set(dashboard["environment"])
    assert all(":?" in each["file"] for each in COMPOSE["secrets"].values())
    documents = yaml.safe_load_all((DEPLOY / "kubernetes" / "dashboard.yaml").read_text("utf-8"))
    (pod,) = (each["spec"]["template"]["spec"] for each in documents if "template" in each["spec"])
    (container,) = pod["containers"]
    assert "--exposed" not in container["args"]
    assert "AUDITOR_ROLES" in {each["name"] for each in container["env"]}


def test_what_an_image_writes_is_not_for_others() -> None:
    for name in ("dashboard", "audit", "notebook"):
        (entry,) = re.findall(r"^ENTRYPOINT (.+)$", stages()[name], flags=re.MULTILINE)
        program = json.loads(entry)
        assert program[:2] == ["/bin/sh", "-c"]
        assert program[2].startswith("umask 027; exec ")
        assert program[2].endswith('"$@"')


def test_the_bill_of_materials_is_of_this_lock() -> None:
    held = json.loads((DEPLOY / "sbom.cdx.json").read_text("utf-8"))
    assert held == bill_of("shortcut-auditor", VERSION, pinned(ROOT / "requirements.lock"))
    assert (held["bomFormat"], held["specVersion"]) == ("CycloneDX", "1.6")
    refs = [each["bom-ref"] for each in held["components"]]
    assert len(refs) == len(set(refs)) > 50
    for name in ("dashboard", "command"):
        assert "sbom.py --installed > /opt/auditor/sbom.cdx.json" in stages()[name]


def images_of_yaml(tree: Any) -> set[str]:
    """What an `image:` or an argument `BASE` says anywhere below; defaults of variables too."""
    if isinstance(tree, list):
        return {each for part in tree for each in images_of_yaml(part)}
    if not isinstance(tree, dict):
        return set()
    named = {tree[key] for key in ("image", "BASE") if isinstance(tree.get(key), str)}
    inside = {each for part in tree.values() for each in images_of_yaml(part)}
    return {re.sub(r"^\$\{\w+:-(.+)\}$", r"\1", each) for each in named} | inside


def test_every_image_of_others_is_pinned_by_its_digest() -> None:
    arguments = dict(re.findall(r"^ARG (\w*BASE)=(.*)$", DOCKERFILE, flags=re.MULTILINE))
    named = {re.findall(r"\A# syntax=(\S+)", DOCKERFILE)[0]}
    built: set[str] = set()
    for image, stage in re.findall(r"^FROM (.+) AS (\w+)$", DOCKERFILE, flags=re.MULTILINE):
        argument = re.fullmatch(r"\$\{(\w+)\}", image)
        named |= {arguments[argument[1]] if argument else image} - built
        built.add(stage)
    assert len(re.findall(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)) == len(built)
    for path in [*DEPLOY.glob("*.yaml"), *MANIFESTS]:
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            named |= images_of_yaml(document)
    foreign = {image for image in named if not BUILT_HERE.fullmatch(image)}
    assert {image for image in foreign if not PIN.fullmatch(image)} == set()
    assert {image.split(":")[0] for image in foreign} == {
        "docker/dockerfile",
        "nvidia/cuda",
        "debian",
        "postgres",
    }


def test_a_tag_has_one_digest_everywhere() -> None:
    found = pins(pinned_files())
    assert len(found) == 4
    assert {image: len(digests) for image, digests in found.items()} == dict.fromkeys(found, 1)


def test_digests_are_renewed_in_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [Path(shutil.copy(path, tmp_path)) for path in pinned_files()]
    old = pins(files)
    docker = tmp_path / "docker"
    docker.write_text(
        '#!/bin/sh\nprintf "sha256:%s\\n" "$(printf "%s" "$4" | sha256sum | cut -c1-64)"\n'
    )
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    asked = renew(files, digest_of)
    assert asked == {image: hashlib.sha256(image.encode()).hexdigest() for image in old}
    assert pins(files) == {image: {digest} for image, digest in asked.items()}
    docker.write_text("#!/bin/sh\necho no such tag\n")
    with pytest.raises(ValueError, match="no digest"):
        digest_of("debian:bookworm-slim")
