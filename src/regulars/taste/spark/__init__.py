"""Counting pairs and solving items on Spark: the same numbers as on one machine. The package is an extra."""

from regulars.taste.spark.engine import Spark, session

__all__ = ["Spark", "session"]
