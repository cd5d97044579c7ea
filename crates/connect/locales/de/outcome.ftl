### Nach dem Bezahlen: noch in Bestätigung oder fertig.

outcome-reference = Vorgangsnummer: { $reference }

outcome-confirming-heading = Wir bestätigen Ihre Zahlung
outcome-confirming-text = Das dauert einige Sekunden. Die Seite geht von selbst weiter, sobald { $plan } Ihnen gehört.
outcome-slow-heading = Ihre Zahlung wird noch bestätigt
outcome-slow-text = Bitte zahlen Sie nicht noch einmal. Sie können diese Seite schließen: { $plan } beginnt von selbst, sobald die Zahlung bestätigt ist. Scheitert sie, wird nichts abgebucht.
outcome-slow-again = Noch einmal nachsehen

outcome-done-title = { $plan } gehört Ihnen
outcome-done-title-pending = { $plan } ist auf dem Weg
outcome-done-recurring = Verlängert sich am { $date } für { $amount }.
outcome-done-fixed-until = Gültig bis zum { $date }, endet von selbst.
outcome-done-fixed = Gültig für { $length } ab der ersten Nutzung, endet von selbst.
outcome-done-lifetime = Auf Dauer Ihres, ohne weitere Kosten.
outcome-done-free = Kostenlos. Sie zahlen nichts, weder jetzt noch später.
outcome-done-pending = Wir richten alles ein. Das dauert meist nur wenige Minuten.
outcome-done-close = Sie können diese Seite schließen.

outcome-done-number = Ihre Rufnummer
outcome-done-kept-number = Mitgenommene Nummer
outcome-done-kept-number-next = Wir haben die Mitnahme vorgemerkt. Bis dahin sind Sie unter der Nummer oben erreichbar.
outcome-done-own-sim = Ihre SIM-Karte
outcome-done-esim-server = SM-DP+-Adresse
outcome-done-esim-code = Aktivierungscode
outcome-done-esim-hint = Geben Sie beides in den Einstellungen Ihres Telefons unter „eSIM hinzufügen“ ein.
outcome-done-receipt = Beleg gesendet an
outcome-done-reference = Vorgangsnummer
