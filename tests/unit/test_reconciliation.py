"""Reconciliation: records in are records out and set aside, for every kind, or the run stops."""

import pytest

from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.reconciliation import Balance, require_even
from attainment_linkage.domain.errors import CountsDifferError
from attainment_linkage.domain.road import DETACH
from attainment_linkage.stages.stage_run import StageRun


def test_what_was_set_aside_is_not_lost():
    balance = Balance("links", 10, 7, 3)

    require_even("pseudonymise", (balance, Balance("pupils", 4, 4)))
    assert balance.said == {"links in": 10, "links out": 7, "links set aside": 3}


def test_every_kind_that_was_lost_or_doubled_is_named_with_its_counts():
    balances = (Balance("pupils", 5, 4), Balance("links", 3, 3), Balance("records", 2, 2, 1))

    with pytest.raises(CountsDifferError, match="5 pupils in, 4 out and 0 set aside") as refused:
        require_even("pseudonymise", balances)
    assert "2 records in, 2 out and 1 set aside" in str(refused.value)
    assert "links" not in str(refused.value)


def test_a_stage_prints_and_keeps_its_balances_before_it_stops(config, capsys):
    run = StageRun(DETACH, config, None, None, "k1", RunLog())
    run.balance(Balance("pupils", 4, 4), Balance("links", 3, 2, 1))
    assert run.notes["links set aside"] == 1
    assert "links set aside: 1" in capsys.readouterr().out

    with pytest.raises(CountsDifferError, match="detach: 3 links in, 2 out and 0 set aside"):
        run.balance(Balance("links", 3, 2))
    assert "links out: 2" in capsys.readouterr().out
