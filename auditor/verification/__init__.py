"""Whether a run is what the audit wrote: files, schema, counts, summary, data, signature."""

from auditor.verification.signature import Signature, sign
from auditor.verification.verify import IntegrityCheck, Verification, verify

__all__ = ["IntegrityCheck", "Signature", "Verification", "sign", "verify"]
