"""Two makings: what people ask of a run beside its stages reads tables of one run only."""

from contextlib import nullcontext

import pytest

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.stage_key import digest
from attainment_linkage.domain.errors import MixedRunsError
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages import inputs, stage_key, why
from attainment_linkage.stages.review import codes, sample
from attainment_linkage.stages.review.under_review import REVIEW


@pytest.fixture
def mixed(monkeypatch):
    """A lake whose tables are of two makings of standardise."""

    def refuse(stage, lake):
        raise MixedRunsError(f"{stage.name}: its inputs come from different makings")

    monkeypatch.setattr(inputs, "stages_read", refuse)


def test_a_pair_of_two_makings_is_not_explained(mixed, config):
    with pytest.raises(MixedRunsError, match="why: its inputs"):
        why._explained(None, None, config, "key", "a", "b")


def test_no_batch_is_drawn_of_two_makings(mixed, config, monkeypatch):
    monkeypatch.setattr(sample, "run_of", lambda lake: "run")
    monkeypatch.setattr(sample, "recorded", lambda *of_it: nullcontext({}))

    with pytest.raises(MixedRunsError, match="review: its inputs"):
        sample._drawn(None, Lake.open(config.lake, REVIEW.roots), config, {}, RunLog())


def test_decisions_that_changed_while_a_stage_was_at_work_are_refused():
    evidence = {"counts": {}, "prior_matches": 2}

    stage_key.require_reviewed(LINK, evidence, {"reviewed": digest(evidence)})
    stage_key.require_reviewed(LINK, None, {})
    for decided, made_from in ((evidence, {}), (None, {"reviewed": digest(evidence)})):
        with pytest.raises(MixedRunsError, match="link: what reviewers decided was changed"):
            stage_key.require_reviewed(LINK, decided, made_from)


def test_no_codes_are_made_of_two_makings(mixed, config):
    with pytest.raises(MixedRunsError, match="review codes: its inputs"):
        codes._coded(None, None, config, ["sex"])
