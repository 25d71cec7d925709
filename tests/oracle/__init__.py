"""A second, slow and plain implementation of every figure, written from the definitions alone.

It shares no code and no idea with the engine: Python integers, ``fractions.Fraction`` and sorted lists instead of
arrays and kernels. Tests compare the product with it cell by cell. Where the definitions leave something open, the
docstring of the module in question says which plain reading was taken.
"""

from tests.oracle.compute import OracleResult, compute

__all__ = ["OracleResult", "compute"]
