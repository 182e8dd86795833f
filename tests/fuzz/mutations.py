"""Damage to a file's bytes: what a disk, a careless tool or an attacker does to it."""

from __future__ import annotations

import random
import re

NUMBERS = (
    0,
    1,
    2,
    127,
    128,
    255,
    256,
    2**15,
    2**16,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**64 - 1,
)
TEXTS = (
    b"-1", b"0", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b'""', b'"\\ud800"', b"9" * 40,
    b"[" * 200, b"]" * 200, b"../../etc/passwd", b"\x00", b"\xff\xfe", b"\r\n", b",", b'"', b"'",
    b"<!ENTITY a 'b'>", b"&a;", b"http://127.0.0.1:9/", b"\xed\xa0\x80",
)  # fmt: skip
NUMERAL = re.compile(rb"-?\d+(?:\.\d+)?")


def damaged(content: bytes, drawn: random.Random, others: list[bytes]) -> bytes:
    """A few changes to a file, each of a kind drawn at random; most of them near its head."""
    found = bytearray(content)
    for _ in range(drawn.randint(1, 5)):
        if not found:
            return bytes(found)
        end = drawn.choice((min(64, len(found)), len(found)))
        at = drawn.randrange(end)
        match drawn.randrange(9):
            case 0:
                found[at] ^= 1 << drawn.randrange(8)
            case 1:
                found[at : at + 1] = drawn.randbytes(drawn.randint(1, 8))
            case 2:
                del found[at:]
            case 3:
                del found[at : at + drawn.randint(1, 200)]
            case 4:
                found[at:at] = found[at : at + drawn.randint(1, 200)]
            case 5:
                width = drawn.choice((1, 2, 4, 8))
                number = drawn.choice(NUMBERS) % 256**width
                order = drawn.choice(("little", "big"))
                found[at : at + width] = number.to_bytes(width, order)  # type: ignore[arg-type]
            case 6:
                found[at:at] = drawn.choice(TEXTS)
            case 7:
                other = drawn.choice(others)
                found[at:] = other[min(at, len(other)) :]
            case _:
                numerals = list(NUMERAL.finditer(bytes(found)))
                if numerals:
                    place = drawn.choice(numerals)
                    found[place.start() : place.end()] = drawn.choice(TEXTS)
    return bytes(found)
