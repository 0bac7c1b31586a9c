"""Everything that can go wrong between the studio and a vendor, against the vendors' real emulators."""
