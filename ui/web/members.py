"""What a member may know of what is everybody's: only what its record names is passed on."""

from collections.abc import Mapping

from pydantic import JsonValue

from ui.views import MemberNoticesView, MemberSettingsView, SettingsView


def settings(told: SettingsView) -> MemberSettingsView:
    """`/settings` for a member; what all may spend together is an admin's to know."""
    seen = MemberSettingsView.model_validate(told.model_dump())
    caps = tuple(cap for cap in seen.spend.caps if cap.scope != "day")
    return seen.model_copy(update={"spend": seen.spend.model_copy(update={"caps": caps})})


def notices(told: Mapping[str, JsonValue]) -> MemberNoticesView:
    """`/notices` for a member."""
    names = ("free", "least", "connections")
    return MemberNoticesView.model_validate({name: told[name] for name in names})
