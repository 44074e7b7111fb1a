"""``python -m attainment_linkage`` is the console script."""

from attainment_linkage.cli import main

main()
