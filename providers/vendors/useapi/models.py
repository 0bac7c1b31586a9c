"""Every row of useapi.net, in the order of the pickers.

Limits follow the vendor's pages of February to May 2026 and its collection of calls of July; where they
contradict each other the cautious reading stands in the row, with the reason beside it.
"""

from providers.catalogue.files import with_takes
from providers.vendors.useapi.file_rules import TAKES
from providers.vendors.useapi.image_models import PICTURES
from providers.vendors.useapi.kling_edit_models import EDITS
from providers.vendors.useapi.kling_models import KLINGS, MULTISHOTS
from providers.vendors.useapi.motion_models import MOTIONS
from providers.vendors.useapi.newer_image_models import NEWER_PICTURES
from providers.vendors.useapi.seedance_models import SEEDANCES
from providers.vendors.useapi.video_models import OTHERS, RUNWAYS

MODELS = with_takes(
    (
        *PICTURES,
        *NEWER_PICTURES,
        *RUNWAYS,
        *KLINGS,
        *EDITS,
        *MOTIONS,
        *SEEDANCES,
        *OTHERS,
        *MULTISHOTS,
    ),
    TAKES,
)
