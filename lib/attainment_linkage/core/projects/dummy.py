"""Dummy: the population a dummy extract is made of; nobody in it is real.

It is drawn from the generator's published parameters (``conf/population.toml``) under a seed
of the project's own, so it has the schema and the broad shape of the data and none of its
rows. Its ids need no secret: they stand for nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.core.projects.project import Project

RECORDS = 2_000
"""Attainment records of a dummy extract, before the project's population is chosen."""


def population_for(project: Project, profiles: Mapping[str, Any]) -> Population:
    """The population of a project's dummy: the realistic profile, a seed from the project's id."""
    digest = hashlib.sha256(f"dummy extract of {project.id}".encode()).digest()
    seed = int.from_bytes(digest[:4], "big")
    return Population(seed, profile_named(profiles, "realistic"), RECORDS, None)


def open_key() -> bytes:
    """32 bytes that are no secret: anybody may make a dummy's ids again."""
    return hashlib.sha256(b"the ids of a dummy extract stand for nobody").digest()
