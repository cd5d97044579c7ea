### Die Schritte vor der Übersicht, je eine Frage.

steps-name-step = Name
steps-name-heading = Ihr Name
steps-name-why = Auf diesen Namen wird der Tarif angemeldet.
steps-name-label = Vor- und Nachname
steps-name-hint = So, wie er in Ihrem Ausweis oder Pass steht.

steps-birthday-step = Geburtstag
steps-birthday-heading = Ihr Geburtstag
steps-birthday-why = Wir müssen uns Ihres Alters vergewissern.
steps-birthday-legend = Geburtsdatum
steps-birthday-hint = In Ziffern, das Jahr vierstellig.
steps-birthday-day = Tag
steps-birthday-month = Monat
steps-birthday-year = Jahr

steps-address-step = Adresse
steps-address-heading = Ihre Adresse
steps-address-why = Auf sie wird Ihr Tarif angemeldet.
steps-address-country = Land
steps-address-change-country = Dieses Land verwenden
steps-address-line1 = Straße und Hausnummer
steps-address-line2 = Adresszusatz, Stockwerk oder Firma
steps-address-city = Ort
steps-address-postal-code = Postleitzahl
steps-address-zip-code = ZIP-Code
steps-address-postcode = Postleitzahl
steps-address-eircode = Eircode
steps-address-state = Bundesstaat
steps-address-province = Provinz
steps-address-county = Grafschaft
steps-address-region = Bundesland oder Region

steps-device-step = Gerät
steps-device-heading = Ihr Telefon
steps-device-why = Ihr Tarif wird dafür eingerichtet.
steps-device-label = IMEI
steps-device-hint = Wählen Sie *#06# auf dem Telefon, um sie zu sehen: 15 Ziffern.

steps-sim-step = SIM
steps-sim-heading = Wählen Sie Ihre SIM
steps-sim-why = Sie verbindet Ihr Telefon mit dem Netz.
steps-sim-new-title = Neue eSIM
steps-sim-new-text = Ohne Wartezeit: Sie richten sie gleich nach dem Bezahlen auf Ihrem Telefon ein.
steps-sim-own-title = Eine SIM-Karte, die ich schon habe
steps-sim-own-text = Wir schalten die Karte frei, die Sie erhalten haben.
steps-sim-iccid-label = Nummer der SIM-Karte (ICCID)
steps-sim-iccid-hint = 19 oder 20 Ziffern, auf die Karte gedruckt. Leerzeichen stören nicht.

steps-number-step = Rufnummer
steps-number-heading = Wählen Sie Ihre Rufnummer
steps-number-why = Unter ihr sind Sie erreichbar.
steps-number-new-title = Eine neue Nummer
steps-number-new-text = Sie erhalten sie, sobald der Tarif aktiv ist.
steps-number-keep-title = Meine Nummer behalten
steps-number-keep-text = Wir holen sie von Ihrem bisherigen Anbieter. Kündigen Sie dort nicht: Das geschieht mit der Mitnahme von selbst.
steps-number-phone-label = Nummer, die Sie behalten
steps-number-phone-hint = Mit Ländervorwahl, zum Beispiel +49 151 23456789.
steps-number-account-label = Kundennummer beim bisherigen Anbieter
steps-number-account-hint = Sie steht auf Ihrer Rechnung. Sie können sie auch später angeben.
