"""Release: outputs are checked, packed, decided on by a second person, and only then leave.

``check`` packs what the rules let through, ``decision`` is the checker's, ``handover`` takes a
package from one user's lake to another's.
"""
