"""Leaks, the share of CI: the road, a failing gate, the rights of all that was written.

The road is that of ``tests/leaks/whole.py``.
"""

from __future__ import annotations

import stat

from attainment_linkage.steps.kernel import open_database
from tests.leaks.canaries import canaries, dates, forms, people
from tests.leaks.report import MAY_HOLD_PEOPLE, MUST_BE_THERE, found_of_planted, scan
from tests.leaks.road import KEY
from tests.leaks.scan import Patterns


def test_there_are_200_canaries_and_nobody_s_value_is_another_s():
    named = canaries(KEY)
    values = [value for found in named.values() for value in found]

    assert len(named) == 200
    assert len(set(values)) == len(values)
    assert {len(dates(person.birth)) for person in people()} == {6}
    assert len({pattern for value in values for _, pattern in forms(value)}) > 20 * 200


def test_the_scan_finds_what_is_planted_in_each_sink(tmp_path):
    planted, found = found_of_planted(tmp_path)

    assert planted >= 12
    assert found == planted


def test_eight_digits_inside_a_longer_number_are_no_date():
    patterns = Patterns(KEY)
    (digits,) = [text for text in dates(people()[0].birth) if text.isdigit()]

    assert patterns.found(f"born {digits}.".encode()) == {
        ("date 0", "raw"), ("date 0", "raw in upper case"),
    }  # fmt: skip
    for longer in (f"1{digits}", f"{digits}0", f"ab{digits}", f"{digits}f"):
        assert patterns.found(longer.encode()) == set()


def test_what_a_task_of_the_linkage_spills_to_disk_holds_no_name(tmp_path):
    database = open_database(64, str(tmp_path))
    database.execute("create table r as select 'CANARYNAME' || (i * 7919 % 1000003) as name "
                     "from range(1500000) as numbers(i)")  # fmt: skip
    database.execute("select name from r order by name")
    spilled = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    database.close()

    assert sum(map(len, spilled)) > 1 << 20
    assert not any(b"CANARYNAME" in content for content in spilled)


def test_no_canary_is_found_outside_landing_and_identifiers(canary_road):
    found = scan(canary_road.root, canary_road.seen)

    assert found.leaks == [], "\n".join(found.lines())
    assert len(found.planted) == found.canaries - 1  # all but the key, which is planted nowhere
    assert {sink for sink in MUST_BE_THERE if not found.counted.get(sink)} == set()
    assert set(MAY_HOLD_PEOPLE) - set(found.counted) <= {"landing: faults", "identifiers: faults"}


def test_every_file_is_0600_and_every_folder_0700_and_nothing_temporary_stays(canary_road):
    modes = {
        path: stat.S_IMODE(path.lstat().st_mode)
        for path in (canary_road.lake, *canary_road.lake.rglob("*"))
        if not path.is_symlink()
    }
    wrong = {
        path.relative_to(canary_road.lake).as_posix(): f"{mode:04o}"
        for path, mode in modes.items()
        if mode != (0o700 if path.is_dir() else 0o600)
    }

    assert wrong == {}
    assert list((canary_road.lake / "temporary").iterdir()) == []
    assert list((canary_road.root / "working-folder").iterdir()) == []
