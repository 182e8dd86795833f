"""Whether a run is what the audit wrote: files, schema, counts, summary, data, signature."""

from auditor.verification.signature import Signature, sign
from auditor.verification.verify import Check, Verification, verify

__all__ = ["Check", "Signature", "Verification", "sign", "verify"]
