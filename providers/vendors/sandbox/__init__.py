"""The vendors, offline: real applications with their routes, time and errors, and real files."""
