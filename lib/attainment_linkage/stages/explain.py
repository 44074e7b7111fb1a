"""Explain: what is behind an error's code, and what to do about it."""

from __future__ import annotations

from difflib import get_close_matches

from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain import errors
from attainment_linkage.domain.error_texts import TEXTS


def codes() -> dict[str, type[errors.LinkageError]]:
    """Every error by its code."""

    def of(kind: type[errors.LinkageError]) -> dict[str, type[errors.LinkageError]]:
        """An error and all that are of its kind."""
        found = {kind.code: kind}
        for child in kind.__subclasses__():
            found |= of(child)
        return found

    return of(errors.LinkageError)


def code_of(given: str) -> str | None:
    """The code that is meant by its name, in any case, or by its exit code; None if none is."""
    every = codes()
    name = given.strip().upper().replace("-", "_")
    by_exit = {str(kind.exit_code): code for code, kind in every.items()}
    return name if name in every else by_exit.get(name)


def near(given: str) -> str:
    """What to give in place of a code that there is none of: the most alike, if one is."""
    name = given.strip().upper().replace("-", "_")
    alike = get_close_matches(name, codes(), n=1)
    return f"did you mean {alike[0]}?" if alike else "README.md lists them all"


def explain(code: str) -> None:
    """Say the cause and the cure of an error, and what kind it is of."""
    kind, text, log = codes()[code], TEXTS[code], RunLog()
    parents = [one.code for one in kind.__mro__[1:] if issubclass(one, errors.LinkageError)]
    log.line(f"{code}, exit code {kind.exit_code}")
    log.note("what it means", f"{text.cause}.")
    log.note("what to do", f"{text.cure}.")
    if len(parents) > 1:
        log.note("it is a kind of", ", ".join(parents[:-1]))
