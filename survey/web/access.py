"""Who may open which page: one table, asked before any page is. What is not in the table is not there.

Fetching something and asking permission is one call: `own_company`, `own_round`, `shared_mirror`, `entrusted_round`.
A page whose address names one of these is checked before it runs, so a page that forgets to ask is refused all the
same.
It must not know what the pages do.
"""

import hmac
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Final, cast

from flask import Flask, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import locking, sharing
from survey.installation import Installation, installation
from survey.sharing import Shared
from survey.store.people import Account, Company, company_owned_by
from survey.store.rounds import Round, find_round

Permission = Callable[[], bool]


class SignInFirst(Exception):
    """This page is for people with an account, and nobody is signed in."""


class NotYours(Exception):
    """It does not exist, or it belongs to somebody else: to the one who asks that is the same."""


def anyone() -> bool:
    """Whoever has the address; the page itself recognises an invitation or a code where it needs one."""
    return True


def account_holder() -> bool:
    """Whoever is signed in. Raises SignInFirst."""
    if not current_user.is_authenticated:
        raise SignInFirst
    return True


def who_saw_the_terminal() -> bool:
    """Whoever has the key that stands in the terminal, on this computer; never in production, never by an account."""
    house = installation()
    settings = house.settings
    here = ip_address(request.remote_addr or "0.0.0.0").is_loopback
    key = request.args.get("sleutel", "").encode()
    if settings.in_production or settings.mail_server is not None or not here:
        return False
    return hmac.compare_digest(key, key_to_the_post_box(house).encode())


def key_to_the_post_box(house: Installation) -> str:
    """Return the key to the kept mails: always the same for one installation, so that a bookmark keeps working."""
    return house.hasher.hash("post box", "")[:32]


def nobody() -> bool:
    """A page that a library brings along and this product does not have."""
    return False


PERMISSIONS: Final[Mapping[str, Permission]] = {
    # doors: every page behind it
    "account": account_holder,
    "owner": account_holder,
    "coach": account_holder,
    "respondent": anyone,
    "post_box": who_saw_the_terminal,
    # single pages
    "static": anyone,
    "watching.live": anyone,
    "watching.ready": anyone,
    "watching.work": anyone,
    "watching.metrics": anyone,
    "account.front": anyone,
    "account.choose_language": anyone,
    "account.look_in_your_mail": anyone,
    "account.confirm": anyone,
    "account.confirm_now": anyone,
    "account.confirm_address": anyone,
    "account.confirm_address_now": anyone,
    "account.co_owner": anyone,
    "coach.offer": anyone,
    # of the library's pages, those that this product has
    "security.login": anyone,
    "security.us_signin_send_code": anyone,
    "security.register": anyone,
    "security.send_confirmation": anyone,
    "security.forgot_password": anyone,
    "security.reset_password": anyone,
    "security.logout": account_holder,
    "security.change_password": account_holder,
    "security.change_email": account_holder,
    "security.us_verify": account_holder,
    "security.us_verify_send_code": account_holder,
}
"""A door or a page -> who may open it. The page's own row wins; without any row it is `nobody`."""


def permission_for(endpoint: str) -> Permission:
    """Return who may open the page with this endpoint name ("door.page")."""
    door = endpoint.partition(".")[0]
    return PERMISSIONS.get(endpoint) or PERMISSIONS.get(door, nobody)


def guard(app: Flask) -> None:
    """Ask the table before every page of `app`."""
    app.before_request(_ask_permission)


def current_account() -> Account:
    """Return the account that is signed in. Raises SignInFirst."""
    if not current_user.is_authenticated:
        raise SignInFirst
    return cast(Account, current_user._get_current_object())


def own_company(company_id: str) -> Company:
    """Return the company when the account that is signed in owns it. Raises NotYours, SignInFirst."""
    company = company_owned_by(current_account().id, company_id)
    if company is None:
        raise NotYours
    return company


def own_round(round_id: str) -> Round:
    """Return the round when the account that is signed in owns its company. Raises NotYours, SignInFirst."""
    account = current_account()
    round_ = find_round(round_id)
    if round_ is None or company_owned_by(account.id, round_.company_id) is None:
        raise NotYours
    return round_


def shared_mirror(shared_id: str) -> Shared:
    """Return what of a round's mirror is shared with the account that is signed in, as it is at this request.

    Raises NotYours when it never was, NoLongerShared, SignInFirst.
    """
    shared = sharing.shared_with(current_account().id, shared_id, installation().clock())
    if shared is None:
        raise NotYours
    return shared


def entrusted_round(entrusted_id: str) -> Round:
    """Return the round whose passphrase the account that is signed in types. Raises NotYours, SignInFirst."""
    round_ = locking.entrusted_to(current_account().id, entrusted_id, installation().clock())
    if round_ is None:
        raise NotYours
    return round_


OWN_THINGS: Final[Mapping[str, Callable[[str], object]]] = {
    "company_id": own_company,
    "round_id": own_round,
    "shared_id": shared_mirror,
    "entrusted_id": entrusted_round,
}
"""What the address of a guarded page may name, and who says that it is yours."""


def _ask_permission() -> Response | None:
    if request.endpoint is None:
        return None
    permission = permission_for(request.endpoint)
    try:
        if not permission():
            raise NotYours
        if permission is not anyone:
            for name, value in (request.view_args or {}).items():
                if name in OWN_THINGS:
                    OWN_THINGS[name](value)
    except SignInFirst:
        return redirect(url_for("security.login", next=_way_back()), 303)
    return None


def _way_back() -> str | None:
    # What was posted is lost by signing in; only a page that was asked for can be returned to.
    return request.full_path.rstrip("?") if request.method == "GET" else None
