"""Review files: what is acknowledged is on the disk, and nothing is ever overwritten."""

import os

import pytest

from attainment_linkage.adapters import fingerprint, review_files
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.core.review.decisions import HEADER, Row
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import (
    DiskFullError,
    InputMissingError,
    MissingTableError,
    ReviewBusyError,
    ReviewError,
)
from attainment_linkage.stages.review import measure, page, reading
from attainment_linkage.stages.review.batches import batch_named, batches_of
from attainment_linkage.stages.review.under_review import opened
from tests.review_batch import lake_with_batch


@pytest.fixture
def sample(config):
    return lake_with_batch(config)


@pytest.fixture
def root(config):
    return config.lake.root(tables.IDENTIFIERS)


def said(sample, reviewer, *decisions):
    return [
        Row(sample.batch, pair, reviewer, decision)
        for pair, decision in zip(sample.by_name, decisions, strict=False)
    ]


def keep(root, sample, reviewer, *decisions, is_third=False):
    with review_files.opened(root, sample, reviewer, is_third=is_third) as file:
        file.add(said(sample, reviewer, *decisions))


def path_of(root, sample, name):
    return root / "review" / sample.batch / name


def test_a_batch_comes_back_as_it_was_and_is_never_replaced(root, config, sample):
    again = sample.from_json(sample.as_json() | {"pairs": []})
    review_files.write_sample(root, again)

    assert batches_of(opened(config)) == [sample]
    assert path_of(root, sample, "sample.json").stat().st_mode & 0o777 == 0o600


def test_decisions_come_back_and_a_line_that_was_cut_short_does_not(root, sample):
    keep(root, sample, "A", "match", "not", "unsure")
    path = path_of(root, sample, "decisions-A.csv")
    whole = path.read_bytes()
    with path.open("ab") as file:
        file.write(f"{sample.batch},{sample.pairs[3].pair},A,no".encode())

    names = list(sample.by_name)
    expected = dict(zip(names, ["match", "not", "unsure"], strict=False))
    assert review_files.looks(root, sample).first["A"].of == expected
    with review_files.opened(root, sample, "A") as file:
        assert file.decided.of == expected
    assert path.read_bytes() == whole
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_open_in_one_place_only(root, sample):
    with (
        review_files.opened(root, sample, "A"),
        review_files.opened(root, sample, "B"),
        pytest.raises(ReviewBusyError, match=r"decisions-A\.csv of batch"),
        review_files.opened(root, sample, "A"),
    ):
        pass


def test_what_does_not_reach_the_disk_is_not_kept(root, sample, monkeypatch):
    keep(root, sample, "A", "match")
    path = path_of(root, sample, "decisions-A.csv")
    before = path.read_bytes()

    def refuse(handle):
        raise OSError(28, "No space left on device")

    with review_files.opened(root, sample, "A") as file:
        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(DiskFullError, match=r"decisions-A\.csv"):
            file.add(said(sample, "A", "match", "not"))
    assert path.read_bytes() == before


def test_a_file_that_does_not_fit_its_batch_is_refused(root, sample):
    keep(root, sample, "A", "match")
    path = path_of(root, sample, "decisions-A.csv")
    path.rename(path.with_name("decisions-B.csv"))

    with pytest.raises(ReviewError, match=r"decisions-B\.csv holds rows of another reviewer"):
        review_files.looks(root, sample)


def test_a_batch_that_is_not_whole_is_named(root, config, sample):
    path = path_of(root, sample, "sample.json")
    path.write_text(path.read_text().replace("SMITH", "SMYTH"))

    with pytest.raises(ReviewError, match=f"the batch {sample.batch} is not whole"):
        batches_of(opened(config))


# ------------------------------------------------------------- files of decisions from elsewhere


def written(tmp_path, rows, name="given.csv"):
    path = tmp_path / name
    path.write_text(HEADER + "".join(row.line for row in rows))
    return path


def test_a_file_from_elsewhere_is_taken_in_once(root, config, sample, tmp_path):
    keep(root, sample, "A", "match")
    given = [*said(sample, "A", "match", "not"), *said(sample, "B", "match", "match")]
    path = written(tmp_path, given)

    assert reading.read(config, path) == 3
    assert reading.read(config, path) == 0
    found = review_files.looks(root, sample)
    assert [list(one.of.values()) for one in found.first.values()] == [
        ["match", "not"],
        ["match", "match"],
    ]


