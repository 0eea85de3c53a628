"""What the sign-in library says, in our words: one sentence per message it can show.

A test keeps this table complete: a message of the library is either here or belongs to a part we do not use.
"""

from typing import Final


def N_(text: str) -> str:  # noqa: N802  # the name by which the catalogue finds sentences that are translated later
    """Mark a sentence for the catalogue."""
    return text


MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "ALREADY_CONFIRMED": (N_("Je adres was al bevestigd. Je kunt inloggen."), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("Je bent al ingelogd."), "info"),
    "API_ERROR": (N_("Deze link werkt niet (meer). Vraag een nieuwe aan."), "error"),
    "CHANGE_EMAIL_CONFIRMED": (N_("Je nieuwe adres is bevestigd. Log ermee in."), "success"),
    "CHANGE_EMAIL_EXPIRED": (N_("Deze link werkte %(within)s. Log in en vraag een nieuwe aan."), "error"),
    "CHANGE_EMAIL_SENT": (N_("Kijk in de mail van %(email)s. Pas na de link daarin verandert je adres."), "success"),
    "CODE_HAS_BEEN_SENT": (N_("De code is onderweg."), "info"),
    "CONFIRMATION_EXPIRED": (N_("Deze link werkte %(within)s. Vraag een nieuwe aan."), "error"),
    "CONFIRMATION_REQUEST": (N_("Kijk in de mail van %(email)s."), "info"),
    "CONFIRMATION_REQUIRED": (N_("Bevestig eerst je adres, met de link in je mail."), "error"),
    "CONFIRM_REGISTRATION": (N_("Kijk in de mail van %(email)s. Daar staat wat je nu kunt doen."), "success"),
    "DISABLED_ACCOUNT": (N_("Dit account is gesloten."), "error"),
    "EMAIL_ALREADY_ASSOCIATED": (N_("Kies een ander adres dan %(email)s."), "error"),
    "EMAIL_CONFIRMED": (N_("Je adres is bevestigd."), "success"),
    "EMAIL_NOT_PROVIDED": (N_("Typ een e-mailadres."), "error"),
    "FORGOT_PASSWORD": (N_("Wachtwoord vergeten?"), "info"),
    "GENERIC_AUTHN_FAILED": (N_("Dit klopt niet. Kijk het na, of vraag een nieuwe code."), "error"),
    "GENERIC_RECOVERY": (N_("Kijk in je mail."), "info"),
    "GENERIC_US_SIGNIN": (N_("Kennen we dit adres, dan is de code onderweg."), "info"),
    "INVALID_CODE": (N_("Deze code klopt niet. Kijk hem na, of vraag een nieuwe."), "error"),
    "INVALID_CONFIRMATION_TOKEN": (N_("Deze link klopt niet. Vraag een nieuwe aan."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Dit is geen e-mailadres. Het ziet eruit als naam@bedrijf.nl."), "error"),
    "INVALID_INPUT": (N_("Dit kunnen we niet lezen. Vul het opnieuw in."), "error"),
    "INVALID_INPUT_LENGTH": (N_("Dit is te lang. Maak het korter."), "error"),
    "INVALID_PASSWORD": (N_("Dit is niet je huidige wachtwoord."), "error"),
    "INVALID_PASSWORD_CODE": (N_("Dit klopt niet. Kijk het na, of vraag een nieuwe code."), "error"),
    "INVALID_REDIRECT": (N_("Deze link wijst naar een andere site. Je bent hier gebleven."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (N_("Deze link klopt niet of is al gebruikt. Vraag een nieuwe aan."), "error"),
    "LOGIN": (N_("Log eerst in."), "info"),
    "PASSWORD_CHANGE": (N_("Je wachtwoord is bewaard."), "success"),
    "PASSWORD_INVALID_LENGTH": (
        N_("Neem een wachtwoord van minstens %(length)s tekens. Een zin mag ook."),
        "error",
    ),
    "PASSWORD_IS_THE_SAME": (N_("Neem een ander wachtwoord dan je nu hebt."), "error"),
    "PASSWORD_MISMATCH": (N_("De twee wachtwoorden zijn niet hetzelfde."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Typ een wachtwoord."), "error"),
    "PASSWORD_RESET": (N_("Je nieuwe wachtwoord is bewaard."), "success"),
    "PASSWORD_RESET_EXPIRED": (N_("Deze link werkte %(within)s. Vraag een nieuwe aan."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Je nieuwe wachtwoord is bewaard. Log ermee in."), "success"),
    "PASSWORD_RESET_REQUEST": (N_("Kennen we %(email)s, dan is de mail onderweg."), "info"),
    "PASSWORD_TOO_SIMPLE": (N_("Dit wachtwoord is makkelijk te raden. Neem een ander."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Laat nog een keer zien dat jij het bent."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Dank je. Ga verder."), "info"),
    "REFRESH": (N_("Laat nog een keer zien dat jij het bent."), "info"),
    "RETYPE_PASSWORD_MISMATCH": (N_("De twee wachtwoorden zijn niet hetzelfde."), "error"),
    "UNAUTHENTICATED": (N_("Log eerst in."), "info"),
    "UNAUTHORIZED": (N_("Dit mag je hier niet."), "error"),
    "USER_DOES_NOT_EXIST": (N_("Dit klopt niet. Kijk het na."), "error"),
    "US_METHOD_NOT_AVAILABLE": (N_("Vraag een code per mail, of gebruik je wachtwoord."), "error"),
    "US_SPECIFY_IDENTITY": (N_("Dit klopt niet. Kijk het na."), "error"),
}
"""Message of the library -> our sentence (Dutch; the catalogue has the English) and its kind."""
