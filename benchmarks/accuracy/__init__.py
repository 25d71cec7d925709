"""Accuracy of the models against exact arithmetic, their own processes and published figures."""
