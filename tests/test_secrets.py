"""Secrets: no tracked file is a key or holds one, and none is taken from where it shows."""

import re
from pathlib import Path

import pytest

from tests.test_map import ROOT, tracked

_TEXT = ("lib/", "jobs/", "conf/", ".ci/", ".github/", "Makefile", "setup.py", "expectations/")
KINDS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a token of a service": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[0-9A-Za-z-]{10,})\b"
    ),
    "256 bits written out": re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])"),
    "32 bytes as base64": re.compile(r"(?<![A-Za-z0-9+/_])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])"),
    "a password or key with a value": re.compile(
        r"(?i)\b(?:password|passwd|pepper|secret_key|api_key|hmac_key)\b\s*[:=]\s*[\"'][^\"'{}]{6,}"
    ),
    "a secret from the environment": re.compile(
        r"(?i)environ(?:\.get)?[\[(]\s*[\"'][A-Z_]*(?:SECRET|PASSWORD|PEPPER|HMAC|_KEY)\b"
    ),
}
PLANTED = {
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "a token of a service": "token = 'AKIA" + "ABCDEFGHIJKLMNOP'",
    "256 bits written out": "salt = '" + "0f" * 32 + "'",
    "32 bytes as base64": "salt = '" + "Ab3+" * 10 + "Ab3='",
    "a password or key with a value": "pepper = '" + "long enough'",
    "a secret from the environment": "os.environ['PROJECT" + "_KEY']",
}
"""What each kind must catch, put together here so that this sheet is not caught itself."""


def found_in(text: str) -> list[str]:
    return [kind for kind, pattern in KINDS.items() if pattern.search(text)]


def test_no_tracked_file_holds_a_secret():
    found = {
        name: kinds
        for path in tracked()
        if (name := path.relative_to(ROOT).as_posix()).startswith(_TEXT)
        for kinds in [found_in(path.read_text("utf-8", errors="ignore"))]
        if kinds
    }

    assert found == {}


def test_no_tracked_file_is_a_key():
    named = re.compile(r"\.(key|pem|p12|pfx|jks|kdbx)$|(^|/)(id_rsa|id_ed25519|\.env)$")
    keys = [path for path in tracked() if named.search(path.as_posix()) or is_key(path)]

    assert keys == []


def is_key(path: Path) -> bool:
    """32 bytes that are no text."""
    return path.stat().st_size == 32 and not path.read_bytes().isascii()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_secret_is_caught(kind):
    assert kind in found_in(PLANTED[kind])
