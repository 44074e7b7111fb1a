"""CONTRIBUTING: its examples are real commits: they apply, and the house's map holds after them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / ".github" / "examples").glob("*.diff"))


def run(*words, cwd, **environment):
    return subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder):
    """The tracked files, in a folder that is no repository."""
    listed = run("git", "ls-files", "-z", cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git repository: nothing says which files are tracked")
    for name in listed.stdout.split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(source.read_bytes())


def test_every_example_is_named_where_a_newcomer_looks():
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")

    assert len(EXAMPLES) == 5
    assert all(f"examples/{path.name}" in text for path in EXAMPLES)


def test_the_examples_apply_one_after_another_and_keep_the_house_s_rules(tmp_path):
    copied(tmp_path)
    for path in EXAMPLES:
        done = run("git", "apply", "--whitespace=error-all", path, cwd=tmp_path)
        assert done.returncode == 0, f"{path.name}: {done.stderr}"

    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    words += ["tests/test_map.py", "tests/unit/test_comparisons.py", "tests/unit/test_matchkeys.py"]
    done = run(*words, cwd=tmp_path, PYTHONPATH=str(tmp_path / "lib"))
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "lib" / "attainment_linkage" / "stages" / "bands.py").is_file()
