"""The list of vendors: one line each."""

from providers.vendors import runway, useapi
from providers.vendors.vendor import Vendor

VENDORS: tuple[Vendor, ...] = (useapi.VENDOR, runway.VENDOR)
