"""Doors: what a subcommand does, from the words of the command line to an exit code.

A sheet for each of ``cli``, of the same name. The console script and spark-submit's scripts come in
here, so that both run the same.
"""
