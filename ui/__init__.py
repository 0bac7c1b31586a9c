"""Words and pixels: the page and the web application around it.

Gradio reads these switches once, when it is first imported: it asks nobody on the net, and keeps no statistics.
Nor does it write about itself, or look for a proxy.
"""

import os

from ui.gradio_private import import_otherwise

for _name, _value in (
    ("GRADIO_ANALYTICS_ENABLED", "False"),
    ("GRADIO_ANALYTICS_MAX_EVENTS", "200"),
    ("GRADIO_ANALYTICS_CACHE_FREQUENCY", "100000"),
    ("HF_HUB_DISABLE_TELEMETRY", "1"),
):
    os.environ.setdefault(_name, _value)
import_otherwise()
