"""Config: one home per number, unknown keys refused, every problem reported at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from attainment_linkage.adapters import project
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.core.lake_settings import LakeSettings
from attainment_linkage.domain.errors import ConfigError, ZoneError


@pytest.fixture
def conf(tmp_path, monkeypatch):
    """A copy of the project's conf/ that a test may spoil."""
    shutil.copytree(project.conf_folder(), tmp_path / "conf")
    monkeypatch.setenv(project.HOME_VARIABLE, str(tmp_path))
    return tmp_path / "conf"


@pytest.mark.parametrize("env", ["local", "cluster"])
def test_the_projects_own_environments_hold(env):
    config = load(env)

    assert config.link.accept_bits == 5.0
    assert config.link.training_pairs == 1_000_000


def test_an_environment_is_laid_over_the_base_and_overrides_over_both(conf):
    (conf / "local.toml").write_text("[link]\naccept_bits = 9\nmargin_bits = 2\n")

    config = load("local", {"link": {"margin_bits": 4}})

    assert (config.link.accept_bits, config.link.margin_bits) == (9.0, 4.0)
    assert config.link.review_bits == 0.0


def test_a_file_of_ones_own_serves_as_environment(conf, tmp_path):
    own = tmp_path / "mine.toml"
    own.write_text("[link]\nseed = 7\n")

    assert load(own).link.seed == 7


def test_every_problem_is_reported_at_once_under_its_file(conf):
    base = (conf / "base.toml").read_text().replace("margin_bits = 3.0", "margin_bits = 0")
    (conf / "base.toml").write_text(base.replace("training_pairs = 1_000_000", ""))
    (conf / "local.toml").write_text('[link]\naccept_bit = 1\nseed = "x"\n[spark]\nmaster = 3\n')

    with pytest.raises(ConfigError, match="configuration: 6 problems") as caught:
        load("local", {"lake": 3})

    base_part, _, rest = str(caught.value).partition("local.toml:")
    own_part, _, given_part = rest.partition("given on the command line:")
    assert "link.margin_bits is 0; it must be above 0" in base_part
    assert "link.training_pairs is missing" in base_part
    assert "link.accept_bit is not a known key" in own_part
    assert "link.seed is 'x'; it must be a whole number" in own_part
    assert "spark.master is 3; it must be a text" in own_part
    assert "lake must be a table of keys" in given_part


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("synthesise", "profile", "some", "must be one of 'realistic'"),
        ("link", "task_memory_mib", 1, "must be at least 64"),
        ("link", "seed", True, "must be a whole number"),
        ("link", "accept_bits", float("nan"), "must be a number, and finite"),
        ("link", "accept_bits", 101, "must be at most 100"),
        ("spark", "session_time_zone", "", "is empty; it must be given"),
        ("standardise", "default_names", "UNKNOWN", "must be a list"),
        ("standardise", "default_names", [1], "must be a text"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(section, key, value, said):
    with pytest.raises(ConfigError, match=rf"{section}.{key} .*{said}"):
        load("local", {section: {key: value}})


def test_a_review_threshold_above_the_acceptance_is_refused():
    with pytest.raises(ConfigError, match="review_bits must not be above accept_bits"):
        load("local", {"link": {"review_bits": 20}})


@pytest.mark.parametrize("delimiter", ["\\t", ",,", "§", '"', "\n"])
def test_a_delimiter_is_one_sign_that_neither_quotes_nor_ends_a_line(delimiter):
    assert load("local", {"ingest": {"ks4": {"delimiter": "\t"}}}).ingest.ks4.delimiter == "\t"
    with pytest.raises(ConfigError, match="delimiter must be one ASCII character"):
        load("local", {"ingest": {"ks4": {"delimiter": delimiter}}})


def test_a_source_keeps_its_other_settings_when_one_is_laid_over_it():
    config = load("local", {"ingest": {"ks4": {"compression": "gzip"}}})

    assert config.ingest.delivery("ks4").compression == "gzip"
    assert config.ingest.delivery("ks4").encoding == "utf-8"
    assert config.ingest.delivery("ks5").compression == "none"


def test_a_file_that_is_not_toml_is_named(conf):
    (conf / "local.toml").write_text("[link\n")

    with pytest.raises(ConfigError, match=r"local.toml:\n  is not TOML"):
        load("local")


def test_an_environment_that_does_not_exist_is_named():
    with pytest.raises(ConfigError, match=r"there is no file .*nowhere.toml"):
        load("nowhere")


def test_a_folder_without_a_configuration_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(project.HOME_VARIABLE, str(tmp_path))

    with pytest.raises(ConfigError, match=r"conf/base.toml was not found"):
        load("local")


def test_the_lake_moves_with_all_its_roots_its_truth_and_its_spill(tmp_path):
    config = load("local", lake_override(tmp_path))

    places = [config.lake.root(zone) for zone in ("landing", "identifiers", "attributes")]
    places += [config.lake.root("research"), config.lake.temporary_path, config.truth_path]
    places += [config.raw_path, config.delivery_path("census")]
    assert all(tmp_path in place.parents for place in places)


def test_a_root_in_another_root_is_refused():
    with pytest.raises(ConfigError, match="the root research lies in the root attributes"):
        load("local", {"lake": {"research": "attributes/research"}})


def test_a_truth_in_a_root_is_refused():
    with pytest.raises(ConfigError, match="truth_dir lies in the root landing"):
        load("local", {"synthesise": {"truth_dir": "landing/truth"}})


def test_a_root_that_does_not_exist_is_a_zone_error():
    with pytest.raises(ZoneError, match="there is no root cellar"):
        load("local").lake.root("cellar")


def test_a_section_refuses_values_also_where_it_is_made_in_code():
    given = load("local").lake.as_json()

    with pytest.raises(ConfigError, match=r"LakeSettings\.minimum_free_mib is -1"):
        LakeSettings(**{**given, "minimum_free_mib": -1})


def test_sections_of_a_stage_key_are_plain_values_without_the_lakes_place(tmp_path):
    here, there = load("local"), load("local", lake_override(Path("/elsewhere")))

    assert here.sections(("ingest", "link")) == there.sections(("ingest", "link"))
    assert here.sections(("link",))["link"]["accept_bits"] == 5.0
