"""Runflow's models: one for images, and those for videos and multishots."""

from providers.catalogue.files import with_takes
from providers.vendors.runflow.file_rules import TAKES
from providers.vendors.runflow.image_models import IMAGE_MODELS
from providers.vendors.runflow.kling_models import KLING_MULTISHOTS, KLING_VIDEOS
from providers.vendors.runflow.video_models import VIDEO_MODELS

MODELS = with_takes((*IMAGE_MODELS, *KLING_VIDEOS, *VIDEO_MODELS, *KLING_MULTISHOTS), TAKES)
