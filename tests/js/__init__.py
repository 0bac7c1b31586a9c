"""The page's scripts without a page: their format, their types, and the modules that need none."""