def test_unknown_pairs_contradictions_and_another_run_are_refused_and_nothing_changes(
    root, config, sample, tmp_path
):
    keep(root, sample, "A", "match")
    before = {path: path.read_bytes() for path in (root / "review").rglob("*.*")}
    good = said(sample, "B", "match")
    bad = [
        *said(sample, "A", "not"),
        Row(sample.batch, "nobody", "B", "match"),
        Row("ffffffffffff", sample.pairs[0].pair, "B", "match"),
    ]

    with pytest.raises(ReviewError, match="of its 4 rows") as caught:
        reading.read(config, written(tmp_path, good + bad))
    for count in ("1 rows that contradict", "1 rows of unknown", "1 rows of another run's"):
        assert count in str(caught.value)
    assert {path: path.read_bytes() for path in (root / "review").rglob("*.*")} == before


def test_decisions_on_another_run_s_sample_are_refused(config, sample, tmp_path):
    path = written(tmp_path, said(sample, "A", "match"))
    lake_with_batch_of_new_links = lake_with_batch(config, links_hash="new", batch="ba7c4")

    with pytest.raises(ReviewError, match="1 rows of another run's sample"):
        reading.read(config, path)
    assert batches_of(opened(config)) == [lake_with_batch_of_new_links]


def test_a_third_reviewer_has_no_first_look(root, config, sample, tmp_path):
    keep(root, sample, "A", "match")
    keep(root, sample, "B", "match")

    with pytest.raises(ReviewError, match="already has the reviewers A, B"):
        page.serve(config, "C")
    with pytest.raises(ReviewError, match="already has the reviewers A, B"):
        reading.read(config, written(tmp_path, said(sample, "C", "match")))
    assert not path_of(root, sample, "decisions-C.csv").exists()


def test_what_is_missing_is_said(config, tmp_path):
    with pytest.raises(MissingTableError, match="nothing has been linked"):
        measure.measure(config)
    made = lake_with_batch(config)
    with pytest.raises(InputMissingError, match=r"none\.csv is not there"):
        reading.read(config, tmp_path / "none.csv")
    with pytest.raises(ReviewError, match="none of this run's 1 batches"):
        batch_named([made], "other")
    path_of(config.lake.root(tables.IDENTIFIERS), made, "sample.json").unlink()
    with pytest.raises(ReviewError, match="no sample of this run has been drawn; 0 are of other"):
        batches_of(opened(config))


def test_measure_reads_two_reviewers_and_a_third_look_back(root, config, sample, capsys):
    keep(root, sample, "A", "match", "match", "not", "match", "unsure", "match")
    keep(root, sample, "B", "match", "match", "not", "match", "match", "not")
    keep(root, sample, "C", *["match"] * 6, is_third=True)
    path_of(root, sample, "third-look-C.csv").write_text(
        HEADER + "".join(row.line for row in said(sample, "C", *["match"] * 6)[4:])
    )
    found = measure.measure(config)

    assert found.decided_pairs == 6
    assert found.precision.lower < found.precision.estimate <= 1
    printed = capsys.readouterr().out
    for line in ("pairs decided by both: 6", "alike: 0.6667", "Cohen's kappa", "third look: 0"):
        assert line in printed
    assert "QUETZALCOATL" not in printed


def test_each_deed_of_review_is_in_the_audit_log_with_its_files_hashes(
    root, config, sample, tmp_path
):
    given = written(tmp_path, said(sample, "A", "match", "match", "not"))
    reading.read(config, given)
    measured = measure.measure(config)
    with pytest.raises(ReviewError, match="contradict"):
        reading.read(config, written(tmp_path, said(sample, "A", "not"), "bad.csv"))

    log = AuditLog.of(config)
    log.verify()
    deeds = [(one.what, one.outcome) for one in log.entries()]
    assert deeds == [
        ("review read", "started"), ("review read", "finished"),
        ("review measure", "started"), ("review measure", "finished"),
        ("review read", "started"), ("review read", "REVIEW_REFUSED"),
    ]  # fmt: skip
    finished = [one for one in log.entries() if one.outcome == "finished"]
    assert finished[0].inputs == {"decisions": fingerprint.sha256(given)}
    kept = path_of(root, sample, "decisions-A.csv")
    assert finished[0].outputs == {"decisions A": fingerprint.sha256(kept)}
    assert finished[1].about == sample.run
    assert measured is not None
    assert finished[1].outputs.keys() == {"measured", "returned"}
