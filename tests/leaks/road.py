"""Road: a place where the whole road runs on planted canaries, and all it leaves can be scanned.

    <root>/lake ...            the lake, as any other
    <root>/output              standard output and error of each command
    <root>/event-log           Spark's event log, on for this test
    <root>/system-temporary    the system's temporary folder, of Python and Java
    <root>/working-folder      where the commands are started

Configuration and gates lie beside it, and the key apart from both: it must be found nowhere, and
is planted nowhere but in its own file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.alone import alone
from tests.leaks import research
from tests.leaks.asked import APPROVED, BY_CHECKER, Asked

PROJECT = Path(__file__).resolve().parents[2]
KEY = hashlib.sha256(b"the canary key").digest()
OWN = ("run-planted", "break-gate", BY_CHECKER)
"""Words of ``one_process`` that are no command of the console script."""
_SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""These commands end before the JVM's thorough compiler pays; what is written is the same."""
_SCRIPT = Path(sys.executable).parent / "attainment-linkage"
MARK = "<<< "
"""How the line begins that parts the commands of one process on its two streams."""
_LIMIT_SECONDS = 2400
_SINKS = ("output", "event-log", "system-temporary", "working-folder")


@dataclass(frozen=True)
class Stop:
    """The signal that ends a command, and the moment."""

    by: signal.Signals
    when: Callable[[], bool]


