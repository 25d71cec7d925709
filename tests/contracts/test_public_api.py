"""The public library: what `import regulars` offers, no more and no less."""

import inspect

import pytest

import regulars

PUBLIC = {
    "Analysis",
    "Parameters",
    "RegularsError",
    "__version__",
    "analyze",
    "backtest",
    "fit_purchases",
    "fit_spend",
    "score",
    "summarize",
}


def test_all_is_pinned():
    assert set(regulars.__all__) == PUBLIC


def test_all_has_no_repeats():
    assert len(regulars.__all__) == len(set(regulars.__all__))


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_public_names_exist_and_are_documented(name):
    assert inspect.getdoc(getattr(regulars, name)), f"{name} has no docstring"
