"""Passwords, kept only as salted scrypt hashes: `scrypt$n$r$p$salt$hash`, salt and hash in hex."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass

SALT, LENGTH = 16, 32


@dataclass(frozen=True, slots=True)
class ScryptCost:
    """What one guess costs. As it stands: 32 MiB, and a quarter of a second on a small machine."""

    n: int = 2**15
    r: int = 8
    p: int = 3


USUAL = ScryptCost()


def hashed(password: str, cost: ScryptCost = USUAL) -> str:
    """A password's hash under a new salt."""
    salt = secrets.token_bytes(SALT)
    return "$".join(
        ("scrypt", str(cost.n), str(cost.r), str(cost.p), salt.hex(), _hash(password, salt, cost))
    )


def nobody(cost: ScryptCost = USUAL) -> str:
    """A hash that no password has and that takes as long to compare: for names that nobody has."""
    spent = "0" * 2 * LENGTH
    return f"scrypt${cost.n}${cost.r}${cost.p}${spent}${'-' * 2 * LENGTH}"


def matches(password: str, kept: str) -> bool:
    """Whether a password has this hash; takes the same time whatever the answer is."""
    _, n, r, p, salt, wanted = kept.split("$")
    found = _hash(password, bytes.fromhex(salt), ScryptCost(int(n), int(r), int(p)))
    return hmac.compare_digest(found, wanted)


def _hash(password: str, salt: bytes, cost: ScryptCost) -> str:
    told = unicodedata.normalize("NFKC", password).encode("utf-8", "replace")
    room = 256 * cost.n * cost.r
    return hashlib.scrypt(
        told, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=room, dklen=LENGTH
    ).hex()
