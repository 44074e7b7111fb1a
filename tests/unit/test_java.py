"""Java: without it, or with another version, one sentence before anything is started."""

from __future__ import annotations

import pytest

from attainment_linkage.adapters import java
from attainment_linkage.domain.errors import JavaMissingError


@pytest.fixture
def a_java(tmp_path, monkeypatch):
    """A JAVA_HOME whose java says what the test wants."""

    def say(text):
        program = tmp_path / "bin" / "java"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
        program.chmod(0o700)
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    return say


@pytest.mark.parametrize(
    ("said", "major"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "21" 2023-09-19 LTS', 21)],
)
def test_java_17_and_21_are_taken(a_java, said, major):
    a_java(said)

    assert java.check_java() == major


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('java version "1.8.0_292"', "Java 8"),
        ('openjdk version "11.0.2" 2019-01-15', "Java 11"),
        ('openjdk version "25" 2025-09-16', "Java 25"),
        ("segmentation fault", "of an unknown version"),
    ],
)
def test_another_java_is_refused_in_one_sentence(a_java, said, kind):
    a_java(said)

    with pytest.raises(JavaMissingError, match=f"is {kind}; Spark needs Java 17 or 21") as caught:
        java.check_java()
    assert "\n" not in str(caught.value)


def test_no_java_is_refused_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(JavaMissingError, match="none was found; Spark needs Java 17 or 21"):
        java.check_java()


def test_a_java_home_without_java_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(JavaMissingError, match="cannot be run"):
        java.check_java()
