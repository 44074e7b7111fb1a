"""spark-submit's door to `attainment-linkage pseudonymise`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["pseudonymise", *sys.argv[1:]])
