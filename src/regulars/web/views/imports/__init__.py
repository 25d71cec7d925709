"""Import in the browser: upload, columns, preview, dry run, import, undo."""
