"""Metrics: what is told to whoever watches the studio, in Prometheus' form.

No label is a person's, a prompt's, a key's or an id's: vendors, models of the catalogue, states, units, scopes.
"""

from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from providers.catalogue.money import MILLION
from providers.history.ledger import SCOPES
from providers.library.vault import Vault
from providers.running.feed import Feed
from providers.running.meters import Meters
from providers.studio.about import VERSION
from providers.studio.limits import Limits
from providers.studio.opened import Opened
from providers.vendors.connection import Connection


class StudioMetrics(Collector):
    """Asked at each scrape, by any thread but the server's loop: it reads the history. StoreProblem."""

    def __init__(
        self,
        meters: Meters,
        limits: Limits,
        connections: Mapping[str, Connection],
        feed: Feed,
        vault: Vault,
        opened: Opened,
    ) -> None:
        self._meters = meters
        self._limits = limits
        self._connections = connections
        self._feed = feed
        self._vault = vault
        self._opened = opened

    def collect(self) -> Iterator[Metric]:
        """Everything as it is now."""
        yield InfoMetricFamily("studio", "Which studio this is.", {"version": VERSION})
        yield self._jobs()
        yield from self._meters.collect()
        yield self._caps()
        yield from self._spent()
        yield self._problems()
        figures = self._opened.journal.figures
        for name, about, value in (
            ("free_bytes", "Free bytes on the disk of the data folder.", self._vault.free()),
            ("reserved_bytes", "Bytes set aside for open jobs.", figures.reserved_bytes()),
            ("library_bytes", "Bytes of all originals.", figures.library_bytes()),
            ("feed_pages", "Open pages that follow their jobs.", self._feed.pages),
            ("ready", "Whether new jobs are taken.", self._opened.is_ready),
        ):
            yield GaugeMetricFamily(f"studio_{name}", about, value)

    def _jobs(self) -> Metric:
        family = GaugeMetricFamily(
            "studio_jobs", "Jobs in the history.", labels=("vendor", "state")
        )
        for (vendor, state), count in self._opened.journal.figures.states().items():
            family.add_metric((vendor, state), count)
        return family

    def _caps(self) -> Metric:
        about = "The most that may be spent, in the service's unit."
        family = GaugeMetricFamily("studio_cap", about, labels=("vendor", "scope"))
        for scope in SCOPES:
            for vendor, most in self._limits.caps(scope).items():
                family.add_metric((vendor, scope), most)
        return family

    def _spent(self) -> Iterator[Metric]:
        labels = ("vendor", "unit")
        spent = GaugeMetricFamily("studio_spent_today", "What all spent today.", labels=labels)
        reserved = GaugeMetricFamily(
            "studio_reserved_today", "What open jobs may cost.", labels=labels
        )
        for vendor in self._connections:
            for unit, total in self._opened.journal.ledger.today(vendor, None).items():
                spent.add_metric((vendor, unit or "unknown"), total.spent / MILLION)
                reserved.add_metric((vendor, unit or "unknown"), total.reserved / MILLION)
        yield spent
        yield reserved

    def _problems(self) -> Metric:
        about = "Whether something stands in the way of the next result."
        family = GaugeMetricFamily(
            "studio_connection_problem", about, labels=("vendor", "sandbox")
        )  # fmt: skip
        for vendor, connection in self._connections.items():
            where = (vendor, str(connection.is_sandbox).lower())
            family.add_metric(where, bool(connection.health.problem))
        return family
