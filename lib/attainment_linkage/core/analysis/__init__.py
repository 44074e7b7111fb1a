"""Analysis: tables and models as data, and estimates whose intervals carry linkage error.

``reading`` reads the definitions; ``moments`` are the sums that Spark makes of each cell;
``cells`` and ``models`` answer from them; ``outputs`` puts answers in the form of output
checking. No pupil is ever seen here.
"""
