"""Fixtures for every test: one Spark session, drawn tables, a lake of one's own.

The session is the project's own (``adapters.session``): Delta on through
``conf/spark-defaults.conf``, two cores, two shuffle partitions, a heap of 2 GiB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.tables import Table

pytest_plugins = ["tests.small_road", "tests.research_lake", "tests.browser", "tests.leaks.whole"]

LAUNCH = {
    "spark.master": "local[2]",
    "spark.driver.memory": "2g",
    # Tests end before the slow, thorough compiler of the JVM pays; it would take a core.
    "spark.driver.extraJavaOptions": (
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Duser.timezone=UTC "
        "-Dlog4j2.configurationFile=conf/log4j2.properties"
    ),
}
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Expressions interpreted, not compiled: for tiny tables, and to hold the one against the other."""
RUN_TIME = {
    "driver_memory_gib": 2,
    "shuffle_partitions": 2,
    "delta_snapshot_partitions": 1,
}


def config_for(directory: Path, **sections: dict[str, object]) -> Config:
    """The local configuration with its lake in a folder of the test."""
    given = {"spark": RUN_TIME, **lake_override(directory)}
    for name, values in sections.items():
        given[name] = {**given.get(name, {}), **values}
    return load("local", given)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The session of all tests, opened when the first one asks for it."""
    config = config_for(tmp_path_factory.mktemp("session"))
    with open_session(config, "tests", launch=LAUNCH) as session:
        yield session


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The local configuration with a lake of this test's own."""
    return config_for(tmp_path / "lake")


Rows = Callable[..., DataFrame]


@pytest.fixture
def rows(spark: SparkSession) -> Rows:
    """Read a drawn table: a header line, then one line per row; '-' is null.

    A cell of an array is its elements parted by ';', '[]' is an empty one, and a cell of a
    struct, or of an array of structs, is JSON. With ``is_partial`` the columns that are not
    drawn are null.
    """

    def read(table: Table, drawing: str, *, is_partial: bool = False) -> DataFrame:
        lines = [line.split("|") for line in drawing.strip().splitlines()]
        header, *body = [[cell.strip() for cell in line] for line in lines]
        unknown = [name for name in header if name not in table.names]
        assert not unknown, f"drawn {unknown}; {table.name} has {table.names}"
        assert is_partial or header == table.names, f"drawn {header}; it has {table.names}"
        cells = [[None if cell == "-" else cell for cell in row] for row in body]
        drawn = spark.createDataFrame(cells, ", ".join(f"`{name}` string" for name in header))
        columns = [
            _cell(column.name, column.type)
            if column.name in header
            else F.lit(None).cast(column.type).alias(column.name)
            for column in table.columns
        ]
        return drawn.select(*columns)

    return read


def _cell(name: str, kind: str) -> Column:
    text = F.col(f"`{name}`")
    if "struct" in kind:
        return F.from_json(text, kind).alias(name)
    if kind.startswith("array"):
        elements = F.when(text != "[]", F.split(text, r"\s*;\s*")).otherwise(F.array())
        return F.when(text.isNotNull(), elements).cast(kind).alias(name)
    return text.cast(kind).alias(name)
