"""What requests will cost, what may be spent, and what was: prices, caps and the ledger's totals."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from providers.catalogue.models import Catalogue, Estimate
from providers.catalogue.money import MILLION, in_words, millionths, price_words
from providers.catalogue.requests import Request
from providers.errors import Problem, StoreProblem, Unknown
from providers.history.ledger import SCOPES, UNKNOWN, Caps, Scope, variable
from providers.history.sums import DayTotal
from providers.people.register import Register
from providers.settings import read_caps
from providers.studio.limits import Limits
from providers.studio.opened import Opened
from providers.studio.views import CapView, DayView, LeftView, SpendView, SumView
from providers.vendors.connection import Connection

DAYS = 30
"""How far back the totals go."""
UNPRICED = "{} publishes no price for this, so it doesn't count toward the caps yet."
UNSURE = "This costs {}. That counts toward the caps now, and the rest once the cost is known."


@dataclass(frozen=True, slots=True)
class OwnerSums:
    """What one owner's jobs came to, by vendor and unit: today, and in the days that the totals go back."""

    today: tuple[SumView, ...] = ()
    days: tuple[SumView, ...] = ()


class Spending:
    """The money of one studio. `opened` has the history."""

    def __init__(
        self,
        limits: Limits,
        catalogue: Catalogue,
        connections: Mapping[str, Connection],
        opened: Opened,
    ) -> None:
        self._catalogue = catalogue
        self._connections = connections
        self._opened = opened
        self._people = Register(limits.file.parent)
        self._limits = limits
        self._caps = self._for_all()
        limits.watchers.append(self._take_up)

    def caps_for(self, vendor: str, owner: str) -> Caps | None:
        """The caps that a new job must keep within; None in the sandbox, where nothing is spent."""
        return self.caps_through(self._connections[vendor], owner)

    def caps_through(self, connection: Connection, owner: str) -> Caps | None:
        """The same for what goes through this connection."""
        return None if connection.is_sandbox else self._caps_of(owner)

    def _take_up(self) -> None:
        self._caps = self._for_all()

    def _for_all(self) -> Caps:
        def of(scope: Scope) -> dict[str, int]:
            return {name: millionths(most) for name, most in self._limits.caps(scope).items()}

        return Caps(
            job=of("job"),
            owner_day=of("owner_day"),
            day=of("day"),
            labels={name: one.vendor.label for name, one in self._connections.items()},
            paged=[one for one in SCOPES if not self._limits.is_given(f"cap_{one}")],
        )

    def _caps_of(self, owner: str) -> Caps:
        """What holds for everybody, but for what was set for this person."""
        told = read_caps(self._people.caps(owner))
        own = {name: millionths(amount) for name, amount in told.items()}
        if not own:
            return self._caps
        return replace(self._caps, owner_day={**self._caps.owner_day, **own}, own=tuple(own))

    def estimate(self, request: Request, owner: str) -> Estimate | None:
        """What an owner's request will cost by its vendor's published prices. None: unknown."""
        try:
            seconds = self._seconds_in(request, owner)
            told = self._catalogue.spec_for(request).estimate(request.fields(), seconds)
        except (Unknown, OverflowError):
            return None
        # A form may ask for anything; what is no amount is refused elsewhere.
        return told if told is not None and 0 <= told.amount < math.inf else None

    def _seconds_in(self, request: Request, owner: str) -> float | None:
        videos = [artifact for field, artifact in request.media() if field == "driving_video"]
        try:
            return self._opened.journal.artifacts.get(videos[0], owner).seconds if videos else None
        except (Unknown, StoreProblem):
            # A file that is not there is refused elsewhere, too.
            return None

    def problems(self, request: Request, owner: str) -> list[Problem]:
        """The cap that this request would pass now; softly, what a cap cannot count of it."""
        vendor = request.vendor
        caps = self.caps_for(vendor, owner) if vendor in self._connections else None
        if caps is None:
            return []
        price = self.estimate(request, owner)
        over = self._opened.journal.ledger.over(price, vendor, owner, caps)
        if over is not None:
            return [over]
        if any(True for _ in caps.of(vendor)) and (price is None or price.at_least):
            label = caps.labels[vendor]
            message = UNPRICED.format(label) if price is None else UNSURE.format(price_words(price))
            return [Problem("", message, soft=True)]
        return []

    def left(self, vendor: str, owner: str, units: Collection[str]) -> tuple[LeftView, ...]:
        """What the caps of a day leave now, in these units. None in the sandbox."""
        rows: list[LeftView] = []
        for scope, cap in (self.caps_for(vendor, owner) or Caps()).of(vendor):
            if scope == "job":
                continue
            held = self._opened.journal.ledger.today(
                vendor, owner if scope == "owner_day" else None
            )
            for unit in sorted(units):
                now = held.get(unit, DayTotal())
                left = max(0, cap - now.spent - now.reserved) / MILLION
                rows.append(LeftView(scope=scope, unit=unit, amount=left))
        return tuple(rows)

    def today(self, owner: str) -> tuple[SumView, ...]:
        """What an owner spent today, by vendor and unit."""
        sums: dict[tuple[str, str, bool], list[int]] = {}
        for line in self._opened.journal.ledger.spent(owner, 1):
            held = sums.setdefault((line.vendor, line.unit, line.sandbox), [0, 0, 0])
            for place, value in enumerate((line.jobs, line.spent, line.reserved)):
                held[place] += value
        return tuple(
            SumView(
                vendor=vendor, unit=unit, sandbox=sandbox, jobs=jobs,
                spent=spent / MILLION, reserved=reserved / MILLION,
            )
            for (vendor, unit, sandbox), (jobs, spent, reserved) in sums.items()
        )  # fmt: skip

    def shown(self, owner: str) -> SpendView:
        """What the Settings tab shows; amounts in the vendors' units."""
        days = map(DayView.of, self._opened.journal.ledger.spent(owner, DAYS))
        caps = (row for name in self._connections for row in self._shown_caps(name, owner))
        return SpendView(today=self.today(owner), days=tuple(days), caps=tuple(caps))

    def by_owner(self) -> dict[str, OwnerSums]:
        """Everybody's totals for an admin."""
        today, days = self._by_owner(1), self._by_owner(DAYS)
        return {
            owner: OwnerSums(tuple(today.get(owner, ())), tuple(days.get(owner, ())))
            for owner in {**today, **days}
        }

    def _by_owner(self, days: int) -> dict[str, list[SumView]]:
        sums: dict[str, list[SumView]] = {}
        for total in self._opened.journal.ledger.spent_by_all(days):
            sums.setdefault(total.owner, []).append(SumView.told(total))
        return sums

    def _shown_caps(self, vendor: str, owner: str) -> list[CapView]:
        specs = [spec for spec in self._catalogue if spec.vendor == vendor]
        units = {price.unit for spec in specs for price in spec.prices}
        rows: list[CapView] = []
        caps = self._caps_of(owner)
        for scope, cap in caps.of(vendor):
            held: Mapping[str, DayTotal] = {}
            if scope != "job":
                whose = owner if scope == "owner_day" else None
                held = self._opened.journal.ledger.today(vendor, whose)
            is_own = scope == "owner_day" and vendor in caps.own
            origin = "person" if is_own else "page" if scope in caps.paged else "environment"
            for unit in sorted(units | set(held) - {UNKNOWN}) or [UNKNOWN]:
                now = held.get(unit, DayTotal())
                rows.append(
                    CapView(
                        vendor=vendor, scope=scope, origin=origin,
                        variable=variable(scope) if origin == "environment" else "",
                        cap=in_words(cap, unit), most=cap / MILLION, unit=unit,
                        spent=now.spent / MILLION, reserved=now.reserved / MILLION,
                        unpriced=sum(not spec.prices for spec in specs), models=len(specs),
                        sandbox=self._connections[vendor].is_sandbox,
                    )
                )  # fmt: skip
        return rows
