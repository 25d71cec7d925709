"""How good a forecast was: bias, WAPE, RMSE, ranking, deciles, calibration. All are the same in any order of the rows.

With e the forecast and y what happened, n customers each: bias = sum e / sum y - 1; WAPE = sum |e - y| / sum y;
RMSE = sqrt(mean (e - y)^2); normalised Gini = Gini of y in order of e / Gini of y in its own order (customers with the
same forecast share their mean y); capture = y held by the top 10 % of e / y held by the top 10 % of y. A ratio over
nothing is None. MAE is left out on purpose: "predict zero" comes close to winning it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray


@dataclass(frozen=True)
class Accuracy:
    """Figures of one forecast over n customers."""

    n: int
    forecast: float
    actual: float
    bias: float | None
    wape: float | None
    rmse: float
    gini: float | None
    capture: float | None


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers in order of forecast, the best first: mean forecast and mean of what happened."""

    customers: int
    forecast: float
    actual: float


@dataclass(frozen=True)
class Reliability:
    """Customers whose chance was forecast within [low, high): mean chance, share to whom it happened, 95 % Wilson."""

    low: float
    high: float
    customers: int
    forecast: float
    actual: float
    actual_low: float
    actual_high: float


def shared(actual: FloatArray, forecast: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Customers in falling order of forecast, and the mean actual of all with the same forecast; float64[n] both."""
    order = np.argsort(-forecast, kind="stable")
    ranked, values = forecast[order], actual[order]
    first = np.flatnonzero(np.append(True, np.diff(ranked) != 0.0))
    sizes = np.diff(np.append(first, len(ranked)))
    means = np.add.reduceat(values, first) / sizes
    return ranked, np.repeat(means, sizes)


def _area(ranked: FloatArray) -> float:
    n = len(ranked)
    total = float(ranked.sum())
    return float(((n - np.arange(n)) * ranked).sum()) / (n * total) - (n + 1) / (2 * n)


def accuracy(forecast: FloatArray, actual: FloatArray) -> Accuracy:
    """All figures of a forecast; arrays of shape (n,), n >= 1."""
    order = np.lexsort((actual, forecast))
    forecast, actual = forecast[order], actual[order]
    n, total = len(actual), float(actual.sum())
    error = forecast - actual
    gini = capture = None
    if total > 0.0:
        ranked = shared(actual, forecast)[1]
        best = np.sort(actual)[::-1]
        ideal = _area(best)
        top = max(n // 10, 1)
        held = float(best[:top].sum())
        gini = _area(ranked) / ideal if ideal > 1e-12 else None
        capture = float(ranked[:top].sum()) / held if held > 0.0 else None
    return Accuracy(
        n=n,
        forecast=float(forecast.sum()),
        actual=total,
        bias=float(forecast.sum()) / total - 1.0 if total > 0.0 else None,
        wape=float(np.abs(error).sum()) / total if total > 0.0 else None,
        rmse=float(np.sqrt(np.mean(error**2))),
        gini=gini,
        capture=capture,
    )


def deciles(forecast: FloatArray, actual: FloatArray) -> tuple[Decile, ...]:
    """Ten groups of equal size in order of forecast."""
    ranked, values = shared(actual, forecast)
    parts = zip(np.array_split(ranked, 10), np.array_split(values, 10), strict=True)
    return tuple(Decile(len(e), float(e.mean()), float(y.mean())) for e, y in parts if len(e))


def wilson(hits: float, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """95 % Wilson interval of a share."""
    share, scale = hits / n, 1.0 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * np.sqrt(share * (1.0 - share) / n + z * z / (4 * n * n)) / scale
    return max(float(centre - half), 0.0), min(float(centre + half), 1.0)


def reliability(chance: FloatArray, happened: NDArray[np.bool_], bins: int = 10) -> tuple[Reliability, ...]:
    """Chances against what happened in ``bins`` equal ranges of the chance; empty ranges are left out."""
    index = np.minimum((chance * bins).astype(np.int64), bins - 1)
    rows = []
    for b in range(bins):
        inside = index == b
        n = int(inside.sum())
        if n:
            hits = int(happened[inside].sum())
            low, high = wilson(hits, n)
            rows.append(
                Reliability(b / bins, (b + 1) / bins, n, float(np.sort(chance[inside]).mean()), hits / n, low, high)
            )
    return tuple(rows)


def coverage(low: FloatArray, high: FloatArray, actual: FloatArray) -> float:
    """Share of customers whose outcome lies within its interval."""
    return float(np.mean((actual >= low) & (actual <= high)))
