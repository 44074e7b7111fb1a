"""Review differences: what one record has and the other lacks is marked, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from attainment_linkage.core.review.differences import lines, marked


def shown(value):
    """A value with its marked pieces in brackets."""
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in value)


def side_by_side(left, right):
    return {
        line.label: (
            *(" ".join(map(shown, side)) for side in (line.left, line.right)),
            line.verdict,
        )
        for line in lines(left, right)
    }


def test_a_pair_side_by_side():
    found = side_by_side(
        {
            "forename": "KATHERINE",
            "middle_names": "ANNE",
            "surname": "SMITH",
            "surname_parts": ["SMITH", "CARTER"],
            "birth_date": "1995-03-12",
            "sex": "F",
            "postcode": "AB12CD",
            "postcodes": ["AB12CD", "AB13EF"],
        },
        {
            "forename": "KATHARINE",
            "surname": "NGUYEN",
            "surname_parts": ["NGUYEN"],
            "birth_date": "1995-03-21",
            "sex": "F",
            "postcodes": ["AB13EF"],
            "house_number": "12",
            "street": "HIGH STREET",
        },
    )

    assert found == {
        "Forename": ("KATH[E]RINE", "KATH[A]RINE", "close"),
        "Middle names": ("ANNE", "", "one side only"),
        "Surname": ("[SMITH]", "[NGUYEN]", "different"),
        "Other surnames": ("CARTER", "", "one side only"),
        "Date of birth": ("[12]/03/1995", "[21]/03/1995", "close"),
        "Sex": ("F", "F", "same"),
        "Postcodes": ("AB1 3EF [AB1 2CD]", "AB1 3EF", "close"),
        "Address": ("", "12 HIGH STREET", "one side only"),
    }


def test_a_partial_date_shows_what_is_not_known():
    found = side_by_side(
        {"birth_day": "05", "birth_year": "1995"}, {"birth_date": "1996-04-06", "sex": "M"}
    )

    assert found["Date of birth"] == ("[05]/[??]/[1995]", "[06]/[04]/[1996]", "different")
    assert "Forename" not in found


@given(st.text("ABCD ", max_size=8), st.text("ABCD ", max_size=8))
def test_pieces_make_up_the_value_and_what_is_not_marked_is_common(one, other):
    ours, theirs, verdict = marked(one, other)

    assert "".join(piece.text for piece in ours) == one
    assert "".join(piece.text for piece in theirs) == other
    kept = ["".join(p.text for p in side if not p.is_marked) for side in (ours, theirs)]
    assert kept[0] == kept[1]
    assert (verdict == "same") == (one == other)
