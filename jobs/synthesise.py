"""spark-submit's door to `attainment-linkage synthesise`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["synthesise", *sys.argv[1:]])
