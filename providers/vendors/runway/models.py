"""Every row of Runway's own API, in the order of the pickers."""

from providers.vendors.runway.change_models import CHANGES
from providers.vendors.runway.image_models import IMAGES
from providers.vendors.runway.video_models import VIDEOS

MODELS = (*IMAGES, *VIDEOS, *CHANGES)
