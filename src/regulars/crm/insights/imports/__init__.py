"""Files from outside become orders, customers, contacts and follow-ups: upload, columns, preview, dry run, import,
undo.
"""
