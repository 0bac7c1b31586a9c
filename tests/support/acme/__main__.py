"""`python -m tests.support.acme`: a studio with the four vendors and Acme, at its sandboxes."""

import signal
import sys

from app import Server, listen, read_settings
from providers.settings import Credentials
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from tests.support import acme
from tests.support.priced import leave
from ui.web.app import build


def main() -> None:
    """Serve the page until told to stop."""
    signal.signal(signal.SIGTERM, leave)
    settings = read_settings(sys.argv[1:])
    studio = Studio(settings, credentials=Credentials({}), vendors=(*VENDORS, acme.VENDOR))
    sock = listen(settings.host, settings.port)
    Server(build(studio), sock, studio).run([sock])


if __name__ == "__main__":
    main()
