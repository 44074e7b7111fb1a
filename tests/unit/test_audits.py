"""Audits: in order, one after another, waited for; the first that fails is what is raised."""

import threading

import pytest

from attainment_linkage.domain.errors import GateFailedError, StageFailedError
from attainment_linkage.stages.audits import Audits

WAIT = 10


def fail(name):
    raise GateFailedError(f"gate {name}")


def stop(error):
    raise error


def stage(body):
    with Audits() as audits:
        body(audits)


def test_audits_run_beside_the_stage_in_order_and_are_waited_for():
    passed, is_body_done = [], threading.Event()
    with Audits() as audits:
        audits.add(lambda: is_body_done.wait(WAIT) and passed.append("people"))
        audits.add(lambda: passed.append("answers"))
        audits.check()
        assert passed == []
        is_body_done.set()

    assert passed == ["people", "answers"]


def test_the_first_audit_that_fails_is_raised_and_those_after_it_are_not_run():
    passed = []

    def body(audits):
        audits.add(lambda: fail("people"))
        audits.add(lambda: passed.append("answers"))
        audits.add(lambda: fail("copies"))

    with pytest.raises(GateFailedError, match="gate people"):
        stage(body)
    assert passed == []


def test_a_stage_learns_of_a_failed_audit_before_it_goes_on():
    def body(audits):
        audits.add(lambda: fail("people"))
        audits._asked[0].exception(WAIT)
        audits.check()
        stop(StageFailedError("the stage went on"))

    with pytest.raises(GateFailedError, match="gate people") as raised:
        stage(body)
    assert not isinstance(raised.value.__context__, StageFailedError)


def test_a_failed_table_is_the_cause_of_what_failed_after_it():
    def body(audits):
        audits.add(lambda: fail("people"))
        stop(StageFailedError("what was made from people"))

    with pytest.raises(GateFailedError, match="gate people") as raised:
        stage(body)
    assert isinstance(raised.value.__context__, StageFailedError)


def test_a_stage_that_fails_by_itself_says_so():
    def body(audits):
        audits.add(lambda: None)
        stop(StageFailedError("by itself"))

    with pytest.raises(StageFailedError, match="by itself"):
        stage(body)


def test_a_process_told_to_stop_does_not_wait_for_its_audits():
    passed, is_released, kept = [], threading.Event(), []

    def body(audits):
        kept.append(audits)
        audits.add(lambda: is_released.wait(WAIT))
        audits.add(lambda: passed.append("answers"))
        stop(SystemExit(143))

    with pytest.raises(SystemExit, match="143"):
        stage(body)
    is_released.set()
    kept[0]._asked[0].exception(WAIT)
    assert kept[0]._asked[1].cancelled()
    assert passed == []
