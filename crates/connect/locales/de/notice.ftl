### Seiten, die einen Besuch beenden oder umlenken.

notice-to-merchant = Zurück zu { $merchant }
notice-try-again = Noch einmal versuchen

notice-already-subscribed-title = Sie haben bereits einen Tarif
notice-already-subscribed-text = Sie nutzen schon { $plan } und brauchen diesen Tarif nicht zusätzlich. Es wurde nichts abgebucht.
notice-plan-unavailable-title = Dieser Tarif wird nicht verkauft
notice-plan-unavailable-text = { $merchant } bietet ihn zurzeit nicht an. Es wurde nichts abgebucht.
notice-sim-unfit-title = Diese SIM passt nicht zu dem Tarif
notice-sim-unfit-text = Vielleicht ist sie schon in Gebrauch oder gehört zu einem anderen Netz. Es wurde nichts abgebucht. Bitte wenden Sie sich an { $merchant }.
notice-session-expired-title = Diese Seite ist abgelaufen
notice-session-expired-text = Zu Ihrer Sicherheit ist sie nur begrenzte Zeit offen. Falls Sie nicht bezahlt haben, wurde nichts abgebucht. Gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie von vorn.
notice-session-used-title = Dieser Link wurde bereits benutzt
notice-session-used-text = Er gilt einmal. Haben Sie ihn in einem anderen Tab geöffnet, machen Sie dort weiter. Sonst gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie von vorn.
notice-session-unknown-title = Dieser Link funktioniert nicht
notice-session-unknown-text = Vielleicht ist er unvollständig. Es wurde nichts abgebucht. Gehen Sie dorthin zurück, wo Sie ihn gefunden haben, und beginnen Sie von vorn.
notice-finished-elsewhere-title = Dieser Kauf ist abgeschlossen
notice-finished-elsewhere-text = Sie haben ihn in einem anderen Tab beendet. Sie haben einmal bezahlt, hier ist nichts mehr zu tun.
notice-paid-twice-title = Sie haben bereits einen solchen Tarif
notice-paid-twice-text = Ihre zweite Zahlung traf ein, als die erste Ihren Tarif schon gestartet hatte. Wir erstatten die zweite vollständig, und sie verlängert sich nicht. Ihr erster Tarif bleibt unverändert.
notice-paid-too-late-title = Ihr Tarif hat sich während der Zahlung geändert
notice-paid-too-late-text = Ihre Zahlung traf ein, als dieser Tarif schon geändert oder gekündigt war. Wir erstatten sie vollständig, und sie verlängert sich nicht. Was Sie jetzt haben, bleibt, wie es ist.
# What was paid for cannot be given, because another customer was quicker; the money goes back by itself.
notice-paid-in-vain-title = Ihr Tarif konnte nicht beginnen
notice-paid-in-vain-text = Ihre Zahlung traf ein, als etwas von Ihrer Auswahl inzwischen vergeben war, zum Beispiel die SIM. Wir erstatten sie vollständig, und sie verlängert sich nicht. Alles andere bleibt, wie es ist.
notice-no-account-title = Für diese Adresse gibt es hier nichts
notice-no-account-text = Ihr Code war richtig. Aber { $merchant } kennt diese E-Mail-Adresse nicht, oder was Sie suchen, gehört zu einer anderen. Es wurde nichts geändert. Versuchen Sie es mit der Adresse, die Sie sonst angeben.
notice-intent-unavailable-title = Das ist hier noch nicht möglich
notice-intent-unavailable-text = Es wurde nichts geändert und nichts abgebucht. Bitte wenden Sie sich an { $merchant }.
notice-refused-by-stripe-title = Das geht im Moment nicht
notice-refused-by-stripe-text = Unser Zahlungsdienst lehnt es ab. Es wurde nichts geändert und nichts abgebucht. Ein weiterer Versuch hilft nicht: Bitte sagen Sie { $merchant } Bescheid.

notice-payment-failed-title = Die Zahlung ist nicht gelungen
notice-payment-failed-declined = Ihre Bank hat die Karte ohne Angabe von Gründen abgelehnt. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte, oder fragen Sie Ihre Bank.
notice-payment-failed-insufficient-funds = Die Karte ist nicht ausreichend gedeckt. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte.
notice-payment-failed-expired-card = Die Karte ist abgelaufen. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte.
notice-payment-failed-wrong-security-code = Die Prüfnummer der Karte stimmt nicht. Es wurde nichts abgebucht. Versuchen Sie es erneut: Sie ist die kurze Zahl auf der Rückseite der Karte, bei American Express auf der Vorderseite.
notice-payment-failed-not-authenticated = Ihre Bank hat nicht bestätigt, dass Sie es sind. Es wurde nichts abgebucht. Versuchen Sie es erneut und geben Sie die Zahlung frei, wenn Ihre Bank fragt.
notice-payment-failed-service-unavailable = Unser Zahlungsdienst hat nicht geantwortet. Sollte die Zahlung doch gelungen sein, wird sie nicht noch einmal verlangt. Bitte versuchen Sie es in einer Minute erneut.

notice-stale-form-title = Diese Seite war veraltet
notice-stale-form-text = Ihr letzter Klick wurde nicht ausgeführt. Es wurde nichts abgebucht. Laden Sie die Seite neu und machen Sie dort weiter.
notice-not-found-title = Diese Seite gibt es nicht
notice-not-found-text = Prüfen Sie die Adresse, oder gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie von vorn.
notice-outage-title = Wir sind gerade nicht erreichbar
notice-outage-text = Es liegt nicht an Ihnen, und was Sie bisher getan haben, bleibt erhalten. Falls Sie schon bezahlt haben, ist die Zahlung nicht verloren und wird nicht noch einmal verlangt. Bitte laden Sie diese Seite in einer Minute neu.
notice-internal-title = Bei uns ist etwas schiefgegangen
notice-internal-text = Es liegt nicht an Ihnen, und Ihre bisherigen Schritte sind gespeichert. Bitte versuchen Sie es in einer Minute erneut. Geschieht es wieder, nennen Sie uns diese Nummer.
