"""The list of vendors: one line each."""

from providers.vendors import runflow, runware, useapi
from providers.vendors.vendor import Vendor

VENDORS: tuple[Vendor, ...] = (useapi.VENDOR, runware.VENDOR, runflow.VENDOR)
