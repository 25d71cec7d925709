"""The colours of the design as names, in the light and the dark theme.

An option holds expressions: ``$steady`` · ``$mix:seq0:seq1:0.420`` (between two tokens) · ``$on:<expression>`` (black
or white, whichever contrasts more with it) · ``$alpha:card:0.86``. `resolve` turns them into CSS colours; the browser
has the same four rules in ``frontend/charts/tokens.js``.
"""

from __future__ import annotations

from typing import Any, Literal

Theme = Literal["light", "dark"]

LIGHT = {
    "bg": "#F7F7F5",
    "card": "#FFFFFF",
    "sunk": "#F1F1EE",
    "line": "#E7E7E3",
    "line2": "#D2D3CF",
    "ink": "#1A1C1F",
    "ink2": "#4C5157",
    "ink3": "#676C73",
    "sel": "#2A57C8",
    "seal": "#B2362B",
    "grow": "#2F9473",
    "steady": "#1F6FB2",
    "due": "#5E98CA",
    "slip": "#BC800B",
    "dorm": "#C4602A",
    "lost": "#8E2B34",
    "none": "#868E97",
    "vA": "#43349A",
    "vB": "#8B7CCB",
    "vC": "#C9C4E0",
    "t-grow": "#17614E",
    "t-steady": "#1A5F99",
    "t-slip": "#7E5608",
    "t-dorm": "#9A4518",
    "t-lost": "#8E2B34",
    "t-vA": "#43349A",
    "seq0": "#F1EFF9",
    "seq1": "#43349A",
    "ret0": "#F1F7FC",
    "ret1": "#5FA3D8",
}
DARK = {
    "bg": "#121416",
    "card": "#1A1D20",
    "sunk": "#15181A",
    "line": "#2A2E32",
    "line2": "#3C4248",
    "ink": "#ECEDEE",
    "ink2": "#B4BAC1",
    "ink3": "#8F969E",
    "sel": "#86A8FF",
    "seal": "#D9574B",
    "grow": "#57BD9D",
    "steady": "#4F9BD6",
    "due": "#9CC8E8",
    "slip": "#E5AE45",
    "dorm": "#E98A56",
    "lost": "#C65767",
    "none": "#767E87",
    "vA": "#9D8DF0",
    "vB": "#6E62B0",
    "vC": "#4A4570",
    "t-grow": "#6CCBB0",
    "t-steady": "#7CBBEA",
    "t-slip": "#EDC06A",
    "t-dorm": "#F0A078",
    "t-lost": "#EE9AA1",
    "t-vA": "#B5A8F5",
    "seq0": "#22203A",
    "seq1": "#A99BF5",
    "ret0": "#1C2831",
    "ret1": "#2E6FA6",
}
THEMES: dict[Theme, dict[str, str]] = {"light": LIGHT, "dark": DARK}

ON_LIGHT = "#14161A"
ON_DARK = "#FFFFFF"
_LUMINANCE_SWITCH = 0.179


def mix(low: str, high: str, position: float) -> str:
    """The expression for a colour between two tokens, ``position`` from 0 to 1."""
    return f"$mix:{low}:{high}:{min(1.0, max(0.0, position)):.3f}"


def on(expression: str) -> str:
    """The expression for the ink on a coloured cell."""
    return f"$on:{expression.removeprefix('$')}"


def alpha(token: str, opacity: float) -> str:
    return f"$alpha:{token}:{opacity:g}"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB`` (WCAG 2)."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colour(expression: str, theme: Theme) -> str:
    """The CSS colour of an expression. Raises KeyError for a token that does not exist."""
    palette = THEMES[theme]
    name, _, rest = expression.removeprefix("$").partition(":")
    if not rest:
        return palette[name]
    if name == "on":
        return ON_LIGHT if luminance(colour(rest, theme)) > _LUMINANCE_SWITCH else ON_DARK
    parts = rest.split(":")
    if name == "alpha":
        red, green, blue = _channels(palette[parts[0]])
        return f"rgba({red},{green},{blue},{parts[1]})"
    pairs = zip(_channels(palette[parts[0]]), _channels(palette[parts[1]]), strict=True)
    blended = [a + (b - a) * float(parts[2]) for a, b in pairs]
    return "#" + "".join(f"{int(c + 0.5):02X}" for c in blended)


def resolve(option: Any, theme: Theme) -> Any:
    """``option`` with every colour expression replaced; anything else is kept."""
    if isinstance(option, str):
        return colour(option, theme) if option.startswith("$") and len(option) > 1 and option[1].isalpha() else option
    if isinstance(option, dict):
        return {key: resolve(value, theme) for key, value in option.items()}
    if isinstance(option, list):
        return [resolve(value, theme) for value in option]
    return option
