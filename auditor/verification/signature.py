"""Who vouches for a run, and when: an Ed25519 signature over its manifest's digest.

The manifest holds the digests of all other files, so that the signature covers the whole run and
its report. Keys are PEM files as OpenSSL and ssh-keygen's converters write them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.domain.errors import RunError
from auditor.domain.manifest import Manifest
from auditor.domain.messages import error_text, phrase
from auditor.storage.atomic import write_output
from auditor.storage.checks import read_json
from auditor.storage.digests import SEAL
from auditor.storage.layout import SIGNATURE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

ALGORITHM = "Ed25519"
PREFIX = b"shortcut-auditor run signature 1\n"
PASSPHRASE_VARIABLE = "AUDITOR_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
MOST_KEY_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Signature:
    """Attributes:
    name: who signed, as they say.
    time: when, ISO 8601 in UTC, as the machine of whoever signed says.
    manifest_sha256: digest of the manifest that was signed.
    public_key: PEM of the key that the signature belongs to.
    signature: base64.
    algorithm: Ed25519.
    """

    name: str
    time: str
    manifest_sha256: str
    public_key: str
    signature: str
    algorithm: str = ALGORITHM

    @property
    def key_id(self) -> str:
        """SHA-256 of the public key's PEM, its beginning: to tell keys apart by eye."""
        return hashlib.sha256(self.public_key.strip().encode()).hexdigest()[:16]

    def message(self) -> bytes:
        """The bytes that are signed: name, time and the manifest's digest."""
        said = {"manifest_sha256": self.manifest_sha256, "name": self.name, "time": self.time}
        return PREFIX + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def sign(path: Path, manifest: Manifest, key: Path, *, name: str) -> Signature:
    """Sign a run and keep the signature in it; an earlier one is replaced.

    Args:
        path: of the run folder.
        manifest: of the run, with its own digest.
        key: PEM file of an Ed25519 private key; AUDITOR_KEY_PASSPHRASE opens an encrypted one.
        name: of the person who is responsible.

    Raises:
        RunError: the run has no digests, the key cannot be used, or the file cannot be written.
    """
    if manifest.manifest_sha256 is None:
        raise RunError(
            "The run has no digests that could be signed.",
            code="sign.no_digests",
            expected=f"a manifest with {SEAL}",
            got="a run of an earlier version",
            remedy="audit again with this version",
        )
    private = _private_key(key)
    public = _pem(private.public_key())
    time = datetime.now(UTC).isoformat(timespec="seconds")
    unsigned = Signature(name, time, manifest.manifest_sha256, public, "")
    signed = base64.b64encode(private.sign(unsigned.message())).decode()
    signature = Signature(name, time, unsigned.manifest_sha256, public, signed)
    write_output(path / SIGNATURE, json.dumps(asdict(signature), indent=2) + "\n")
    return signature


def read_signature(path: Path) -> Signature | str | None:
    """The signature in a run folder; None where there is none, or why it cannot be read."""
    if not (path / SIGNATURE).is_file():
        return None
    try:
        held = read_json(path / SIGNATURE)
        fields = {name: held[name] for name in Signature.__dataclass_fields__}
    except RunError as error:
        return error.got
    except KeyError as error:
        return f"no {error_text(error)!r} in it"
    if not all(isinstance(value, str) for value in fields.values()):
        return "a value that is no text"
    return Signature(**fields)


def check_signature(
    signature: Signature, manifest: Manifest, public_key: Path | None
) -> str | None:
    """Why a signature does not hold; None where it does.

    Args:
        signature: as it stands in the run.
        manifest: of the run, its own digest checked.
        public_key: PEM file of the only key that counts; by default the one in the signature.

    Raises:
        RunError: the public key cannot be read.
    """
    from cryptography.exceptions import InvalidSignature

    wanted = None if public_key is None else _public_key(_bytes(public_key), str(public_key))
    try:
        held = _public_key(signature.public_key.encode(), "the signature")
        raw = base64.b64decode(signature.signature, validate=True)
    except (RunError, ValueError):
        return phrase("its key or its bytes are damaged")
    if signature.algorithm != ALGORITHM:
        return f"its algorithm is {signature.algorithm!r:.40}, not {ALGORITHM}"
    if wanted is not None and _pem(wanted) != _pem(held):
        return phrase("it was made with another key")
    try:
        held.verify(raw, signature.message())
    except InvalidSignature:
        return phrase("it was not made by that key over this name, time and manifest")
    if signature.manifest_sha256 != manifest.manifest_sha256:
        return phrase("the run was changed after it was signed")
    return None


def _private_key(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    phrase = os.environ.get(PASSPHRASE_VARIABLE)
    try:
        key = load_pem_private_key(_bytes(path), phrase.encode() if phrase else None)
    except (ValueError, TypeError) as error:
        raise _no_key(path, "private", str(error)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, "private", type(key).__name__)
    return key


def _public_key(pem: bytes, source: str) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(source, "public", str(error)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(source, "public", type(key).__name__)
    return key


def _pem(key: Ed25519PublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_KEY_BYTES)
    except OSError as error:
        raise _no_key(path, "PEM", error.strerror or str(error)) from None


def _no_key(source: Path | str, kind: str, got: str) -> RunError:
    private = f"; an encrypted one is opened by {PASSPHRASE_VARIABLE}" if kind == "private" else ""
    return RunError(
        "The key cannot be used.",
        code="sign.key",
        expected=f"a PEM file with an Ed25519 {kind} key",
        got=f"{source}: {got.splitlines()[0] if got else 'nothing'}",
        remedy="make a pair: openssl genpkey -algorithm ed25519 -out key.pem; "
        f"openssl pkey -in key.pem -pubout -out public.pem{private}",
    )
