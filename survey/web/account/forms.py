"""The forms of the account door: the library's, with our sentences, limits per address, and equal work for nobody.

Whether an address has an account cannot be told from what a page says, nor from how long it takes to say it: whatever
is done for an account (a hash, a code, a mail) is done for an unknown address too, and thrown away.
"""

from typing import Any, Final, cast

from flask import after_this_request, current_app
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import (
    ForgotPasswordForm,
    RegisterFormV2,
    SendConfirmationForm,
    UnifiedSigninForm,
    UnifiedVerifyForm,
    hash_password,
    lookup_identity,
)
from flask_security.confirmable import send_confirmation_instructions
from flask_security.mail_util import EmailValidateException
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from survey.store.people import Account
from survey.web import protection
from survey.web.account.post import commit_after_request, write_to_nobody
from survey.web.languages import language

MAILS_PER_ADDRESS: Final = ("5 per 15 minutes", "30 per day")
"""Mails that anybody can have sent to one address: enough for someone in a hurry, too few to bother someone with."""
TRIES_PER_ACCOUNT: Final = ("5 per 10 minutes", "30 per day")
"""Wrong codes or passwords for one address; three of a million codes are right at a moment."""
OF_ONE_VISITOR: Final = "60 per 10 minutes"
"""Mails asked and tries made from one network address; behind a proxy that is everybody together, so it is wide."""
LONGEST_NAME: Final = 120
NOT_A_NAME: Final = ("://", "www.", "@")
"""Names are shown in mail to others: nobody may send links by calling himself one."""

NO_ADDRESS: Final = _l("Dit is geen e-mailadres. Het ziet eruit als naam@bedrijf.nl.")
NOTHING_TYPED: Final = _l("Typ de code uit je mail, of je wachtwoord.")


def plain_name(_form: FlaskForm, field: StringField) -> None:
    """Take the white space out of a name and refuse what is none. Raises ValidationError."""
    field.data = " ".join((field.data or "").split())
    if not field.data.isprintable() or any(mark in field.data.casefold() for mark in NOT_A_NAME):
        raise ValidationError(_l("Typ alleen de naam, zonder link of adres."))


NAME_RULES: Final = (
    DataRequired(_l("Vul een naam in.")),
    Length(max=LONGEST_NAME, message=_l("Houd de naam korter dan 120 tekens.")),
    plain_name,
)


def known_form_of(typed: str | None) -> str | None:
    """Return an address as it is kept, or nothing when it is none."""
    try:
        return cast(str, _security().mail_util.normalize((typed or "").strip()))
    except EmailValidateException:
        return None


class SignInForm(UnifiedSigninForm):
    """Ask for a code by mail, or hand in the code or the password."""

    identity = StringField()
    remember = None  # four visits a year, from a computer that others may use
    chosen_method = HiddenField()
    way = HiddenField()
    """"password" when the page asked for that: a mistake shows the same page again."""

    def validate(self, **options: Any) -> bool:
        """Return whether a code may be sent, or somebody is signed in."""
        address = known_form_of(self.identity.data)
        if address is None:
            self.form_errors.append(NO_ADDRESS)
            return False
        self.identity.data = address
        if self.submit_send_code.data:
            return self._may_have_a_code(address)
        if not self.passcode.data:
            self.form_errors.append(NOTHING_TYPED)
            return False
        return self._hands_in_the_right_one(address, **options)

    def _may_have_a_code(self, address: str) -> bool:
        _count_mail(address)
        secret = _security().totp_factory.generate_totp_secret()
        self.user, self.chosen_method.data = _account(address), "email"
        if self.user is None:
            write_to_nobody("sign_in_code", login_token=_security().totp_factory.generate_totp_password(secret))
            return False
        if self.user.confirmed_at is None:
            _security().totp_factory.generate_totp_password(secret)
            send_confirmation_instructions(self.user)
            return False
        _security().datastore.us_set(self.user, "email", secret)  # the new code makes an earlier one worthless
        return True

    def _hands_in_the_right_one(self, address: str, **options: Any) -> bool:
        protection.count("visitor", protection.visitor(), OF_ONE_VISITOR)
        protection.refuse_when_used_up("tries", address, *TRIES_PER_ACCOUNT)
        self.next.data = protection.local_path(self.next.data) if self.next.data else ""
        if super().validate(**options):
            _use_up_the_code(cast(Account, self.user))
            return True
        _do_as_much_as_for_an_account(_account(address))
        protection.count("tries", address, *TRIES_PER_ACCOUNT)
        return False


