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
from regulars.engine.probability.threads import in_chunks

BOX: Final = math.log(1e7)
SUMS: Final = 15
LEAST: Final = 1 << 16


@njit("void(float64, float64, int64, float64[::1])", cache=True, nogil=True, error_model="numpy")
def _silence(shape, y, k, out):  # type: ignore[no-untyped-def]
    """ln Q and its derivatives in R and ln y: Q, Q_R, Q_RR, Q_y, Q_yy, Q_Ry of the logarithm."""
    term = total = 1.0
    h = h2 = 0.0
    m_h = m_hh = m_j = m_jj = m_hj = 0.0
    for j in range(1, k):
        term *= (shape + j - 1.0) / j * y
        h += 1.0 / (shape + j - 1.0)
        h2 += 1.0 / (shape + j - 1.0) ** 2
        total += term
        m_h += term * h
        m_hh += term * (h * h - h2)
        m_j += term * j
        m_jj += term * j * j
        m_hj += term * h * j
    out[0] = math.log(total)
    out[1] = m_h / total
    out[2] = m_hh / total - out[1] * out[1]
    out[3] = m_j / total
    out[4] = m_jj / total - out[3] * out[3]
    out[5] = m_hj / total - out[1] * out[3]


@njit(
    "void(float64[::1], int32[::1], int32[::1], float64[::1], float64[::1], float64[::1], float64[::1], int64, int64,"
    " float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _mixture(frequency, last, age, weight, times, logs, theta, k, after_first, out):  # type: ignore[no-untyped-def]
    """Sums over histories of weight * (-R ln(alpha + T) + ln Q + ln(1 + e^d)) and derivatives in (r, alpha, a, b).

    ``last`` and ``age`` index ``times`` and ``logs`` = ln(alpha + times). ``out``: the value, the four first
    derivatives, then the second ones of the upper triangle, row by row.
    """
    alpha, a, b = theta[1], theta[2], theta[3]
    log_a, i_a = math.log(a), 1.0 / a
    silence = np.zeros(6)
    out[:] = 0.0
    last_x, last_t = -1.0, -1
    shape = o = log_o = i_o = log_age = i_age = 0.0
    v = s0 = s1 = s2 = s3 = h00 = h01 = h02 = h03 = h11 = h12 = h13 = h22 = h23 = h33 = 0.0
    for i in range(frequency.shape[0]):
        x, w = frequency[i], weight[i]
        if x != last_x:
            last_x = x
            shape = theta[0] + k * x
            o = b + x if after_first == 1 else b + (x - 1.0)
            if x > 0.0 or after_first == 1:
                log_o, i_o = math.log(o), 1.0 / o
        if age[i] != last_t:
            last_t = age[i]
            log_age, i_age = logs[last_t], 1.0 / (alpha + times[last_t])
        v -= w * shape * log_age
        s0 -= w * log_age
        s1 -= w * shape * i_age
        h01 -= w * i_age
        h11 += w * shape * i_age * i_age
        if x == 0.0 and after_first == 0:
            continue
        lapse = log_age - logs[last[i]]
        i_last = 1.0 / (alpha + times[last[i]])
        slip = i_age - i_last
        d_r, d_al = lapse, shape * slip
        d_rr, d_ral, d_alal = 0.0, slip, -shape * slip * (i_age + i_last)
        d = log_a - log_o + shape * lapse
        if k > 1 and age[i] != last[i]:
            _silence(shape, (times[last_t] - times[last[i]]) * i_age, k, silence)
            q_r, q_rr, q_al = silence[1], silence[2], -silence[3] * i_age
            q_alal, q_ral = (silence[4] + silence[3]) * i_age * i_age, -silence[5] * i_age
            v += w * silence[0]
            s0 += w * q_r
            s1 += w * q_al
            h00 += w * q_rr
            h01 += w * q_ral
            h11 += w * q_alal
            d -= silence[0]
            d_r -= q_r
            d_al -= q_al
            d_rr -= q_rr
            d_ral -= q_ral
            d_alal -= q_alal
        e = math.exp(-abs(d))
        near = 1.0 / (1.0 + e)
        left = w * near if d >= 0.0 else w * e * near
        bend = w * e * near * near
        v += w * (max(d, 0.0) + math.log1p(e))
        s0 += left * d_r
        s1 += left * d_al
        s2 += left
        s3 -= left * i_o
        h00 += bend * d_r * d_r + left * d_rr
        h01 += bend * d_r * d_al + left * d_ral
        h02 += bend * d_r
        h03 -= bend * d_r * i_o
        h11 += bend * d_al * d_al + left * d_alal
        h12 += bend * d_al
        h13 -= bend * d_al * i_o
        h22 += bend - left
        h23 -= bend * i_o
        h33 += (bend + left) * i_o * i_o
    out[0], out[1], out[2], out[3], out[4] = v, s0, s1, s2 * i_a, s3
    out[5], out[6], out[7], out[8] = h00, h01, h02 * i_a, h03
    out[9], out[10], out[11], out[12] = h11, h12 * i_a, h13, h22 * i_a * i_a
    out[13], out[14] = h23 * i_a, h33


class DropoutLikelihood:
    """Log-likelihood of collapsed histories in (ln r, ln alpha, ln a, ln b), with gradient and Hessian."""

    def __init__(self, histories: Histories, *, k: int, after_first: bool) -> None:
        self.k = k
        self.after_first = after_first
        self._frequency = histories.frequency.astype(np.float64)
        self._times, self._last, self._age = _time_table(histories)
        self._weight = histories.weight.astype(np.float64)
        levels, first = np.unique(histories.frequency, return_index=True)
        self._levels = levels.astype(np.float64)
        self._counts = np.add.reduceat(histories.weight, first).astype(np.float64)
        self._n = float(self._counts.sum())

    def __call__(self, log_parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        theta = np.exp(log_parameters)
        sums = self._sums(theta)
        gradient, hessian = sums[1:5], np.zeros((4, 4))
        hessian[np.triu_indices(4)] = sums[5:]
        hessian += np.triu(hessian, 1).T
        self._add_rates(theta, gradient, hessian)
        self._add_shares(theta, gradient, hessian)
        value = float(sums[0]) + self._constants(theta)
        return value, gradient * theta, hessian * np.outer(theta, theta) + np.diag(gradient * theta)

    def _sums(self, theta: FloatArray) -> FloatArray:
        logs = np.log(theta[1] + self._times)

        def part(start: int, stop: int) -> FloatArray:
            rows, out = slice(start, stop), np.empty(SUMS)
            _mixture(
                self._frequency[rows], self._last[rows], self._age[rows], self._weight[rows], self._times, logs, theta,
                self.k, int(self.after_first), out,
            )  # fmt: skip
            return out

        return np.asarray(np.sum(in_chunks(len(self._weight), part, least=LEAST), axis=0))

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


def _time_table(histories: Histories) -> tuple[FloatArray, NDArray[np.int32], NDArray[np.int32]]:
    """Times that occur and, for each history, the places of t_x and T among them."""
    last, age = histories.recency.astype(np.int32), histories.age.astype(np.int32)
    top = int(age.max(initial=0)) + 1
    whole = top <= 1 << 20 and np.array_equal(last, histories.recency) and np.array_equal(age, histories.age)
    if whole:
        return np.arange(top, dtype=np.float64), last, age
    times, place = np.unique(np.concatenate([histories.recency, histories.age]), return_inverse=True)
    last, age = np.split(place.astype(np.int32), 2)
    return times, last, age


def _log_kept(a: float, b: float, kept: NDArray[np.float64]) -> FloatArray:
    """ln B(a, b + kept) - ln B(a, b)."""
    return np.asarray(gammaln(b + kept) - gammaln(b) - gammaln(a + b + kept) + gammaln(a + b))


def starting_points(histories: Histories, k: int) -> list[FloatArray]:
    """A few rough guesses; the best of them starts the climb."""
    purchases = max(float(np.sum(histories.weight * histories.frequency)), 1.0)
    exposure = max(float(np.sum(histories.weight * 0.5 * (histories.age + histories.recency))), 1e-9)
    rate = k * purchases / exposure
    return [np.log(np.array([r, r / rate, a, b])) for r in (0.4, 1.5) for a, b in ((0.5, 2.0), (1.0, 8.0))]


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
        return float((k - 1) * histories.log_gaps - np.sum(weight * x) * math.lgamma(k))
    spread = (k - 1) * x * np.log(histories.recency[repeat]) - gammaln(k * x) + gammaln(x)
    return float(np.sum(weight * spread))
