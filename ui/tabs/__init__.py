"""One tab, one file."""
