"""Policy: both linkages, that of the road and that of two files, take what [link] configures."""

from dataclasses import replace

import pytest

from attainment_linkage.core.spec import parse_spec
from attainment_linkage.stages import policy, specified
from tests.conftest import config_for

SPEC = """
relation = "many_to_one"
[left]
id = "id"
roles = { surname = "surname" }
[right]
id = "id"
roles = { surname = "surname" }
[thresholds]
accept_bits = 6.0
"""
CONFIGURED = {
    "candidate_pair_budget": 7_000_000,
    "bucket_pairs": 70_000,
    "bucket_rows": 7_000,
    "task_memory_mib": 700,
    "term_frequency_population": "right",
}
AS_POLICY = {"candidate_pair_budget": "pair_budget", "bucket_rows": "bucket_records"}


@pytest.mark.parametrize("key", CONFIGURED)
def test_both_linkages_take_what_link_configures(tmp_path, key):
    config = config_for(tmp_path, link=CONFIGURED)

    made = policy.policy_of(config), specified.policy_of(parse_spec(SPEC, "spec"), config)

    assert [getattr(one, AS_POLICY.get(key, key)) for one in made] == 2 * [CONFIGURED[key]]


def test_the_relation_and_its_thresholds_are_those_of_the_specification(tmp_path):
    made = specified.policy_of(parse_spec(SPEC, "spec"), config_for(tmp_path))

    assert (made.resolve.relation, made.resolve.accept_bits) == ("many_to_one", 6.0)


def test_weighed_pairs_lie_in_as_few_parts_as_their_memory_allows(tmp_path):
    made = policy.policy_of(config_for(tmp_path, link={"bucket_pairs": 4_000_000}))
    made = replace(made, parallel_tasks=2)

    assert [made.pair_parts(pairs) for pairs in (0, 1_000_000, 1_000_001)] == [1, 1, 2]
    assert made.pair_parts(4_600_000) == 4
    assert all(n / made.pair_parts(n) <= 2_000_000 for n in range(1, 10**8, 999_983))
