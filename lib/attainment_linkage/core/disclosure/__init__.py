"""Disclosure control: what may leave the room, decided without Spark, in milliseconds.

``description`` and ``cells`` read what is brought; ``primary`` finds what is unsafe by the
rules; ``suppress`` withholds, ``audit`` attacks the result; ``differencing`` attacks it with
everything ever released. Names of codes and counts; no record is ever seen here.
"""