class SameAgainForm(UnifiedVerifyForm):
    """Show once more that it is you, before something that cannot be undone."""

    chosen_method = HiddenField()

    def validate(self, **options: Any) -> bool:
        """Return whether a code may be sent, or it is the same person."""
        account = cast(Account, current_user._get_current_object())
        if self.submit_send_code.data:
            _count_mail(account.email)
            _security().datastore.us_setup_email(account)
            self.user, self.chosen_method.data = account, "email"
            return True
        if not self.passcode.data:
            self.form_errors.append(NOTHING_TYPED)
            return False
        protection.refuse_when_used_up("tries", account.email, *TRIES_PER_ACCOUNT)
        self.next.data = protection.local_path(self.next.data) if self.next.data else ""
        if super().validate(**options):
            _use_up_the_code(account)
            return True
        protection.count("tries", account.email, *TRIES_PER_ACCOUNT)
        return False


class NewAccountForm(RegisterFormV2):
    """A name and an address. A password can be chosen later, by whoever reads the mail of that address."""

    name = StringField(validators=NAME_RULES)

    def validate(self, **options: Any) -> bool:
        """Return whether a new account can be made; the address is never said to be taken."""
        _count_mail(known_form_of(self.email.data) or "")
        self.password.data = None
        good: bool = super().validate(**options)
        # The library hashes for whom it knows, and makes a code for whom it does not: here both happen for both.
        if self.existing_email_user:
            _security().totp_factory.generate_totp_secret()
        else:
            hash_password("not-a-password")
        return good

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        """Return what an account is made of; whatever else was posted is not in it."""
        return {"email": self.email.data, "name": self.name.data, "language": language(), "password": None}


class ForgottenForm(ForgotPasswordForm):
    """Ask for a link to choose another password."""

    email = StringField()

    def validate(self, **_options: Any) -> bool:
        """Return whether a link is sent; an account that was never confirmed gets that mail instead."""
        address = _asked_address(self)
        if address is None:
            return False
        self.user = _account(address)
        if self.user is None:
            write_to_nobody("new_password", reset_token="x" * 120)
            return False
        hash_password("not-a-password")  # the library does this for an unknown address
        if self.user.confirmed_at is None:
            send_confirmation_instructions(self.user)
            return False
        return True


class ConfirmAgainForm(SendConfirmationForm):
    """Ask once more for the mail by which an address is confirmed."""

    email = StringField()

    def validate(self, **_options: Any) -> bool:
        """Return whether it is sent."""
        address = _asked_address(self)
        if address is None:
            return False
        self.user = _account(address)
        if self.user is None or self.user.confirmed_at is not None:
            write_to_nobody("confirm", confirmation_token="x" * 120)
            return False
        return True


class NameForm(FlaskForm):
    """A name: one's own, or a company's."""

    name = StringField(validators=NAME_RULES)


class AddressForm(FlaskForm):
    """Somebody's address."""

    address = StringField()

    def validate_address(self, field: StringField) -> None:
        """Write the address as it is kept. Raises ValidationError."""
        found = known_form_of(field.data)
        if found is None:
            raise ValidationError(NO_ADDRESS)
        field.data = found


class FarewellForm(FlaskForm):
    """Delete the account: asked once more, with a tick."""

    sure = BooleanField(validators=[DataRequired(_l("Zet een vinkje als je dit zeker weet."))])


def _security() -> Any:
    return current_app.extensions["security"]


def _account(address: str) -> Account | None:
    found = cast(Account | None, lookup_identity(address))
    return found if found is not None and found.active else None


def _count_mail(address: str) -> None:
    protection.count("visitor", protection.visitor(), OF_ONE_VISITOR)
    protection.count("mail", address, *MAILS_PER_ADDRESS)


def _asked_address(form: Any) -> str | None:
    address = known_form_of(form.email.data)
    if address is None:
        form.form_errors.append(NO_ADDRESS)
        return None
    _count_mail(address)
    form.email.data = address
    return address


def _use_up_the_code(account: Account) -> None:
    # A code that was read over a shoulder is worth nothing any more.
    _security().datastore.us_setup_email(account)
    after_this_request(commit_after_request)


def _do_as_much_as_for_an_account(account: Account | None) -> None:
    """Spend what the library did not: one hash of a password and one look at a code, for everybody who fails."""
    if account is None or not account.password:
        hash_password("not-a-password")
    if account is None or "email" not in _security().datastore.us_get_totp_secrets(account):
        _security().totp_factory.verify_in_vain()
