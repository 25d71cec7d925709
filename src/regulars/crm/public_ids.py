"""Ids for addresses and the API: random, so that nobody can count or guess the others."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 1 i l o: they are read aloud
LENGTH = 14  # 31¹⁴ ≈ 2⁶⁹


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
