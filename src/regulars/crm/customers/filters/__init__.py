"""Filters as data: a tree of conditions over registered fields, checked, read aloud, and compiled to the ORM.

fields.py          what can be filtered, sorted and listed; other packages register theirs
operators.py       what can be asked of which kind of field, and how its values are read
tree.py            the tree: from JSON and back, with limits and errors that name the place
compact.py         the same tree in an address: ``all(metric.abc~is~A;owner~is~me)``
compiling.py       tree → ``Q`` for one actor; only registered fields and operators
reading.py         tree → one sentence
contradictions.py  conditions that nobody can meet together
"""
