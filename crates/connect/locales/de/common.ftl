### Kopf, Fuß, Knöpfe und die Worte rund um Formulare. Erläuterungen stehen in der englischen Datei.

common-skip = Direkt zum Inhalt
common-language = Sprache:
common-leave = Verlassen
common-charged-by = { $merchant } belastet Ihre Karte über Stripe.
common-terms = AGB
common-privacy = Datenschutz
common-powered-by = Läuft mit Perennial
common-continue = Weiter
common-back = Zurück
common-optional = (freiwillig)
common-choose = Bitte wählen …
common-problem-prefix = Bitte prüfen:
common-problems-heading = Bitte prüfen Sie Ihre Angaben
common-step = Schritt { $step } von { $of }: { $label }
