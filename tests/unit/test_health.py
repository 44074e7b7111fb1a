"""Health: each thing that is not as the road needs it is found, and its cure is said."""

import pytest

from attainment_linkage.adapters import machine
from attainment_linkage.core import health
from attainment_linkage.domain.errors import EnvironmentFaultError, JavaMissingError
from attainment_linkage.stages import doctor


@pytest.mark.parametrize(
    ("check", "is_well", "said"),
    [
        (health.of_python((3, 10)), False, "3.10"),
        (health.of_python((3, 11)), True, "3.11"),
        (health.of_versions({"pyspark": "4.1.3"}, {"pyspark": "4.1.3", "x": "1"}), True, "all 1"),
        (health.of_versions({"pyspark": "4.1.3"}, {"pyspark": "3.5.0"}), False, "pinned: 4.1.3"),
        (health.of_versions({"splink": "5.0.0"}, {}), False, "splink not installed"),
        (health.of_jars("delta.jar", True), True, "delta.jar is there"),
        (health.of_jars("delta.jar", False), False, "is not there"),
        (health.of_disk("here", 511, 512), False, "511 MiB free"),
        (health.of_disk("here", 512, 512), True, "512 MiB free"),
        (health.of_memory(7_168, 4.0, 1024, 2), True, "2 tasks at once"),
        (health.of_memory(7_167, 4.0, 1024, 2), False, "7,168 MiB needed"),
        (health.of_memory(0, 4.0, 1024, 2), True, "2 tasks"),
        (health.of_rights("lake", False, True), False, "cannot be written"),
        (health.of_rights("lake", True, False), False, "others may enter"),
        (health.of_rights("lake", True, True), True, "this user's alone"),
    ],
)
def test_a_check_says_what_it_found_and_what_to_do(check, is_well, said):
    assert check.is_well == is_well
    assert said in check.found
    assert is_well or check.cure


def test_this_machine_is_looked_at_without_being_changed(config, tmp_path):
    names = [check.name for check in machine.checks(config)]

    assert names[:4] == ["Python", "Java", "packages", "jars"]
    assert [name.split()[0] for name in names[4:]] == ["disk", "memory", "rights"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_ends_in_one_error_with_every_cure(config, monkeypatch, capsys):
    def missing():
        raise JavaMissingError("java: none was found; Spark needs Java 17 or 21: install one.")

    monkeypatch.setattr(machine, "check_java", missing)
    monkeypatch.setattr(machine, "_free_mib", lambda: 10)
    with pytest.raises(EnvironmentFaultError, match=r"2 things are .* install one.* local\[1\]"):
        doctor.examine(config)
    assert capsys.readouterr().out.count("NOT WELL") == 2


def test_doctor_names_what_comes_next_in_the_lake_it_looked_at(monkeypatch, config, capsys):
    monkeypatch.setattr(doctor, "checks", lambda _: [])
    doctor.examine(config)

    assert capsys.readouterr().out.endswith(f"--synthesise --lake {config.lake.directory}\n")
