### Der letzte Blick vor dem Bezahlen.

review-step = Prüfen
review-heading = Prüfen und bezahlen
review-why = Abgebucht wird erst, wenn Sie bestätigen.
review-heading-free = Prüfen Sie Ihren Tarif
review-why-free = Sie brauchen keine Karte: Dieser Tarif ist kostenlos.

review-change = Ändern
review-chosen-name = Name
review-chosen-birthday = Geburtstag
review-chosen-address = Adresse
review-chosen-device = Telefon
review-chosen-sim = SIM
review-chosen-new-esim = Neue eSIM
review-chosen-own-sim = Ihre SIM-Karte
review-chosen-number = Rufnummer
review-chosen-new-number = Eine neue Nummer
review-chosen-keep-number = { $number } behalten

review-voucher-question = Ich habe einen Gutschein
review-voucher-label = Gutscheincode
review-voucher-apply = Einlösen
review-voucher-applied = Mit dem Gutschein { $code } sparen Sie heute { $amount }.
review-voucher-remove = Entfernen

review-pay = { $amount } bezahlen
review-pay-nothing-today = Weiter zu Ihrer Karte
review-pay-free = Tarif kostenlos nutzen
review-pay-hint = Ihre Karte geben Sie auf der nächsten Seite bei Stripe ein.

review-notice-price-changed-title = Der Preis hat sich geändert
review-notice-price-changed-text = Zuletzt waren es { $before }, jetzt sind es { $now }. Es wurde nichts abgebucht. Bitte sehen Sie vor dem Bezahlen noch einmal hin.
review-notice-payment-canceled-title = Sie haben noch nicht bezahlt
review-notice-payment-canceled-text = Sie sind von der Kartenseite zurückgekommen. Es wurde nichts abgebucht, und Ihre Auswahl ist noch da.
review-notice-card-declined-title = Ihre Karte wurde abgelehnt
review-notice-card-declined-text = Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte, oder fragen Sie Ihre Bank nach dem Grund.
review-notice-not-authenticated-title = Ihre Bank hat die Zahlung nicht bestätigt
review-notice-not-authenticated-text = Es wurde nichts abgebucht. Versuchen Sie es erneut und geben Sie die Zahlung frei, wenn Ihre Bank fragt, oder nehmen Sie eine andere Karte.
review-notice-payment-unavailable-title = Die Kartenseite ist nicht erreichbar
review-notice-payment-unavailable-text = Es wurde nichts abgebucht. Bitte versuchen Sie es in einer Minute noch einmal. Ihre Auswahl bleibt erhalten.
