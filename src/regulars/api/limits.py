"""How often a token may ask: a bucket for each token (or session) in each process, refilled all the time.

The limit of an installation is divided by its worker processes, so that all of them together keep it.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from time import monotonic

from regulars.config.options import options

A_MINUTE = 600
MOST_KEPT = 10_000


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True)
class Verdict:
    """``left``: requests that would still be taken now; ``wait``: seconds until the next one is, 0 if it was taken."""

    limit: int
    left: int
    wait: int


_buckets: dict[str, _Bucket] = {}
_lock = threading.Lock()


def per_process() -> int:
    return max(1, A_MINUTE // max(1, options().workers))


def ask(who: str) -> Verdict:
    """Take one request from the bucket of ``who``."""
    limit, now = per_process(), monotonic()
    rate = limit / 60
    with _lock:
        if len(_buckets) > MOST_KEPT:
            _forget(now, limit, rate)
        bucket = _buckets.setdefault(who, _Bucket(limit, now))
        bucket.tokens = min(limit, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            return Verdict(limit, 0, math.ceil((1 - bucket.tokens) / rate))
        bucket.tokens -= 1
        return Verdict(limit, int(bucket.tokens), 0)


def _forget(now: float, limit: int, rate: float) -> None:
    """Full buckets say nothing: they need not be kept."""
    for who in [who for who, b in _buckets.items() if b.tokens + (now - b.at) * rate >= limit]:
        del _buckets[who]


def forget_all() -> None:
    with _lock:
        _buckets.clear()
