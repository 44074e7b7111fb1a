"""Projects: the register of who may see what, and what follows from it; no Spark."""
