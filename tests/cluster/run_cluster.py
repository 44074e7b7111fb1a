"""The link stage on a real cluster: a standalone master and two workers, against local mode.

    python tests/cluster/run_cluster.py        (or `make cluster-test`)

A small population is linked in local mode. Then the same records are linked by spark-submit
on PySpark's own standalone master and two workers, on loopback: once undisturbed, and once
with an executor killed (-9) while it scores. Exit 0 only when both give the links of local
mode, byte for byte after sorting. The last line is the figures.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pyspark

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ARCHIVE = ROOT / "dist" / "attainment_linkage.zip"
RECORDS = 2_000
PATIENCE = 600  # seconds for any one wait
SMALL = f"""
[spark]
master = "local[2]"
shuffle_partitions = 4
delta_snapshot_partitions = 1
[synthesise]
attainment_records = {RECORDS}
"""
BUCKETS = """
[spark]
shuffle_partitions = 8
[link]
bucket_rows = 1000
"""
"""The cluster's own configuration, cut in more tasks: one of them is to be lost."""


def main() -> int:
    """Link in local mode, on the cluster, and on the cluster with an executor lost."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="cluster-") as name, ExitStack() as processes:
        work = Path(name)
        say(f"local mode: {RECORDS:,} attainment records, generated and linked")
        expected = linked_locally(work)
        say("cluster: starting a master and two workers on loopback")
        master = processes.enter_context(cluster(work))
        say("cluster: the link stage by spark-submit")
        undisturbed = linked_on(master, work, "undisturbed")
        say("cluster: the same, one executor killed while it scores")
        disturbed = linked_on(master, work, "disturbed", kill_one=True)
        count = len(expected)
        same = [digest(rows) == digest(expected) for rows in (undisturbed, disturbed)]
        lost = [sum(row not in set(rows) for row in expected) for rows in (undisturbed, disturbed)]
        print(
            f"cluster-test: {count:,} links in local mode; on the cluster identical: {same[0]}; "
            f"with 1 executor killed identical: {same[1]}; links lost: {lost[0]} and {lost[1]}"
        )
        return 0 if all(same) and count else 1


def say(text: str) -> None:
    """One line of progress."""
    print(text, flush=True)


def linked_locally(work: Path) -> list[str]:
    """The links of the whole road in local mode."""
    config = work / "local.toml"
    config.write_text(SMALL, "utf-8")
    lake = work / "lake"
    run([BIN / "attainment-linkage", "run", "--synthesise", "--config", config, "--lake", lake])
    return links_of(lake)


def linked_on(master: str, work: Path, name: str, *, kill_one: bool = False) -> list[str]:
    """The links of spark-submit on the cluster, over a copy of the lake, made anew."""
    lake = work / f"lake-{name}"
    shutil.copytree(work / "lake", lake)
    config = ROOT / "conf" / "cluster.toml"
    if kill_one:
        config = work / "buckets.toml"
        config.write_text(BUCKETS, "utf-8")
    command = [
        BIN / "spark-submit", "--master", master,
        "--properties-file", ROOT / "conf" / "spark-defaults.conf",
        "--conf", "spark.executor.memory=1g", "--conf", "spark.executor.cores=1",
        "--py-files", ARCHIVE,
        ROOT / "jobs" / "link.py", "--config", config, "--lake", lake, "--force",
    ]  # fmt: skip
    job = subprocess.Popen([str(word) for word in command], **quiet(work, f"submit-{name}"))
    try:
        if kill_one:
            kill_a_scoring_executor(job)
        code = job.wait(timeout=PATIENCE)
    finally:
        if job.poll() is None:
            os.killpg(job.pid, signal.SIGKILL)
    if code:
        sys.exit(f"cluster-test: spark-submit ended with {code}:\n{tail(work, f'submit-{name}')}")
    return links_of(lake)


def links_of(lake: Path) -> list[str]:
    """Every link as one line, sorted: what must be the same bytes everywhere."""
    files = max((lake / "identifiers" / "links").iterdir(), key=lambda path: path.stat().st_mtime)
    rows = duckdb.sql(f"select * from read_parquet('{files}/*.parquet') order by all").fetchall()
    return ["|".join(map(repr, row)) for row in rows]


def digest(lines: list[str]) -> str:
    """One hash of all lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def cluster(work: Path) -> Iterator[str]:
    """A standalone master with two workers of one core each; all ended by their own ids."""
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    places = [[f"{deploy}.master.Master", "--port", str(port)]]
    places += [
        [f"{deploy}.worker.Worker", "-c", "1", "-m", "2g", "-d", str(work / f"worker-{n}"), master]
        for n in (1, 2)
    ]
    started = []
    try:
        for number, place in enumerate(places):
            words = [spark_class(), *place, "--host", "127.0.0.1", "--webui-port", "0"]
            started.append(subprocess.Popen(words, **quiet(work, f"daemon-{number}")))
            wait_for(lambda: is_listening(port), "the master to listen")
        yield master
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def kill_a_scoring_executor(job: subprocess.Popen[bytes]) -> None:
    """Kill -9 one executor while Splink is at work in one of its tasks."""
    wait_for(lambda: job.poll() is not None or executors_at("kernel-"), "an executor to score")
    found, of = executors_at("kernel-"), len(executors())
    if not found:
        sys.exit("cluster-test: the job ended before an executor scored")
    os.kill(found[0], signal.SIGKILL)
    say(f"cluster: killed 1 of {of} executors while it scored")


def executors_at(prefix: str) -> list[int]:
    """Executors with a task's folder of this prefix in their local folders: the kernel's spill."""
    return [pid for pid, folders in executors().items() if any(folders.rglob(f"{prefix}*"))]


def executors() -> dict[int, Path]:
    """Process ids of this machine's executors of our cluster, with their working folders."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            if "org.apache.spark.executor.CoarseGrainedExecutorBackend" in words:
                environment = (entry / "environ").read_bytes().decode().split("\0")
                local = [w for w in environment if w.startswith("SPARK_EXECUTOR_DIRS=")]
                found[int(entry.name)] = Path(local[0].partition("=")[2]) if local else entry
        except (OSError, ValueError):
            continue  # it ended meanwhile, or is not ours to read
    return found


def spark_class() -> str:
    """PySpark's own launcher of Spark's daemons."""
    return str(Path(pyspark.__file__).parent / "bin" / "spark-class")


def quiet(work: Path, name: str) -> dict[str, object]:
    """Where a process writes; a process group of its own; workers with this Python."""
    log = (work / f"{name}.log").open("wb")
    local = work / "local"
    local.mkdir(exist_ok=True)
    environment = os.environ | {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_DIRS": str(local),
        "ATTAINMENT_LINKAGE_HOME": str(ROOT),
    }
    return {
        "stdout": log, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL,
        "env": environment, "cwd": ROOT, "start_new_session": True,
    }  # fmt: skip


def tail(work: Path, name: str) -> str:
    """The last lines a process wrote."""
    return "\n".join((work / f"{name}.log").read_text("utf-8", "replace").splitlines()[-15:])


def run(words: list[str | Path]) -> None:
    """Run a command to its end; its words are shown only when it fails."""
    done = subprocess.run(list(map(str, words)), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"cluster-test: {words[1]} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until it holds, with a limit."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"cluster-test: waited {PATIENCE} s for {what}")
        time.sleep(0.1)


def is_listening(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
