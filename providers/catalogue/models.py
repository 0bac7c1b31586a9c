"""ModelSpec, one row of data about a model, and the Catalogue of all of them."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import ceil, floor
from typing import Literal, TypeVar

from pydantic import Field, JsonValue, computed_field

from providers.catalogue.checks import check
from providers.catalogue.requests import ACCOUNT, Kind, Request
from providers.catalogue.rules import (
    Choice,
    Frozen,
    Rule,
    Shots,
    Slot,
    Text,
    When,
    is_given,
    label,
    listed,
    meant,
    wanted,
)
from providers.errors import InvalidRequest, Problem, Unknown

R = TypeVar("R", bound=Request)


class Cost(Frozen):
    """Money as a vendor counts it."""

    amount: float
    unit: str
    """`credits` or `$`, as the vendor counts."""


class Estimate(Cost):
    """Money that a request will cost by its vendor's published prices."""

    at_least: bool = False
    """It may cost more, by what cannot be told beforehand."""


class Price(Frozen):
    """What a vendor publishes: `amount` of `unit` for each picture, second or task, and what comes on top.

    Seconds are those that are asked for; where none are, the result is as long as the video handed in.
    """

    amount: float
    unit: str
    """`credits` or `$`, as the vendor counts."""
    per: Literal["picture", "second", "task"]
    when: Mapping[str, tuple[JsonValue, ...]] = {}
    """Holds where every named option has one of these values; empty holds always."""
    each_picture: float = 0
    """Added for each picture that is handed in."""
    each_second_in: float = 0
    """Added for each second of the video that is handed in."""
    least: float = 0
    """No task costs less."""
    at_least: bool = False
    """Something adds to it that the fields do not tell."""
    source: str
    checked: date

    def of(self, times: float | None, pictures: int, seconds: float | None) -> Estimate | None:
        """The price of one request. `times` and the `seconds` handed in may be unknown: None."""
        if times is None and not self.least:
            return None
        amount = self.amount * (times or 0) + self.each_picture * pictures
        amount += self.each_second_in * (seconds or 0)
        unknown = times is None or bool(self.each_second_in and seconds is None)
        return Estimate(
            amount=round(max(amount, self.least), 4),
            unit=self.unit,
            at_least=self.at_least or unknown,
        )


