"""Counting pairs and solving items on Spark: the same numbers as on one machine. The package is an extra."""

from regulars.taste.spark.engine import Files, Spark, session

__all__ = ["Files", "Spark", "session"]
