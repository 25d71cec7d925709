"""Maximum of a smooth function of a few logarithmic parameters: Newton's method in a trust region.

The step solves max g's + s'Hs/2 subject to |s| <= radius exactly, by the eigenvectors of the Hessian (Moré and
Sorensen 1983), so that a ridge or a saddle costs extra steps and never a failure. A parameter that runs to the edge of
its box stays there while the gradient pushes it outwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Objective = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]

_RADIUS: Final = 1.0
_MAX_RADIUS: Final = 4.0
_MIN_RADIUS: Final = 1e-9
_EDGE: Final = 1e-9
_NOISE: Final = 1e-7


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: point, value, gradient and Hessian there; ``held`` marks parameters at their bounds."""

    point: FloatArray
    value: float
    gradient: FloatArray
    hessian: FloatArray
    held: NDArray[np.bool_]
    iterations: int
    converged: bool


def trust_step(gradient: FloatArray, hessian: FloatArray, radius: float) -> FloatArray:
    """The maximiser of the quadratic model within ``radius``."""
    curvature, vectors = np.linalg.eigh(-hessian)
    slope = vectors.T @ gradient
    floor = 1e-14 * max(float(np.abs(curvature).max()), 1e-300)

    def step(shift: float) -> FloatArray:
        return np.asarray(slope / np.maximum(curvature + shift, floor))

    low = max(0.0, -float(curvature.min()) + floor)
    if float(np.linalg.norm(step(low))) <= radius:
        return np.asarray(vectors @ step(low))
    high = low + float(np.linalg.norm(slope)) / radius + float(np.abs(curvature).max())
    for _ in range(200):
        middle = 0.5 * (low + high)
        if float(np.linalg.norm(step(middle))) > radius:
            low = middle
        else:
            high = middle
        if high - low <= 1e-3 * high:
            break
    return np.asarray(vectors @ step(high))


def _boxed_step(
    point: FloatArray, gradient: FloatArray, hessian: FloatArray, radius: float, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_], bool]:
    """Trust-region step up to the edge of the box, the parameters held at an edge, and whether the step is whole."""
    low, high = point <= lower + _EDGE, point >= upper - _EDGE
    held = (low & (gradient < 0)) | (high & (gradient > 0))
    while not held.all():
        free, step = ~held, np.zeros_like(point)
        step[free] = trust_step(gradient[free], hessian[np.ix_(free, free)], radius)
        outwards = (low & (step < 0)) | (high & (step > 0))
        if not outwards.any():
            room = np.where(step > 0, upper - point, point - lower)
            share = np.divide(room, np.abs(step), out=np.ones_like(step), where=step != 0.0)
            return step * min(1.0, float(share.min())), held, bool(share.min() >= 1.0)
        held = held | outwards
    return np.zeros_like(point), held, True


def maximize(
    objective: Objective,
    start: FloatArray,
    *,
    lower: FloatArray,
    upper: FloatArray,
    max_iterations: int = 300,
    tolerance: float = 1e-12,
) -> Optimum:
    """Climb from ``start`` inside the box; stops when a Newton step would gain less than ``tolerance`` of the value."""
    point = np.clip(start, lower, upper)
    value, gradient, hessian = objective(point)
    radius = _RADIUS
    for iteration in range(1, max_iterations + 1):
        step, held, whole = _boxed_step(point, gradient, hessian, radius, lower, upper)
        if held.all():
            return Optimum(point, value, gradient, hessian, held, iteration, True)
        free, target = ~held, np.clip(point + step, lower, upper)
        foreseen = float(gradient @ step + 0.5 * step @ hessian @ step)
        trial = objective(target)
        if abs(foreseen) <= tolerance * (abs(value) + 1.0) and (whole or foreseen == 0.0):
            better = float(np.linalg.norm(trial[1][free])) <= float(np.linalg.norm(gradient[free]))
            if better:
                point, (value, gradient, hessian) = target, trial
            return Optimum(point, value, gradient, hessian, held, iteration, True)
        gain = trial[0] - value
        ratio = gain / foreseen if np.isfinite(gain) else -1.0
        length = float(np.linalg.norm(step))
        if ratio < 0.25:
            radius = 0.25 * length
        elif ratio > 0.75 and length > 0.8 * radius:
            radius = min(2.0 * radius, _MAX_RADIUS)
        if ratio > 1e-4:
            point, (value, gradient, hessian) = target, trial
        if radius < _MIN_RADIUS:  # nothing left but rounding, or a derivative that does not fit
            return Optimum(
                point, value, gradient, hessian, held, iteration, abs(foreseen) <= _NOISE * (abs(value) + 1.0)
            )
    return Optimum(point, value, gradient, hessian, np.zeros(len(point), dtype=bool), max_iterations, False)