class ModelSpec(Frozen):
    """One model of one vendor for one kind of result: the only place where a limit is written."""

    id: str
    """`vendor:kind/name`, where name is the vendor's own."""
    label: str
    summary: str
    """What it is good for, in one sentence."""
    good_for: tuple[str, ...] = ()
    """Short chips for the picker, beyond those that the rules themselves give."""
    rules: Mapping[str, Rule]
    when: tuple[When, ...] = ()
    needs_any: tuple[str, ...] = ()
    """At least one of these fields must be given, though each is optional."""
    deed: str = ""
    """What it does to what is handed in, where it makes nothing new of it: "Upscale"."""
    note: str = ""
    """A sentence that the form says beside the model: what nobody would guess from its fields."""
    always_audio: bool = False
    """Its videos have sound, and there is no switch for that."""
    at_risk: str | None = None
    """Why the vendor may no longer serve it; shown in the picker and as a soft problem."""
    by_account: bool = False
    """Only some accounts have it: until the vendor lists it for the key's own, the page says so and asks."""
    usual_seconds: tuple[int, int] | None = None
    """How long the vendor says a task takes: from, to."""
    examples: tuple[str, ...] = ()
    family: str = ""
    """The same mark on rows of several vendors says that they sell the same model."""
    prices: tuple[Price, ...] = ()
    """The first tier that holds is the price; none means that it is unknown."""
    wire: Mapping[str, JsonValue] = Field(default={}, exclude=True)
    """Facts that only the vendor's adapter needs; nobody else is told."""
    source: str
    checked: date

    @computed_field
    @property
    def vendor(self) -> str:
        """The vendor's name: what stands before the colon."""
        return self.id.partition(":")[0]

    @computed_field
    @property
    def kind(self) -> Kind:
        """What it makes."""
        kind = self.id.partition(":")[2].partition("/")[0]
        return "image" if kind == "image" else "video" if kind == "video" else "multishot"

    @computed_field
    @property
    def name(self) -> str:
        """The vendor's own name for the model."""
        return self.id.partition("/")[2]

    def rules_for(self, given: Mapping[str, JsonValue]) -> dict[str, Rule]:
        """The rules in force once these fields are given. `assets/js/core/rules.js` does the same."""
        rules: dict[str, Rule] = dict(self.rules)
        for when in self.when:
            if when.holds(given):
                rules.update(when.rules)
                for name in when.hides:
                    rules.pop(name, None)
        return rules

    def meant(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """These fields with every choice in the vendor's own spelling."""
        rules = self.rules_for(given)
        return {
            name: meant(rule, value) if isinstance(rule := rules.get(name), Choice) else value
            for name, value in given.items()
        }

    def problems(self, given: Mapping[str, JsonValue]) -> list[Problem]:
        """Everything that is wrong with these fields, each named by its field."""
        rules = self.rules_for(given)
        found = [
            problem
            for name, rule in rules.items()
            for problem in check(name, rule, given.get(name))
        ]
        found += [
            Problem(name, self._stray(name, given))
            for name, value in given.items()
            if name not in rules and is_given(value)
        ]
        found += self._unmet_needs(rules, given)
        if self.at_risk:
            found.append(Problem("model", self.at_risk, soft=True))
        return found

    def complete(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The option fields as they will be sent: defaults filled in, empty ones left out."""
        complete: dict[str, JsonValue] = {}
        for name, rule in self.rules_for(given).items():
            if isinstance(rule, Text | Slot | Shots):
                continue
            value = given.get(name)
            value = rule.default if value is None else value
            if value is not None:
                complete[name] = value
        return complete

    def estimate(
        self, given: Mapping[str, JsonValue], seconds: float | None = None
    ) -> Estimate | None:
        """What these fields will cost by the published prices. None: unknown.

        `seconds`: the length of the video handed in. `assets/js/core/prices.js` does the same.
        """
        fields = {**given, **self.complete(given)}
        for price in self.prices:
            if all(fields.get(name) in values for name, values in price.when.items()):
                # A second that has begun counts whole, but for a price that is a lower bound.
                whole = floor if price.at_least else ceil
                length = None if seconds is None else whole(seconds)
                times = _times(price.per, fields, length)
                return price.of(times, self._pictures(fields), length)
        return None

    def _pictures(self, given: Mapping[str, JsonValue]) -> int:
        held = 0
        for name, rule in self.rules_for(given).items():
            value = given.get(name)
            if isinstance(rule, Slot) and rule.kind == "image" and is_given(value):
                held += len(value) if isinstance(value, list) else 1
        return held

    def _stray(self, name: str, given: Mapping[str, JsonValue]) -> str:
        for when in self.when:
            if name in when.hides and when.holds(given):
                beside = wanted(when.field, self.rules.get(when.field))
                return (
                    f"{self.label} doesn't support {label(name).lower()} together with "
                    f"{beside}. Remove it."
                )
        return f"{self.label} doesn't support {label(name).lower()}. Remove it."

    def _unmet_needs(
        self, rules: Mapping[str, Rule], given: Mapping[str, JsonValue]
    ) -> Iterator[Problem]:
        for name, rule in rules.items():
            if not isinstance(rule, Slot) or not is_given(given.get(name)):
                continue
            if rule.requires and not is_given(given.get(rule.requires)):
                need = wanted(rule.requires, rules.get(rule.requires))
                yield Problem(
                    name,
                    f"{label(name)} needs {need}. Add one, or remove the {label(name).lower()}.",
                )
        if self.needs_any and not any(is_given(given.get(name)) for name in self.needs_any):
            asked = listed([wanted(name, rules.get(name)) for name in self.needs_any])
            yield Problem(self.needs_any[0], f"Add {asked}. {self.label} needs one of them.")
        yield from self._loose_tags(rules, given)

    def _loose_tags(
        self, rules: Mapping[str, Rule], given: Mapping[str, JsonValue]
    ) -> Iterator[Problem]:
        texts = list(_texts(given))
        for name, rule in rules.items():
            if not isinstance(rule, Slot) or rule.tag is None:
                continue
            held = given.get(name)
            count = len(held) if isinstance(held, list) else 0
            tag = re.escape(rule.tag).replace(r"\{n\}", r"(\d{1,6})")
            for field, who, text in texts:
                for number in sorted({int(found) for found in re.findall(tag, text)}):
                    if not 1 <= number <= count:
                        named = rule.tag.format(n=number)
                        message = (
                            f"{who} mentions {named}, but the number of references is {count}."
                        )
                        yield Problem(field, message, soft=True)


def _texts(given: Mapping[str, JsonValue]) -> Iterator[tuple[str, str, str]]:
    """Field, name for people and text of everything in which a reference can be mentioned."""
    prompt, shots = given.get("prompt"), given.get("shots")
    if isinstance(prompt, str):
        yield "prompt", "The prompt", prompt
    for number, shot in enumerate(shots if isinstance(shots, list) else [], start=1):
        text = shot.get("prompt") if isinstance(shot, dict) else None
        if isinstance(text, str):
            yield f"shots.{number}.prompt", f"Shot {number}", text


def _times(per: str, fields: Mapping[str, JsonValue], seconds: float | None) -> float | None:
    shots = fields.get("shots")
    of_shots = sum(_seconds(shot) for shot in shots) if isinstance(shots, list) else None
    duration = seconds if fields.get("duration") is None else fields["duration"]
    asked = {
        "task": 1,
        "picture": fields.get("count", 1),
        "second": duration if of_shots is None else of_shots,
    }[per]
    return asked if isinstance(asked, int | float) else None


def _seconds(shot: JsonValue) -> float:
    seconds = shot.get("seconds") if isinstance(shot, dict) else None
    return seconds if isinstance(seconds, int | float) else 0


class Catalogue:
    """Every model of every vendor, in the order in which a picker shows them."""

    def __init__(self, specs: Iterable[ModelSpec]) -> None:
        self._specs = {spec.id: spec for spec in specs}

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self._specs.values())

    def __getitem__(self, model: str) -> ModelSpec:
        try:
            return self._specs[model]
        except KeyError:
            raise Unknown(f"There is no model {model!r}. Pick one from the list.") from None

    def of_kind(self, kind: str) -> list[ModelSpec]:
        """All models that make this kind, in order."""
        return [spec for spec in self if spec.kind == kind]

    def spec_for(self, request: Request) -> ModelSpec:
        """The row that a request means: a video model's id also finds its multishot row."""
        vendor, _, rest = request.model.partition(":")
        twin = f"{vendor}:{request.kind}/{rest.partition('/')[2]}"
        spec = self._specs.get(request.model)
        if spec is not None and spec.kind == request.kind:
            return spec
        if spec is not None and request.kind == "multishot" and twin in self._specs:
            return self._specs[twin]
        if spec is not None:
            raise Unknown(f"{spec.label} does not make this kind of result. Pick another model.")
        return self[request.model]

    def problems(self, request: Request) -> list[Problem]:
        """Every problem, hard and soft; an unknown model is one too."""
        try:
            spec = self.spec_for(request)
        except Unknown as error:
            return [Problem("model", str(error))]
        return [*spec.problems(spec.meant(request.fields())), *request.misplaced()]

    def validate(self, request: R) -> R:
        """The request as it will be kept and sent: canonical model, defaults filled in, a seed chosen.

        Raises InvalidRequest with every hard problem at once.
        """
        hard = [problem for problem in self.problems(request) if not problem.soft]
        if hard:
            raise InvalidRequest(hard)
        spec = self.spec_for(request)
        options = spec.complete(spec.meant(request.fields()))
        if request.account is not None:
            options[ACCOUNT] = request.account
        seed = spec.rules_for(request.fields()).get("seed")
        if seed is not None and seed.rule == "span" and "seed" not in options:
            # Our own random seed makes the result repeatable, and finds the task after a lost answer.
            options["seed"] = random.randint(seed.low, seed.high)
        return request.model_copy(update={"model": spec.id, "options": options})
