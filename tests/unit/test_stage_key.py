"""Stage key: equal for an equal making, different for any difference that counts."""

from __future__ import annotations

import pytest

from attainment_linkage.core.stage_key import canonical_json, run_id, stage_key

MAKING = {
    "inputs": {"standardise": "00aa"},
    "settings": {"link": {"accept_bits": 8.0, "seed": 1}},
    "code": "c0de",
    "versions": {"pyspark": "4.1.3"},
}


def test_a_key_is_sixteen_hex_characters_and_stays_what_it_is():
    key = stage_key("link", **MAKING)

    assert key == "88b6b2d7de6bc18c"


def test_the_order_of_settings_does_not_count():
    turned = {**MAKING, "settings": {"link": {"seed": 1, "accept_bits": 8.0}}}

    assert stage_key("link", **turned) == stage_key("link", **MAKING)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": {"standardise": "00ab"}},
        {"inputs": {"standardise": "00aa", "ingest": "11"}},
        {"settings": {"link": {"accept_bits": 8.5, "seed": 1}}},
        {"code": "c0df"},
        {"versions": {"pyspark": "4.1.4"}},
    ],
)
def test_any_change_of_input_setting_code_or_version_changes_the_key(change):
    assert stage_key("link", **{**MAKING, **change}) != stage_key("link", **MAKING)


def test_the_name_of_the_stage_counts():
    assert stage_key("measure", **MAKING) != stage_key("link", **MAKING)


def test_a_run_is_named_by_the_keys_of_all_its_stages():
    keys = {"ingest": "1", "link": "2"}

    assert run_id(keys) == run_id({"link": "2", "ingest": "1"})
    assert run_id(keys) != run_id({**keys, "link": "3"})


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"share": float("nan")})
