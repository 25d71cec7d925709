"""Summary → ECharts option: pure functions, one figure a module.

A function takes the part of ``summary.json`` its figure shows and a `Reader` (language, currency, profit basis) and
returns a `Drawing`: the option (plain JSON), the table that says the same, the height, and a sentence where there is
nothing to draw. Colours are tokens such as ``$steady`` (see `tokens`), so that one option serves the light and the dark
theme; the browser resolves them, and `tokens.resolve` does in Python. Three more names are resolved by the browser:
``{"@labels": [[value, text]…]}`` as an axis formatter, ``"@rect"`` as the renderer of a rectangle given in axis units,
and ``tip`` on a datum, the words shown on hover.
"""
