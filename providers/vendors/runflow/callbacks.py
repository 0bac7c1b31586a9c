"""Runflow's calls: signed over the bytes of their body, where the organisation has made a secret for it."""

import hashlib
import hmac
from collections.abc import Mapping

SECRET_VARIABLE = "RUNFLOW_CALLBACK_SECRET"
PREFIX = "whsec_"


def signature(secret: str, body: bytes) -> str:
    """What stands in `Runflow-Signature`."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether the signature is made with the secret: with all of it, or, as its page can be read too, with what
    follows its prefix."""
    told = headers.get("runflow-signature", "").encode()
    keys = {secret, secret.removeprefix(PREFIX)} - {""}
    return any(hmac.compare_digest(signature(key, body).encode(), told) for key in keys)
