"""Ways in: the package, its pins, a container, a service behind a web server, and odd machines."""
