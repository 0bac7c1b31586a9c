"""Every row of Runway's own API, in the order of the pickers."""

from providers.catalogue.files import with_takes
from providers.vendors.runway.change_models import CHANGES
from providers.vendors.runway.file_rules import TAKES
from providers.vendors.runway.image_models import IMAGES
from providers.vendors.runway.kling_models import KLING_MULTISHOTS, KLING_VIDEOS
from providers.vendors.runway.more_video_models import OTHERS
from providers.vendors.runway.multishot_models import RECIPES
from providers.vendors.runway.newer_image_models import NEWER_IMAGES
from providers.vendors.runway.newer_video_models import NEWER_CHANGES, NEWER_VIDEOS
from providers.vendors.runway.seedance_models import SEEDANCES
from providers.vendors.runway.video_models import VIDEOS

ROWS = (
    *IMAGES, *NEWER_IMAGES, *VIDEOS, *SEEDANCES, *OTHERS, *KLING_VIDEOS, *NEWER_VIDEOS, *CHANGES,
    *NEWER_CHANGES, *RECIPES, *KLING_MULTISHOTS,
)  # fmt: skip
MODELS = with_takes(ROWS, TAKES)
