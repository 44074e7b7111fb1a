"""Pseudonym: from a project's key and an internal id to the id that researchers see.

One secret file serves one project. From it HKDF derives a key of its own for each project,
version and kind of thing, and HMAC-SHA256 under that key turns an id into a pseudonym. So ids
of two projects, of two versions or of two kinds share nothing, and without the file no id can
be made again or guessed. Names, dates and postcodes are never what is hashed.

Sources: HMAC, RFC 2104 (vectors: RFC 4231); HKDF, RFC 5869; ENISA 2019, Pseudonymisation
techniques and best practices, 3.3; EDPB guidelines 01/2025.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from attainment_linkage.domain.errors import WeakKeyError

KEY_BYTES = 32
KINDS = ("person", "household", "school")
ID_FORM = re.compile(r"[phs][1-9][0-9]{0,3}_[0-9a-f]{32}")
"""A pseudonym: first letter of the kind, the version, then 128 bits of the HMAC as hex."""

OpenKey = Callable[[], bytes]
"""Opens the secret where it is called: on the worker. What travels holds only a path."""

_HASH_BYTES = 32
_LABEL = "attainment-linkage pseudonym"
_ID_BYTES = 16
_LEAST_DISTINCT = 16
"""32 random bytes with fewer than 16 different ones: chance below 1e-15."""


@dataclass(frozen=True)
class Purpose:
    """What a pseudonym is for: its domain of separation.

    ``version`` counts from 1 and goes up when a project's ids are made anew.

    Raises:
        ValueError: an empty project, a version below 1 or above 9999, or an unknown kind.
    """

    project: str
    version: int
    kind: str

    def __post_init__(self) -> None:
        if not self.project or not 1 <= self.version <= 9999 or self.kind not in KINDS:
            raise ValueError(
                f"pseudonym: a purpose is a project, a version from 1 to 9999 and one of "
                f"{', '.join(KINDS)}; it is {self}."
            )

    @property
    def info(self) -> bytes:
        """The ``info`` of HKDF: each part with its length before it, so none runs on."""
        parts = (_LABEL, self.project, str(self.version), self.kind)
        encoded = [part.encode("utf-8") for part in parts]
        return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)

    @property
    def prefix(self) -> str:
        """What every pseudonym of this purpose begins with, as ``p1_``."""
        return f"{self.kind[0]}{self.version}_"


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC of RFC 2104 with SHA-256: 32 bytes."""
    return hmac.digest(key, message, "sha256")


def hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256 of RFC 5869: extract, then expand, to ``length`` bytes (at most 8160)."""
    block = b""
    pseudorandom = hmac_sha256(salt or bytes(_HASH_BYTES), secret)
    derived = b""
    for count in range(1, -(-length // _HASH_BYTES) + 1):
        block = hmac_sha256(pseudorandom, block + info + bytes([count]))
        derived += block
    return derived[:length]


def derived_key(secret: bytes, purpose: Purpose) -> bytes:
    """The key of one purpose, 32 bytes.

    Raises:
        WeakKeyError: the secret is not of a form that random bytes have.
    """
    require_strong(secret)
    return hkdf(secret, salt=b"", info=purpose.info, length=KEY_BYTES)


def pseudonym(derived: bytes, purpose: Purpose, internal_id: str) -> str:
    """The pseudonym of an id under a purpose's derived key; see ``ID_FORM``.

    128 bits: among 2 million ids the chance that any two meet is below 1e-26.
    """
    mac = hmac_sha256(derived, internal_id.encode("utf-8"))
    return purpose.prefix + mac[:_ID_BYTES].hex()


def pseudonyms_of(secret: bytes, purpose: Purpose) -> Callable[[str | None], str | None]:
    """The function from an internal id to its pseudonym; nothing known stays nothing known."""
    derived = derived_key(secret, purpose)

    def named(internal_id: str | None) -> str | None:
        """The pseudonym of one internal id."""
        return None if internal_id is None else pseudonym(derived, purpose, internal_id)

    return named


def key_id(secret: bytes) -> str:
    """The name of a secret, 8 hex characters: tells two apart and says nothing of either."""
    require_strong(secret)
    return hmac_sha256(secret, b"key-id").hex()[:8]


def require_strong(secret: bytes) -> None:
    """Refuse a secret that cannot be 32 bytes from a random source.

    Raises:
        WeakKeyError: says what is wrong with its form; never a byte of it.
    """
    found = _weakness(secret)
    if found:
        raise WeakKeyError(
            f"key: {found}; {KEY_BYTES} random bytes are needed. Make one with "
            "attainment-linkage key new PATH."
        )


def _weakness(secret: bytes) -> str:
    if len(secret) > KEY_BYTES:
        return f"it has more than {KEY_BYTES} bytes"
    if len(secret) < KEY_BYTES:
        return f"it has {len(secret)} bytes"
    if len(set(secret)) == 1:
        return "all its bytes are equal"
    if any(secret[step:] == secret[:-step] for step in range(1, KEY_BYTES // 2 + 1)):
        return "its bytes repeat themselves"
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    if len(steps) == 1:
        return "its bytes are counted up or down"
    if len(set(secret)) < _LEAST_DISTINCT:
        return f"it has only {len(set(secret))} different bytes"
    if all(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in secret):
        return "it is text, such as hex or a pass phrase, which holds less than 256 bits"
    return ""
