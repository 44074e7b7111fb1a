"""Geography: an invented country of output areas, with postcodes of the right grammar.

An output area holds 130 addresses in 9 postcode units, as in England about 15 a unit. It
lies in one zone (a local authority, 320 of them), one postcode sector and one LSOA. Every
fact of an output area follows from its number, so no table of places is stored or shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.population.draws import Floats, Ints, mixed, settled, settled_normal

ADDRESSES_PER_AREA, UNITS_PER_AREA = 130, 9
# addresses 0..19 of an output area house the pupils, 20..129 the other households
PUPIL_ADDRESSES = 20
ZONES, SECTORS_PER_ZONE, SECTORS_PER_DISTRICT, AREAS_PER_SECTOR = 320, 36, 4, 44
AREAS_PER_LSOA = 5
_SCATTER = 197  # odd to 320: neighbouring numbers lie in different regions
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"
_DEPRIVATION, _MINORITY, _URBAN, _STREET = 11, 12, 13, 14

# zones in proportion to the 2011 population, and the share of minority families (assumed)
REGIONS = (
    ("E12000001", "north_east", 16, 0.05, 0.35, "NE SR DH TS DL"),
    ("E12000002", "north_west", 43, 0.11, 0.30, "M L WA WN BL OL SK CH CW PR BB FY LA CA"),
    ("E12000003", "yorkshire", 32, 0.12, 0.20, "LS BD HX HD WF S DN HU YO HG"),
    ("E12000004", "east_midlands", 27, 0.12, 0.0, "NG DE LE NN LN"),
    ("E12000005", "west_midlands", 34, 0.20, 0.20, "B CV WS WV DY ST TF WR HR"),
    ("E12000006", "east", 35, 0.12, -0.30, "CB PE NR IP CO CM SS LU SG AL"),
    ("E12000007", "london", 49, 0.52, 0.30, "E N NW SE SW W EN HA UB TW KT SM CR BR IG RM EC"),
    ("E12000008", "south_east", 52, 0.12, -0.45, "RG OX HP SL GU RH BN TN ME CT PO SO MK"),
    ("E12000009", "south_west", 32, 0.06, -0.20, "BS BA GL SN SP BH DT EX TA TQ PL TR"),
)  # fmt: skip
LONDON = 6
_STREET_NAMES = """Acorn Albion Alder Almond Apple Ash Beech Bell Birch Bluebell Bramble Bridge
Brook Canal Castle Cedar Chapel Cherry Chestnut Church Clover Coppice Cross Dale Elm Fern Field
Forge Foxglove Garden Grange Green Hawthorn Hazel Heath High Hill Holly Ivy Juniper Kestrel Lake
Larch Lark Laurel Lilac Lime Maple Market Meadow Mill Moor Oak Orchard Park Pine Poplar Primrose
Queen Quarry Rectory River Robin Rose Rowan School Spring Station Sycamore Thorn Tower Valley
Victoria Walnut Water Well Willow Wood Yew""".split()
_STREET_KINDS = ("Street", "Road", "Avenue", "Close", "Lane", "Drive", "Way", "Crescent")


@dataclass(frozen=True)
class Country:
    """What does not depend on the population: zones, and the texts of places."""

    zone_region: Ints
    zone_code: pa.StringArray
    sector_text: pa.StringArray
    inward_text: pa.StringArray
    street_text: pa.StringArray


@cache
def country() -> Country:
    """The zones and texts; the same in every population."""
    regions: list[int] = []
    codes: list[str] = []
    sectors: list[str] = []
    for region, (_, _, zones, _, _, letters) in enumerate(REGIONS):
        areas = letters.split()
        for zone in range(zones):
            entity = "E09" if region == LONDON else ("E06", "E07", "E07", "E08")[zone % 4]
            regions.append(region)
            codes.append(f"{entity}{len(codes):06d}")
            first = zone // len(areas) * (SECTORS_PER_ZONE // SECTORS_PER_DISTRICT) + 1
            sectors += [
                f"{areas[zone % len(areas)]}{first + s // SECTORS_PER_DISTRICT} {s % 4 * 2 + 1}"
                for s in range(SECTORS_PER_ZONE)
            ]
    return Country(
        np.array(regions),
        pa.array(codes),
        pa.array(sectors),
        pa.array([first + second for first in _INWARD for second in _INWARD]),
        pa.array([f"{name} {kind}" for name in _STREET_NAMES for kind in _STREET_KINDS]),
    )


def zone_of(area: Ints) -> Ints:
    """The zone (local authority) of an output area."""
    return np.asarray(area * _SCATTER % ZONES)


def region_of(area: Ints) -> Ints:
    """The region, 0 to 8, of an output area."""
    return country().zone_region[zone_of(area)]


def sector_of(area: Ints) -> Ints:
    """The postcode sector of an output area, numbered through the country."""
    return np.asarray(zone_of(area) * SECTORS_PER_ZONE + area // ZONES % SECTORS_PER_ZONE)


def lsoa_of(area: Ints) -> Ints:
    """The LSOA of an output area: five output areas of one sector."""
    within = area // ZONES // SECTORS_PER_ZONE
    per_sector = AREAS_PER_SECTOR // AREAS_PER_LSOA + 1
    return np.asarray(sector_of(area) * per_sector + within // AREAS_PER_LSOA)


def deprivation_of(area: Ints) -> Floats:
    """Deprivation of the LSOA: near standard normal, more is poorer."""
    tilt = np.array([region[4] for region in REGIONS])
    return np.asarray(settled_normal(lsoa_of(area), _DEPRIVATION) * 0.95 + tilt[region_of(area)])


def idaci_score(deprivation: Floats) -> Floats:
    """Share of children in families on low income, 0 to 1, from deprivation."""
    return np.asarray(1.0 / (1.0 + np.exp(1.55 - 0.85 * deprivation)))


def minority_share(area: Ints) -> Floats:
    """Chance that a family of the area is not White British; clustered within regions."""
    mean = np.array([region[3] for region in REGIONS])[region_of(area)]
    score = np.log(mean / (1 - mean)) - 0.25 + settled_normal(lsoa_of(area), _MINORITY)
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def is_urban(area: Ints) -> Ints:
    """1 for an urban output area (all of London), else 0."""
    rural = settled(lsoa_of(area), _URBAN) < 0.22
    return np.where(rural & (region_of(area) != LONDON), 0, 1)


def unit_of(area: Ints, address: Ints) -> Ints:
    """The postcode unit, numbered through the country, of an address of an output area."""
    return np.asarray(area * UNITS_PER_AREA + address % UNITS_PER_AREA)


def house_number(area: Ints, address: Ints) -> Ints:
    """The number of the house in its street; units of an area are its streets."""
    return np.asarray(1 + address // UNITS_PER_AREA * 2 + (area + address) % 2 * 31)


def nearby_unit(
    rng: np.random.Generator, area: Ints, n_areas: int, distance_shares: tuple[float, ...]
) -> Ints:
    """A postcode unit of an earlier or other address, at a drawn distance from ``area``.

    ``distance_shares``: same sector, same district, same zone, same region, anywhere.
    Units are those of the ``n_areas`` output areas that are lived in.
    """
    count = len(area)
    edges = np.cumsum(distance_shares)
    reach = np.searchsorted(edges[:-1] / edges[-1], rng.random(count), side="right")
    rank, zone = area // ZONES, area % ZONES
    sector, spread = rank % SECTORS_PER_ZONE, rng.random(count)
    district = sector - sector % SECTORS_PER_DISTRICT
    new_sector = np.select(
        [reach == 0, reach == 1],
        [sector, district + (spread * SECTORS_PER_DISTRICT).astype(np.int64)],
        (spread * SECTORS_PER_ZONE).astype(np.int64),
    )
    ranks = max(1, n_areas // ZONES)
    deep = (rng.random(count) * (ranks // SECTORS_PER_ZONE + 1)).astype(np.int64)
    new_zone = np.where(reach < 3, zone, _other_zone(rng, zone, reach))
    new_area = (deep * SECTORS_PER_ZONE + new_sector) % ranks * ZONES + new_zone
    return unit_of(new_area % max(n_areas, 1), rng.integers(0, UNITS_PER_AREA, count))


def _other_zone(rng: np.random.Generator, zone: Ints, reach: Ints) -> Ints:
    """A zone number before scattering: of the same region, or (reach 4) any."""
    sizes = np.array([region[2] for region in REGIONS])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    region = country().zone_region[zone * _SCATTER % ZONES]
    draw = rng.random(len(zone))
    near = starts[region] + (draw * sizes[region]).astype(np.int64)
    scattered = np.where(reach == 4, (draw * ZONES).astype(np.int64), near)
    return np.asarray(scattered * pow(_SCATTER, -1, ZONES) % ZONES)


def postcode_text(unit: Ints) -> pa.StringArray:
    """Postcodes of units, as 'LS12 4AB'; a negative unit gives null."""
    area = np.maximum(unit, 0) // UNITS_PER_AREA
    within = area // ZONES // SECTORS_PER_ZONE * UNITS_PER_AREA + unit % UNITS_PER_AREA
    # 149 is odd to 400: neighbouring units do not get neighbouring letters
    letters = within * 149 % 400
    sectors = country().sector_text.take(pa.array(sector_of(area), mask=unit < 0))
    return pc.binary_join_element_wise(sectors, country().inward_text.take(pa.array(letters)), "")


def street_text(unit: Ints) -> pa.StringArray:
    """The street of a postcode unit."""
    streets = country().street_text
    place = mixed(unit, _STREET) % np.uint64(len(streets))
    return streets.take(pa.array(place.astype(np.int64)))


def area_codes(prefix: str, numbers: Ints) -> pa.StringArray:
    """Nine-character codes of places, as E01000123."""
    digits = np.full((len(numbers), 9), ord("0"), dtype=np.uint8)
    digits[:, :3] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(8, 2, -1):
        digits[:, place] += (rest % 10).astype(np.uint8)
        rest //= 10
    offsets = np.arange(0, (len(numbers) + 1) * 9, 9, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets.tobytes()), pa.py_buffer(digits.tobytes())
    )
