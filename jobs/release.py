"""spark-submit's door to `attainment-linkage release`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["release", *sys.argv[1:]])
