"""What a member may know of what is everybody's: only what its record names is passed on."""

from providers.studio.views import NoticesView
from ui.views import MemberNoticesView, MemberSettingsView, SettingsView


def settings(told: SettingsView) -> MemberSettingsView:
    """`/settings` for a member; what all may spend together is an admin's to know."""
    seen = MemberSettingsView.model_validate(told.model_dump())
    caps = tuple(cap for cap in seen.spend.caps if cap.scope != "day")
    return seen.model_copy(update={"spend": seen.spend.model_copy(update={"caps": caps})})


def notices(told: NoticesView) -> MemberNoticesView:
    """`/notices` for a member."""
    names = {"free", "least", "connections"}
    return MemberNoticesView.model_validate(told.model_dump(include=names))
