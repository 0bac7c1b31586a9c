"""Answers that no page describes and that services give all the same: every emulator can, for a word."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from pydantic import JsonValue

from providers.vendors.sandbox.engine import Records
from providers.vendors.sandbox.tasks import SandboxTask

NEW, STUCK = "ARCHIVED", "ON_HOLD"
"""States that no vendor knows."""
REFUSAL = "This project is not approved for this model."
"""What an error says that comes under the status of a success."""
T = TypeVar("T", bound=SandboxTask)


def number_of(task: str) -> int:
    """A task's other name."""
    return int(hashlib.sha256(task.encode()).hexdigest()[:12], 16)


def found(tasks: Records[T], name: str) -> T | None:
    """The task of this id, or of this number."""
    task = tasks.get(name)
    if task is None and name.isdecimal():
        return next((one for one in tasks if number_of(one.id) == int(name)), None)
    return task


def named(words: Sequence[str], task: str, usual: str) -> str:
    """The id by which a task is known to whoever sent it."""
    return str(number_of(task)) if "sandbox:number-id" in words else usual


def identity(words: Sequence[str], task: str, usual: str) -> str | int:
    """The same as it stands in answers about the task."""
    return number_of(task) if "sandbox:number-id" in words else usual


def taken(words: Sequence[str], task: str, usual: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The answer to a create call."""
    if "sandbox:number-id" in words:
        return {"data": {"id": number_of(task)}}
    return usual


def status(words: Sequence[str], usual: str, *, is_over: bool = False) -> str:
    """What the state of a task is called."""
    if "sandbox:stuck-status" in words:
        return STUCK
    return NEW if is_over and "sandbox:new-status" in words else usual


def files(words: Sequence[str], urls: Sequence[str], usual: JsonValue) -> JsonValue:
    """How the links to finished files are told."""
    if {"sandbox:no-files", "sandbox:stuck-status"} & set(words):
        return []
    if "sandbox:one-link" in words:
        return urls[0]
    if "sandbox:linked-objects" in words:
        return [{"url": url} for url in urls]
    return usual


def tells_oddly(words: Sequence[str]) -> bool:
    """Whether the links to finished files are told in another way than usual."""
    odd = "sandbox:no-files", "sandbox:stuck-status", "sandbox:one-link", "sandbox:linked-objects"
    return any(word in words for word in odd)
