"""The list of vendors: one line each."""

from providers.vendors import runflow, runware, runway, useapi
from providers.vendors.vendor import Vendor

VENDORS: tuple[Vendor, ...] = (useapi.VENDOR, runway.VENDOR, runware.VENDOR, runflow.VENDOR)
