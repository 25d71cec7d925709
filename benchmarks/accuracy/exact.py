"""Scores in 40-digit arithmetic (mpmath), by the formulas of the papers: what the engine's numbers are held against.

Working precision grows fourfold until two evaluations agree to 25 digits, because the papers' forms cancel, and because
mpmath's own 2F1 can be wrong by orders at 50 and at 100 digits alike (z near 1, parameters in the hundreds).
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp

Number = float | int


def settled(formula: Callable[[], mp.mpf]) -> mp.mpf:
    """``formula`` at 60, 240, 960… digits until it stands still."""
    before = None
    for digits in (60, 240, 960, 3840, 15360):
        try:
            with mp.workdps(digits):
                value = formula()
        except (ValueError, mp.NoConvergence):  # mpmath says that this precision is not enough
            continue
        if before is not None and value > 0 and abs(value / before - 1) < mp.mpf(10) ** -25:
            return value
        before = value
    raise ArithmeticError("the reference did not settle")


def dropout(
    r: Number, alpha: Number, a: Number, b: Number, x: int, t_x: Number, age: Number, h: Number, *, after_first: bool
) -> tuple[mp.mpf, mp.mpf, mp.mpf]:
    """P(alive), E[N] and P(active) of BG/NBD (Fader, Hardie, Lee 2005) or MBG/NBD (Batislam et al. 2007)."""

    def alive() -> mp.mpf:
        if x == 0 and not after_first:
            return mp.mpf(1)
        shape, kept = mp.mpf(r) + x, mp.mpf(b) + x - (0 if after_first else 1)
        return 1 / (1 + mp.mpf(a) / kept * ((mp.mpf(alpha) + age) / (mp.mpf(alpha) + t_x)) ** shape)

    def mean() -> mp.mpf:
        shape, leave = mp.mpf(r) + x, mp.mpf(b) + x + (1 if after_first else 0)
        z = mp.mpf(h) / (mp.mpf(alpha) + age + h)
        c = mp.mpf(a) + leave - 1
        series = mp.hyp2f1(c - shape, mp.mpf(a) - 1, c, z, maxterms=10**7)
        return c / (mp.mpf(a) - 1) * (1 - (1 - z) ** (mp.mpf(a) - 1) * series)

    def active() -> mp.mpf:
        shape = mp.mpf(r) + x
        return -mp.expm1(-shape * mp.log1p(mp.mpf(h) / (mp.mpf(alpha) + age)))

    still = settled(alive)
    return still, still * settled(mean), still * settled(active)


def _beyond(p: mp.mpf, q: mp.mpf, a: mp.mpf, b: mp.mpf) -> mp.mpf:
    """Integral of (a + t)^-p (b + t)^-q over t > 0 (Fader and Hardie 2005, section 3)."""
    if a < b:
        return _beyond(q, p, b, a)
    return mp.hyp2f1(p + q - 1, q, p + q, (a - b) / a, maxterms=10**7, maxprec=10**6) / (a ** (p + q - 1) * (p + q - 1))


def pareto(
    r: Number, alpha: Number, s: Number, beta: Number, x: int, t_x: Number, age: Number, h: Number
) -> tuple[mp.mpf, mp.mpf, mp.mpf]:
    """P(alive), E[N] and P(active) of the Pareto/NBD (Schmittlein et al. 1987; Fader and Hardie 2005)."""

    def alive() -> mp.mpf:
        shape, life, first, second = mp.mpf(r) + x, mp.mpf(s), mp.mpf(alpha), mp.mpf(beta)
        lost = _beyond(shape, life + 1, first + t_x, second + t_x) - _beyond(shape, life + 1, first + age, second + age)
        return 1 / (1 + life * (first + age) ** shape * (second + age) ** life * lost)

    def mean() -> mp.mpf:
        rest = mp.mpf(beta) + age
        left = (1 - (rest / (rest + h)) ** (mp.mpf(s) - 1)) / (mp.mpf(s) - 1)
        return (mp.mpf(r) + x) * rest / (mp.mpf(alpha) + age) * left

    def active() -> mp.mpf:
        shape, life, first, second = mp.mpf(r) + x, mp.mpf(s), mp.mpf(alpha) + age, mp.mpf(beta) + age
        span = _beyond(shape + 1, life, first, second) - _beyond(shape + 1, life, first + h, second + h)
        return shape * first**shape * second**life * span

    still = settled(alive)
    return still, still * settled(mean), still * settled(active)
