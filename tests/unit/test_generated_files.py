"""Generated files: a delivery is there whole, or the earlier one still is."""

from pathlib import Path

import pytest

from attainment_linkage.adapters.generated_files import write_truth


class Rows:
    """A frame whose writer leaves one part, and is then killed where asked."""

    def __init__(self, name, *, is_killed=False):
        self.write, self.name, self.is_killed = self, name, is_killed

    def mode(self, name):
        return self

    def parquet(self, path):
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / self.name).touch()
        if self.is_killed:
            raise KeyboardInterrupt("killed")


def test_a_write_that_is_cut_short_leaves_the_earlier_folder_as_it_was(tmp_path):
    folder = tmp_path / "links"
    write_truth(Rows("part-1"), folder)
    with pytest.raises(KeyboardInterrupt, match="killed"):
        write_truth(Rows("part-2", is_killed=True), folder)
    assert [path.name for path in folder.iterdir()] == ["part-1"]

    write_truth(Rows("part-2"), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["links"]
    assert [path.name for path in folder.iterdir()] == ["part-2"]
