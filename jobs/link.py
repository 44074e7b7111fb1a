"""spark-submit's door to `attainment-linkage link`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["link", *sys.argv[1:]])
