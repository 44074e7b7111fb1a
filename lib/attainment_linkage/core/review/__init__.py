"""Clerical review: what to draw, what reviewers decided, what follows from it. No files."""
