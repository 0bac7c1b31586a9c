"""Runware's models: for images, for videos, and those of them that make multishots."""

from providers.catalogue.files import with_takes
from providers.vendors.runware.file_rules import TAKES
from providers.vendors.runware.image_models import IMAGE_MODELS
from providers.vendors.runware.kling_models import KLING_MODELS
from providers.vendors.runware.kling_shots import KLING_MULTISHOTS
from providers.vendors.runware.veo_models import VEO_MODELS

MODELS = with_takes((*IMAGE_MODELS, *KLING_MODELS, *VEO_MODELS, *KLING_MULTISHOTS), TAKES)
