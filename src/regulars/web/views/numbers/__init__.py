"""The analysis pages, from any number to its customers, targets, the control of the classes."""