@dataclass
class Place:
    """One root to run in and to scan, and what was seen of its processes."""

    root: Path
    beside: Path
    secrets: Path
    seen: dict[str, bytes] = field(default_factory=dict)
    is_alone: bool = False

    @classmethod
    def make(cls, folder: Path, records: int, *, is_alone: bool = False) -> Place:
        """A fresh place; its configuration has the event log on and a small population.

        ``is_alone``: its commands run in an empty network of their own.
        """
        place = cls(folder / "scanned", folder / "beside", folder / "secrets", {}, is_alone)
        for sink in _SINKS:
            (place.root / sink).mkdir(parents=True, mode=0o700)
        for apart in (place.beside, place.secrets):
            apart.mkdir(mode=0o700)
        for name in ("conf", "expectations"):
            shutil.copytree(PROJECT / name, place.beside / name)
        for name in ("internal", APPROVED):
            key_file = place.secrets / f"{name}.key"
            key_file.write_bytes(KEY)
            key_file.chmod(0o400)
        research.prepare(place.beside, APPROVED)
        place._launch_settings()
        place.settings.write_text(
            '[spark]\nmaster = "local[2]"\ndriver_memory_gib = 2\nshuffle_partitions = 2\n'
            "delta_snapshot_partitions = 1\n"
            f"[synthesise]\nattainment_records = {records}\n"
            f'[keys]\nfolder = "{place.secrets}"\n',
            "utf-8",
        )
        return place

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def asked(self) -> Asked:
        return Asked(self.root, self.beside, self.secrets)

    @property
    def settings(self) -> Path:
        return self.beside / "settings.toml"

    def _launch_settings(self) -> None:
        path = self.beside / "conf" / "spark-defaults.conf"
        lines = []
        for line in path.read_text("utf-8").splitlines():
            if "extraJavaOptions" in line:
                line += f" -Djava.io.tmpdir={self.root / 'system-temporary'} {_SHORT_LIVED}"
            if not line.startswith(("spark.eventLog", "spark.driver.memory ")):
                lines.append(line)
        lines += [
            "spark.driver.memory 2g",
            "spark.eventLog.enabled true",
            "spark.eventLog.compress false",
            f"spark.eventLog.dir {(self.root / 'event-log').as_uri()}",
        ]
        path.write_text("\n".join(lines) + "\n", "utf-8")

    def words(self, *command: str) -> list[str]:
        """A command with this place's configuration and lake, where it takes them."""
        given = [*command]
        if command[0] != "explain":
            given += ["--config", str(self.settings)]
        if command[0] not in {"explain", "link-files"} and not {"--lake", "--dummy"} & {*command}:
            given += ["--lake", str(self.lake)]
        return given

    def run(self, *command: str) -> int:
        """Run the console script as a user does; give back its exit code."""
        words = self.asked.filled(self.words(*command))
        return self._started([str(_SCRIPT), *words], command[0])

    def run_in_one(self, *commands: Sequence[str]) -> list[int]:
        """Run several commands in one process, which starts Java once; their exit codes."""
        codes = self.beside / "codes.json"
        program = [sys.executable, "-m", "tests.leaks.one_process", str(codes)]
        program += map(str, (self.asked.root, self.asked.beside, self.asked.secrets))
        given = json.dumps([self.words(*command) for command in commands])
        assert self._started([*program, given], "one-process") == 0
        return json.loads(codes.read_text("ascii"))

    def said(self) -> dict[str, tuple[str, str]]:
        """What each command of the last ``run_in_one`` wrote to its two streams."""
        found = []
        for stream in ("out", "err"):
            path = max((self.root / "output").glob(f"*-one-process.{stream}"))
            words = path.read_text("utf-8").split(MARK)
            names = [part.split(":", 1)[0] for part in words[1:]]
            # each part but the first begins with the line that ended the command before it
            texts = [words[0], *(part.split("\n", 1)[1] for part in words[1:-1])]
            found.append(dict(zip(names, texts, strict=True)))
        return {name: (text, found[1][name]) for name, text in found[0].items()}

    def stopped(self, *command: str, by: signal.Signals, when: Callable[[], bool]) -> int:
        """Run a command and send its whole process group a signal at a moment; its exit code."""
        program = [str(_SCRIPT), *self.words(*command)]
        return self._started(program, f"{command[0]}-{by.name}", Stop(by, when))

    def _started(
        self,
        program: list[str],
        name: str,
        stop: Stop | None = None,
    ) -> int:
        output = self.root / "output"
        number = len(list(output.iterdir()))
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("PYTEST") and not (self.is_alone and "PROXY" in key.upper())
        } | {
            "ATTAINMENT_LINKAGE_HOME": str(self.beside),
            "TMPDIR": str(self.root / "system-temporary"),
            "PYTHONPATH": os.pathsep.join([str(PROJECT / "lib"), str(PROJECT)]),
        }
        with (
            (output / f"{number:02d}-{name}.out").open("wb") as out,
            (output / f"{number:02d}-{name}.err").open("wb") as err,
        ):
            process = subprocess.Popen(
                alone(program) if self.is_alone else program,
                cwd=self.root / "working-folder",
                env=environment,
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            return self._watched(process, stop)

    def _watched(self, process: subprocess.Popen, stop: Stop | None) -> int:
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=(process.pid, self.seen, ended))
        watcher.start()
        until = time.monotonic() + _LIMIT_SECONDS
        try:
            while process.poll() is None:
                assert time.monotonic() < until, "a command did not end"
                if stop is not None and stop.when():
                    os.killpg(process.pid, stop.by)
                    stop = None
                time.sleep(0.05)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            ended.set()
            watcher.join()
        return process.returncode


def watch(session: int, seen: dict[str, bytes], ended: threading.Event) -> None:
    """Keep what the processes of a session show: command line and environment, each once."""
    while not ended.wait(0.2):
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                if os.getsid(int(process.name)) != session:
                    continue
                for shown in ("cmdline", "environ"):
                    content = (process / shown).read_bytes()
                    seen[f"{shown} {hashlib.sha256(content).hexdigest()[:12]}"] = content
            except OSError:
                continue


def break_gate(home: Path, table: str) -> None:
    """Put an expectation at a table's gate that fails on every row's surname or id."""
    path = home / "expectations" / f"{table}.json"
    suite = json.loads(path.read_text("utf-8"))
    column = "surname" if table == "census_people" else "left_id"
    broken = {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": column, "value_set": ["nobody"]},
        "severity": "critical",
        "meta": {"reason": "to fail"},
    }
    suite["expectations"].append(broken)
    path.write_text(json.dumps(suite), "utf-8")
