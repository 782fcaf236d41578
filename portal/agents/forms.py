"""Sign-in, the account and its password."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from portal.agents.models import Agent
from portal.localization import INTERFACE_LOCALES, locale_name
from portal.web.forms import CleanForm

# Names kept for old systems only; each has a current one.
_LEGACY_ZONES = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/", "posix/", "right/")


class SignInForm(CleanForm):
    """Address and password; which of the two was wrong is never said."""

    email = StringField(_l("Email address"), validators=[DataRequired(_l("Enter your email address")), Length(max=254)])
    password = PasswordField(_l("Password"), validators=[DataRequired(_l("Enter your password"))])


class ProfileForm(CleanForm):
    """What an agent chooses for themselves."""

    name = StringField(
        _l("Name"),
        description=_l("Requesters see this name in your replies."),
        validators=[
            DataRequired(_l("Enter your name")),
            Length(max=120, message=_l("Enter a name of 120 characters or fewer")),
        ],
        filters=[lambda value: " ".join(value.split()) if value else value],
    )
    locale = SelectField(_l("Language of this site"))
    time_zone = SelectField(_l("Time zone"), validators=[DataRequired(_l("Choose a time zone"))])
    shortcuts_enabled = BooleanField(_l("Single-key shortcuts"), description=_l("Press ? on any page to see the keys."))

    @classmethod
    def of(cls, agent: Agent, formdata: object = None) -> ProfileForm:
        """The form with the agent's own values, or with what was sent."""
        form = cls(formdata, obj=agent)
        form.locale.choices = [(code, locale_name(code)) for code in INTERFACE_LOCALES]
        form.time_zone.choices = [(zone, zone.replace("_", " ")) for zone in _zones(agent.time_zone)]
        return form


class PasswordForm(CleanForm):
    """The present password and a new one."""

    current_password = PasswordField(
        _l("Current password"), validators=[DataRequired(_l("Enter your current password"))]
    )
    new_password = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Several words in a row are easy to remember."),
        validators=[DataRequired(_l("Enter a new password"))],
    )
    repeated_password = PasswordField(
        _l("New password again"),
        validators=[
            DataRequired(_l("Enter the new password again")),
            EqualTo("new_password", message=_l("Enter the same new password twice")),
        ],
    )


PASSWORD_PROBLEMS = {
    "wrong": _l("That is not your current password"),
    "short": _l("Use at least 12 characters"),
    "long": _l("Use at most 1,024 characters"),
    "common": _l("That password is easy to guess. Choose another one"),
    "like_address": _l("Use a password that is not your email address"),
}


@lru_cache(maxsize=32)
def _zones(current: str) -> tuple[str, ...]:
    known = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(_LEGACY_ZONES))
    return tuple(sorted({"UTC", current, *known}))
