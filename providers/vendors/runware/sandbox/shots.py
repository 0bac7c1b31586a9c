"""The two ways in which a task asks the emulated Runware for shots: its maker's settings, and its prompt."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from providers.vendors.runware.sandbox.shapes import Refusal
from providers.vendors.sandbox.bodies import text, whole

LISTING = frozenset({"klingai:kling-video@3-pro", "klingai:kling-video@3-standard"})
"""Models that take a list of shots. Which others do is not told: here they do not."""
READING = "klingai:kling-video@3.0-turbo"
"""The model that reads its shots from the prompt."""
LIST = "providerSettings.klingai.multiPrompt"
MOST, LONGEST = 6, 512
"""Shots that are read from a prompt, and characters of one of them."""
LONGEST_PROMPT, LONGEST_WITH_FRAME = 3072, 2500
DEFAULT_SECONDS = 5

Fields = Mapping[str, JsonValue]
_BEGINS = re.compile(r"\s*shot\s+\d+\s*,\s*\d+\s*,", re.IGNORECASE)
_SHOT = re.compile(r"shot\s+(\d+)\s*,\s*(\d+)\s*,\s*(.+)", re.IGNORECASE | re.DOTALL)


def read_shots(model: str, body: Fields) -> list[JsonValue]:
    """Prompt and seconds of each shot; none where the task asks for one take."""
    if model == READING:
        prompt = text(body.get("positivePrompt"))
        return _read(prompt, body) if _BEGINS.match(prompt) else []
    settings = body.get("providerSettings")
    own = settings.get("klingai") if isinstance(settings, dict) else None
    if not isinstance(own, dict) or "multiPrompt" not in own:
        return []
    if model not in LISTING:
        raise Refusal(400, "unsupportedParameter", f"{model} takes no multiPrompt.", LIST)
    listed = own["multiPrompt"]
    if not isinstance(listed, list) or not listed:
        raise Refusal(400, "invalidMultiPrompt", "A list of shots is expected.", LIST)
    return [_listed(shot) for shot in listed]


def _listed(shot: JsonValue) -> JsonValue:
    if not isinstance(shot, dict) or set(shot) != {"prompt", "duration"}:
        raise Refusal(400, "invalidMultiPrompt", "A shot has prompt and duration.", LIST)
    prompt, seconds = shot["prompt"], shot["duration"]
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not isinstance(prompt, str) or not is_number:
        raise Refusal(400, "invalidMultiPrompt", "Text and a number are expected.", LIST)
    return {"prompt": prompt, "seconds": seconds}


def _read(prompt: str, body: Fields) -> list[JsonValue]:
    longest = LONGEST_WITH_FRAME if "inputs" in body else LONGEST_PROMPT
    if len(prompt) > longest:
        raise _unreadable(f"At most {longest} characters are taken.")
    parts = [part.strip() for part in prompt.strip().removesuffix(";").split(";")]
    if len(parts) > MOST:
        raise _unreadable(f"At most {MOST} shots are taken.")
    shots: list[JsonValue] = []
    for number, part in enumerate(parts, start=1):
        found = _SHOT.fullmatch(part)
        if found is None or int(found[1]) != number or int(found[2]) < 1:
            raise _unreadable(f"Shot {number} must read: shot {number}, SECONDS, description;")
        if len(found[3]) > LONGEST:
            raise _unreadable(f"Shot {number} has more than {LONGEST} characters.")
        shots.append({"prompt": found[3], "seconds": int(found[2])})
    together = sum(whole(shot["seconds"]) for shot in shots if isinstance(shot, dict))
    asked = body.get("duration", DEFAULT_SECONDS)
    if together != asked:
        message = f"The shots last {together} s, but duration is {asked}."
        raise Refusal(400, "invalidDuration", message, "duration")
    return shots


def _unreadable(message: str) -> Refusal:
    return Refusal(400, "invalidPositivePrompt", message, "positivePrompt")
