"""Linked model: the model a ``link`` was done with: its design, and its trained chances, kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from attainment_linkage.adapters import kept_models
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.matchkeys import Ladder
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.prior import Files, posterior_shift, starting_prior
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.road import LINK
from attainment_linkage.domain.tables import IDENTIFIERS
from attainment_linkage.stages import matchkeys
from attainment_linkage.stages.run import RunSummary

ACCEPTED = "bits from which on pairs are linked"
"""The note of ``link``: the configured weight, or the one a stated rate of false links asks."""


def design(ladder: Ladder | None = None) -> LinkageModel:
    """What the road compares and blocks on, with a ladder of matchkeys: that of ``conf/``."""
    roles = (ATTAINMENT_SIDE.roles.values(), CENSUS_SIDE.roles.values())
    keys = (ladder or matchkeys.ladder()).matchkeys
    return replace(model_for(*roles, is_narrow=True), matchkeys=keys)


def of_run(config: Config, summary: RunSummary) -> dict[str, Any] | None:
    """The trained model of a run, as Splink's settings; None where it was not kept."""
    key = next((one.key for one in summary.stages if one.stage == LINK.name), "")
    return of_key(config, key)


def of_key(config: Config, key: str) -> dict[str, Any] | None:
    """The trained model of one making of ``link``."""
    return kept_models.read(kept_models.model_path(config.lake.root(IDENTIFIERS), key))


def shift_bits(pupils: int, lines: int, doubles: int, expected_pairs: float) -> float:
    """What the number of true pairs adds to every weight of a linkage of the road. Bits.

    ``lines`` are those of the Census, ``doubles`` the further lines of people counted twice.
    """
    files = Files(pupils, lines - doubles, "one_to_one")
    return posterior_shift(max(expected_pairs, 1.0), files, starting_prior(files))
