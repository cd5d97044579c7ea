### Anmelden mit einem Code per E-Mail. Erläuterungen stehen in der englischen Datei.

login-email-heading = Wer sind Sie?
login-email-why = Wir senden Ihnen einen Code per E-Mail, um sicher zu sein, dass Sie es sind. Verwenden Sie die Adresse, die { $merchant } kennt.
login-email-label = E-Mail-Adresse
login-email-send = Code senden

login-code-heading = Geben Sie Ihren Code ein
login-code-why = Wenn zu { $email } ein Konto gehört, ist ein Code dorthin unterwegs. Er gilt 10 Minuten.
login-code-why-again = Wenn zu { $email } ein Konto gehört, ist ein neuer Code dorthin unterwegs. Nur der neueste gilt.
login-code-label = Code
login-code-hint = Sechs Ziffern. Kommt keine E-Mail an, sehen Sie im Spam-Ordner nach.
login-code-verify = Anmelden
login-code-resend = Neuen Code senden
login-code-other-email = Andere E-Mail-Adresse verwenden

login-expired-heading = Dieser Code ist abgelaufen
login-expired-why = Ein Code gilt 10 Minuten. Wir können einen neuen an { $email } senden.
login-too-many-tries-heading = Dieser Code gilt nicht mehr
login-too-many-tries-why = Er wurde zu oft falsch eingegeben, zu Ihrer Sicherheit haben wir ihn gesperrt. Wir können einen neuen an { $email } senden.
login-too-many-codes-heading = Bitte warten Sie einen Moment
login-too-many-codes-why = Für { $email } wurden in kurzer Zeit mehrere Codes verlangt. Versuchen Sie es in einer Viertelstunde erneut.
