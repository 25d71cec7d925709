"""Likelihood of customers who may leave right after a purchase (BG/NBD, MBG/NBD and MBG/CNBD-k share it).

A customer buys after gaps of Erlang-k(lambda), lambda ~ Gamma(r, alpha), and leaves after a purchase with probability
p ~ Beta(a, b). With R = r + k x, o = b + x (leaving possible after the first purchase too) or b + x - 1 (not), and
y = (T - t_x) / (alpha + T):

    L = Gamma(R) alpha^r / Gamma(r) * (alpha + T)^-R * B(a, o + 1) / B(a, b) * Q * (1 + e^d)
    Q = sum over j < k of (R)_j y^j / j!          (no k-th stage since the last purchase)
    d = ln(a / o) + R ln((alpha + T) / (alpha + t_x)) - ln Q      (log odds of having left)

Sources: Fader, Hardie and Lee 2005, equation 6; Batislam, Denizel and Filiztekin 2007; Platzer and Reutterer 2016,
equation 4. The gaps' density factors that hold no parameter are added by the models.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, polygamma

from regulars.engine.probability.collapse import FloatArray, Histories, IntArray

BOX: Final = math.log(1e7)


@njit(
    "Tuple((float64, float64[::1], float64[:, ::1]))"
    "(float64[::1], float64[::1], float64[::1], float64[::1], float64[::1], int64, int64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _mixture(  # type: ignore[no-untyped-def]
    frequency, recency, age, weight, theta, k, after_first
):
    """Sum of weight * (-R ln(alpha + T) + ln Q + ln(1 + e^d)), its gradient and Hessian in (r, alpha, a, b)."""
    r, alpha, a, b = theta[0], theta[1], theta[2], theta[3]
    value = 0.0
    gr = galpha = ga = gb = 0.0
    hrr = hra = hrA = hrB = haa = haA = haB = hAA = hAB = hBB = 0.0
    log_a = math.log(a)
    last_age = -1.0
    last_x = -1.0
    log_age = 0.0
    i_age = 0.0
    log_o = 0.0
    o = b
    for i in range(frequency.shape[0]):
        x = frequency[i]
        w = weight[i]
        if age[i] != last_age:
            last_age = age[i]
            log_age = math.log(alpha + last_age)
            i_age = 1.0 / (alpha + last_age)
        shape = r + k * x
        if x == 0.0 and after_first == 0:
            value -= w * shape * log_age
            gr -= w * log_age
            galpha -= w * shape * i_age
            hra -= w * i_age
            haa += w * shape * i_age * i_age
            continue
        if x != last_x:
            last_x = x
            o = b + x if after_first == 1 else b + (x - 1.0)
            log_o = math.log(o)
        silence = age[i] - recency[i]
        i_last = 1.0 / (alpha + recency[i])
        lapse = math.log1p(silence * i_last)
        log_q = q_r = q_rr = q_y = q_yy = q_ry = 0.0
        y = silence * i_age
        if k > 1 and y > 0.0:
            term = 1.0
            total = 1.0
            h = h2 = 0.0
            m_h = m_hh = m_h2 = m_j = m_jj = m_hj = 0.0
            for j in range(1, k):
                term *= (shape + j - 1.0) / j * y
                h += 1.0 / (shape + j - 1.0)
                h2 += 1.0 / (shape + j - 1.0) ** 2
                total += term
                m_h += term * h
                m_hh += term * h * h
                m_h2 += term * h2
                m_j += term * j
                m_jj += term * j * j
                m_hj += term * h * j
            m_h /= total
            m_hh /= total
            m_h2 /= total
            m_j /= total
            m_jj /= total
            m_hj /= total
            log_q = math.log(total)
            q_r = m_h
            q_rr = m_hh - m_h * m_h - m_h2
            # y depends on alpha by y' = -y / (alpha + T): derivatives of ln Q in alpha follow from those in ln y
            q_y = -m_j * i_age
            q_yy = (m_jj - m_j * m_j + m_j) * i_age * i_age
            q_ry = -(m_hj - m_h * m_j) * i_age
        d = log_a - log_o + shape * lapse - log_q
        e = math.exp(-abs(d))
        left = 1.0 / (1.0 + e) if d >= 0.0 else e / (1.0 + e)
        spread = e / ((1.0 + e) * (1.0 + e))
        value += w * (-shape * log_age + log_q + max(d, 0.0) + math.log1p(e))
        slip = i_age - i_last
        d_r = lapse - q_r
        d_al = shape * slip - q_y
        d_a = 1.0 / a
        d_b = -1.0 / o
        gr += w * (-log_age + q_r + left * d_r)
        galpha += w * (-shape * i_age + q_y + left * d_al)
        ga += w * left * d_a
        gb += w * left * d_b
        hrr += w * (q_rr + spread * d_r * d_r - left * q_rr)
        hra += w * (-i_age + q_ry + spread * d_r * d_al + left * (slip - q_ry))
        haa += w * (
            shape * i_age * i_age
            + q_yy
            + spread * d_al * d_al
            + left * (-shape * (i_age * i_age - i_last * i_last) - q_yy)
        )
        hrA += w * spread * d_r * d_a
        hrB += w * spread * d_r * d_b
        haA += w * spread * d_al * d_a
        haB += w * spread * d_al * d_b
        hAA += w * (spread * d_a * d_a - left * d_a * d_a)
        hAB += w * spread * d_a * d_b
        hBB += w * (spread * d_b * d_b + left * d_b * d_b)
    gradient = np.array([gr, galpha, ga, gb])
    hessian = np.array(
        [[hrr, hra, hrA, hrB], [hra, haa, haA, haB], [hrA, haA, hAA, hAB], [hrB, haB, hAB, hBB]]
    )
    return value, gradient, hessian


class DropoutLikelihood:
    """Log-likelihood of collapsed histories in (ln r, ln alpha, ln a, ln b), with gradient and Hessian."""

    def __init__(self, histories: Histories, *, k: int, after_first: bool) -> None:
        self.k = k
        self.after_first = after_first
        self._frequency = histories.frequency.astype(np.float64)
        self._recency, self._age = histories.recency, histories.age
        self._weight = histories.weight.astype(np.float64)
        levels, first = np.unique(histories.frequency, return_index=True)
        self._levels = levels.astype(np.float64)
        self._counts = np.add.reduceat(histories.weight, first).astype(np.float64)
        self._n = float(self._counts.sum())

    def __call__(self, log_parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        theta = np.exp(log_parameters)
        value, gradient, hessian = _mixture(
            self._frequency, self._recency, self._age, self._weight, theta, self.k, int(self.after_first)
        )
        self._add_rates(theta, gradient, hessian)
        self._add_shares(theta, gradient, hessian)
        value += self._constants(theta)
        scale = np.outer(theta, theta)
        return float(value), gradient * theta, hessian * scale + np.diag(gradient * theta)

    def _constants(self, theta: FloatArray) -> float:
        r, alpha, a, b = theta
        kept = self._levels + 1.0 if self.after_first else self._levels
        rates = gammaln(r + self.k * self._levels) - gammaln(r)
        shares = _log_kept(a, b, kept)
        return float(self._counts @ (rates + shares) + self._n * r * math.log(alpha))

    def _add_rates(self, theta: FloatArray, gradient: FloatArray, hessian: FloatArray) -> None:
        r, alpha = theta[0], theta[1]
        shape = r + self.k * self._levels
        gradient[0] += self._counts @ (digamma(shape) - digamma(r)) + self._n * math.log(alpha)
        gradient[1] += self._n * r / alpha
        hessian[0, 0] += self._counts @ (polygamma(1, shape) - polygamma(1, r))
        hessian[1, 1] -= self._n * r / alpha**2
        hessian[0, 1] += self._n / alpha
        hessian[1, 0] = hessian[0, 1]

    def _add_shares(self, theta: FloatArray, gradient: FloatArray, hessian: FloatArray) -> None:
        a, b = theta[2], theta[3]
        kept = self._levels + 1.0 if self.after_first else self._levels
        both = digamma(a + b) - digamma(a + b + kept)
        gradient[2] += self._counts @ both
        gradient[3] += self._counts @ (both + digamma(b + kept) - digamma(b))
        bend = polygamma(1, a + b) - polygamma(1, a + b + kept)
        hessian[2, 2] += self._counts @ bend
        hessian[2, 3] += self._counts @ bend
        hessian[3, 2] = hessian[2, 3]
        hessian[3, 3] += self._counts @ (bend + polygamma(1, b + kept) - polygamma(1, b))


def _log_kept(a: float, b: float, kept: NDArray[np.float64]) -> FloatArray:
    """ln B(a, b + kept) - ln B(a, b)."""
    return np.asarray(gammaln(b + kept) - gammaln(b) - gammaln(a + b + kept) + gammaln(a + b))


def starting_points(histories: Histories, k: int) -> list[FloatArray]:
    """A few rough guesses; the best of them starts the climb."""
    weight = histories.weight.astype(np.float64)
    purchases = max(float(weight @ histories.frequency), 1.0)
    exposure = max(float(weight @ histories.recency) + 0.5 * float(weight @ (histories.age - histories.recency)), 1e-9)
    rate = k * purchases / exposure
    return [
        np.log(np.array([r, r / rate, a, b]))
        for r in (0.3, 1.0, 3.0)
        for a, b in ((0.5, 2.0), (1.0, 1.5), (1.0, 8.0))
    ]


def gap_terms(histories: Histories, k: int) -> float:
    """The part of the log-likelihood of k that holds no parameter, relative to k = 1.

    With the gaps known: (k - 1) sum ln gap - x ln Gamma(k). From the summary alone the gaps are integrated out, which
    leaves the density of t_x given x: (k x - 1) ln t_x - ln Gamma(k x) - (x - 1) ln t_x + ln Gamma(x).
    """
    if k == 1:
        return 0.0
    repeat: IntArray = np.flatnonzero(histories.frequency > 0)
    x = histories.frequency[repeat].astype(np.float64)
    weight = histories.weight[repeat].astype(np.float64)
    if histories.log_gaps is not None:
        return float((k - 1) * histories.log_gaps - weight @ x * math.lgamma(k))
    spread = (k - 1) * x * np.log(histories.recency[repeat]) - gammaln(k * x) + gammaln(x)
    return float(weight @ spread)
