"""Sends what waits in the outbox, in a process that a test may kill: `send_from_another_process.py MOMENT`."""

import os
import sys
from datetime import datetime

from survey import create_app, letters
from survey.clock import stopped_at
from survey.dispatch import Office, send_waiting
from survey.installation import installation
from survey.outgoing.mail import SmtpPost
from survey.settings import Settings

if __name__ == "__main__":
    settings = Settings.from_environment(os.environ)
    clock = stopped_at(datetime.fromisoformat(sys.argv[1]))
    app = create_app(settings, clock)
    assert settings.mail_server is not None
    with app.app_context():
        links = installation(app).links
        send_waiting(
            Office(
                post=SmtpPost(settings.mail_server, settings.mail_from),
                write=lambda mail, now: letters.write(mail, links, now),
                thread=letters.earlier_mails,
                mail_from=settings.mail_from,
                clock=clock,
            )
        )
