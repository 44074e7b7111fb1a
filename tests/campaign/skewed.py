"""G6: one value in a tenth of all records, a hundred times and more the block of any other.

Goal: the pairs of such a block are known, exactly, before any pair is formed; a plan above its
budget is refused by name; a listed default value becomes null, is counted, and leaves the pairs of
a balanced file; and a value that is not listed costs no more than twice the time and one and a half
times the memory of the balanced file, as rules of two and three columns keep it apart.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.core.blocking_plan import RuleCount, require_affordable
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import PlanOverBudgetError
from attainment_linkage.stages import linkage
from attainment_linkage.steps import block
from attainment_linkage.steps.placeholders import Placeholders
from tests.campaign.kills import home_of
from tests.campaign.locks import environment
from tests.campaign.tally import Tally
from tests.connected import POLICY

DEFAULT, LISTED = "1955-05-05", "1900-01-01"
SHARE = 0.10
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_SYLLABLES = [one + other for one in "BCDFGHJKLMNPRSTVWXYZ" for other in "AEIOU"]
Ints = NDArray[np.int64]
FIELDS = ("forename", "surname", "date_of_birth", "postcode", "sex")
SETTINGS = """
[spark]
master = "local[2]"
driver_memory_gib = 1
"""
SPEC = """
relation = "one_to_one"
[left]
id = "record_id"
roles = { forename = "forename", surname = "surname", date_of_birth = "date_of_birth", \
postcode = "postcode", sex = "sex" }
"""
SPEC += SPEC[SPEC.index("[left]") :].replace("left", "right")


def people(count: int, skew: str | None, first: int = 0) -> pd.DataFrame:
    """So many people, the same for the same number; a tenth of them born on ``skew``."""
    number = np.arange(first, first + count)
    born = pd.Timestamp("1910-01-01") + pd.to_timedelta(_drawn(number, 0, 36_500), unit="D")
    rows = pd.DataFrame(
        {
            "record_id": [f"r{one}" for one in number],
            "forename": _names(_drawn(number, 1, 2_000), 2),
            "surname": _names(_drawn(number, 2, 20_000), 3),
            "date_of_birth": born.strftime("%Y-%m-%d"),
            "postcode": [_postcode(one) for one in _drawn(number, 3, 324_000)],
            "sex": np.where(_drawn(number, 4, 2) == 0, "M", "F"),
        }
    )
    if skew is not None:
        rows.loc[number % int(1 / SHARE) == 0, "date_of_birth"] = skew
    return rows


def _drawn(number: Ints, field: int, values: int) -> Ints:
    """One of so many values for each number, each field for itself: the mixer of SplitMix64."""
    mixed = (number.astype(np.uint64) * np.uint64(8) + np.uint64(field)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(values)).astype(np.int64)


def _names(number: Ints, syllables: int) -> list[str]:
    """A name for each number, of letters alone: cleaning takes a digit for a scanned letter."""
    parts = [number // len(_SYLLABLES) ** place % len(_SYLLABLES) for place in range(syllables)]
    return ["".join(_SYLLABLES[part] for part in name) for name in np.stack(parts, axis=1)]


def _postcode(number: int) -> str:
    """One of 324,000, so that a few people have each."""
    area, rest = number % 90, number // 90
    return f"LS{area + 1} {rest % 9}{_LETTERS[rest // 9 % 20]}{_LETTERS[rest // 180 % 20]}"


def pairs_of(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> int:
    """The pairs that agree on these columns, counted the slow way."""
    counts = [side.dropna(subset=columns).groupby(columns).size() for side in (left, right)]
    return int(counts[0].mul(counts[1], fill_value=0).sum())


def attack_plan(spark: SparkSession, folder: Path, count: int, tally: Tally) -> None:
    """The pairs of the block are counted before they are formed; listed values become null."""
    balanced, skewed, listed = (people(count, skew) for skew in (None, DEFAULT, LISTED))
    rules = (Rule.parse("date_of_birth"), Rule.parse("date_of_birth & surname"))
    exact = {}
    for name, rows in (("balanced", balanced), ("skewed", skewed)):
        frame = spark.createDataFrame(rows)
        counts = counts_of(frame, rules, folder / name)
        for place, columns in enumerate((["date_of_birth"], ["date_of_birth", "surname"])):
            exact[name, place] = pairs_of(rows, rows, columns)
            found = counts[place].candidate_pairs
            tally.judge(f"{name}: pairs of {columns}", found, exact[name, place])
        largest = counts[0].largest_block_pairs
    median = exact["balanced", 0] / balanced["date_of_birth"].nunique()
    tally.record("the block is a hundred times the median", largest >= 100 * median)
    try:
        require_affordable(counts, rules, 2 * count, 2 * exact["balanced", 0])
        said = "it was planned"
    except PlanOverBudgetError as refused:
        said = str(refused)
    tally.record("a plan over its budget", str(exact["skewed", 0]) in said and DEFAULT not in said)
    _judge_listed(spark, folder / "listed", listed, balanced, tally)


def counts_of(people: DataFrame, rules: tuple[Rule, ...], folder: Path) -> dict[int, RuleCount]:
    """What a linkage counts of a file with itself, as it would before it forms any pair."""
    model = LinkageModel((), rules, (), (), FIELDS)
    records = linkage.kept_records(
        block.linkage_records(people, people, FIELDS), folder / "records"
    )
    return linkage.counted(records, model, POLICY, folder / "counted").counts


def _judge_listed(
    spark: SparkSession, folder: Path, listed: pd.DataFrame, balanced: pd.DataFrame, tally: Tally
) -> None:
    """A listed default: null, counted, and no pairs of it; what is missed by it is known."""
    frame = spark.createDataFrame(listed)
    is_listed = Placeholders([], [LISTED], []).is_in("date_of_birth")
    nulled = frame.withColumn("date_of_birth", F.when(~is_listed, F.col("date_of_birth")))
    counted = nulled.where(F.col("date_of_birth").isNull()).count()
    of_default = int((listed["date_of_birth"] == LISTED).sum())
    tally.judge("listed values made null, counted", counted, of_default)
    pairs = counts_of(nulled, (Rule.parse("date_of_birth"),), folder)[0].candidate_pairs
    kept = listed.where(listed["date_of_birth"] != LISTED)
    tally.judge("pairs without them", pairs, pairs_of(kept, kept, ["date_of_birth"]))
    most = pairs_of(balanced, balanced, ["date_of_birth"])
    tally.record("no more pairs than balanced", pairs <= most, f"{pairs} of {most}")
    tally.note(records_that_a_listed_date_leaves_to_other_rules=of_default)


# --------------------------------------------------------------------------- a whole linkage
def attack_linkage(folder: Path, left: int, right: int, tally: Tally) -> None:
    """Two files linked by the command on a heap of 1 GiB, balanced and skewed, and measured.

    Three quarters of the right file are people of the left one.
    """
    both = round(right * 0.75)
    measured = {}
    home = home_of(folder)
    (folder / "spec.toml").write_text(SPEC)
    (folder / "settings.toml").write_text(SETTINGS)
    for name, skew in (("balanced", None), ("skewed", DEFAULT)):
        files = []
        for count, first in ((left, 0), (right, left - both)):
            files.append(folder / f"{name}-{count}.parquet")
            people(count, skew, first).to_parquet(files[-1], index=False)
        output = folder / name
        code, seconds, peak = _linked(folder, home, files, output)
        tally.judge(f"{name}: how the linkage ended", code, 0)
        if code:
            return
        measured[name] = (seconds, peak)
        pairs = pd.read_parquet(output / "pairs.parquet")
        links = pairs[pairs["link"]]
        found = int((links["id_a"] == links["id_b"]).sum())
        tally.note(**{
            f"{name}_seconds_of_processor": round(seconds, 1),
            f"{name}_peak_mib": peak // 1024,
            f"{name}_precision": round(found / max(len(links), 1), 4),
            f"{name}_recall": round(found / both, 4),
        })  # fmt: skip
    slower, larger = (
        n / of for n, of in zip(measured["skewed"], measured["balanced"], strict=True)
    )
    tally.record("at most twice the time", slower <= 2.0, f"{slower:.2f} times")
    tally.record("at most 1.5 times the memory", larger <= 1.5, f"{larger:.2f} times")
    tally.note(skewed_to_balanced=f"time {slower:.2f}, memory {larger:.2f}")


def _linked(folder: Path, home: Path, files: list[Path], output: Path) -> tuple[int, float, int]:
    """Exit code, seconds of processor, peak memory in KiB of a linkage with all its processes."""
    script = Path(sys.executable).parent / "attainment-linkage"
    words = ["link-files", "spec.toml", "--left", files[0], "--right", files[1], "--output", output,
             "--config", "settings.toml"]  # fmt: skip
    process = subprocess.Popen(
        [str(script), *map(str, words)], cwd=folder, start_new_session=True,
        env=environment() | {"ATTAINMENT_LINKAGE_HOME": str(home)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    peak, seconds = 0, 0.0
    while process.poll() is None:
        peak = max(peak, sum(_status(pid) for pid in _of_session(process.pid)))
        seconds = max(seconds, sum(_processor(pid) for pid in _of_session(process.pid)))
        time.sleep(0.2)
    return process.returncode, seconds, peak


def _of_session(session: int) -> Iterator[Path]:
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            yield entry


def _status(process: Path) -> int:
    """Resident memory in KiB."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def _processor(process: Path) -> float:
    """Seconds of processor, its ended children's too."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / 100
