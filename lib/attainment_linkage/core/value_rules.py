"""Value rules: why a delivered value counts for nothing though its row is taken in; a closed list.

A row that cannot be used at all goes to quarantine (``core.row_rules``). A value that cannot be
read spoils one column of its row: it becomes null, and ``unread_identity`` or
``unread_attributes`` keeps whose it is, which column and which of these reasons, never the value.
"""

from __future__ import annotations

PLACEHOLDER = "placeholder"
"""A listed default value, such as 1900-01-01 or ZZ99."""

NO_NAME = "no_name"
"""No word of a name is left: signs alone, a title, NOT STATED."""

NO_DATE = "no_date"
"""A date of which neither year nor month nor day can be read."""

NO_POSTCODE = "no_postcode"
"""A postcode of which not even the district can be read, pseudo-postcodes among them."""

FAILED_CHECK = "failed_check"
"""A unique pupil number whose form or check letter is wrong."""

UNDECLARED = "undeclared"
"""A code that is not on its column's list, or a number outside its bounds."""

REASONS = (PLACEHOLDER, NO_NAME, NO_DATE, NO_POSTCODE, FAILED_CHECK, UNDECLARED)
