### Das Eigene verwalten: ansehen, ändern, beenden, bezahlen. Erläuterungen stehen in der englischen Datei.

manage-save = Speichern

manage-badge-pending = In Einrichtung
manage-badge-active = Aktiv
manage-badge-canceled = Gekündigt
manage-badge-past-due = Zahlung offen
manage-badge-paused = Pausiert
manage-badge-ended = Beendet

manage-standing-pending = Wir richten alles ein. Das dauert meist nur wenige Minuten.
manage-standing-renews = Verlängert sich am { $date } für { $amount }.
manage-standing-fixed-until = Nutzbar bis zum { $date }, endet von selbst.
manage-standing-fixed-unused = Die Laufzeit beginnt mit der ersten Nutzung und endet von selbst.
manage-standing-lifetime = Auf Dauer Ihres, ohne weitere Kosten.
manage-standing-free = Kostenlos. Sie zahlen nichts, weder jetzt noch später.
manage-standing-canceled = Nutzbar bis zum { $date }. Danach wird nichts mehr abgebucht.
manage-standing-past-due = Die Zahlung von { $amount } am { $date } ist nicht gelungen.
manage-standing-paused = Ruht zurzeit. Bis es weitergeht, wird nichts abgebucht.
manage-standing-ended = Beendet am { $date }.

manage-past-due-title = Eine Zahlung ist offen
manage-past-due-usable = Sie können Ihren Tarif vorerst weiter nutzen.
manage-past-due-unusable = Ihr Tarif ist gesperrt, bis die Zahlung eingeht.
manage-past-due-next-try = Am { $date } versuchen wir die Abbuchung erneut.
manage-past-due-remedy = Um sie zu begleichen, verwenden Sie eine andere Karte oder sorgen Sie dafür, dass diese belastet werden kann.

manage-changing-title = Ein Tarifwechsel wird gerade bezahlt
manage-changing-text = Er geht vor. Sonst wurde nichts geändert und nichts abgebucht. Versuchen Sie es noch einmal, sobald er fertig ist.
manage-scheduled-title = Ihr Tarif wechselt
manage-scheduled-text = Ab dem { $date } haben Sie { $plan }, für { $price }.
manage-scheduled-free = Ab dem { $date } haben Sie { $plan }, kostenlos.
manage-resume-offer-title = Anders überlegt?
manage-resume-offer-text = Solange der Tarif läuft, können Sie ihn fortsetzen, als wäre nichts gewesen.

manage-fact-price = Preis
manage-fact-next-payment = Nächste Zahlung
manage-fact-included = Enthalten
manage-fact-addons = Zusatzoptionen
manage-fact-number = Rufnummer
manage-fact-sim = SIM-Karte
manage-fact-card = Zahlungskarte
manage-price = { $amount } { $every }
manage-due = { $amount } am { $date }
manage-card-name = { $brand } •••• { $digits }
manage-card-expires = Gültig bis { $month }
manage-card-expired = Abgelaufen seit { $month }
manage-pays-at-stripe = Sie geben sie auf der nächsten Seite bei Stripe ein.

manage-tasks-heading = Was möchten Sie tun?
manage-task-change-plan = Tarif wechseln
manage-task-buy-addon = Zusatzoption buchen
manage-task-change-card = Andere Karte verwenden
manage-task-cancel = Kündigen
manage-task-resume = Kündigung zurücknehmen
manage-task-undo-change = Bei { $plan } bleiben

manage-overview-heading = Ihre Verträge
manage-overview-empty = Sie haben noch keine Verträge bei { $merchant }. Was Sie kaufen, erscheint hier.

manage-cancel-heading = { $plan } kündigen
manage-cancel-why-on = Der Tarif läuft bis zum { $date }, denn so lange ist er bezahlt. Dann endet er.
manage-cancel-why-bound = Der Tarif läuft bis zum { $date }, wie beim Kauf vereinbart. Dann endet er.
manage-cancel-why-begun = Ein neuer Zeitraum hat begonnen. Der Tarif läuft bis zum { $date }, dann endet er.
manage-cancel-why-at-once = Der Tarif endet, sobald Sie bestätigen. Das lässt sich nicht rückgängig machen.
manage-cancel-ends-heading = Was endet
manage-cancel-ends-plan = { $plan } und alles, was dazugehört
manage-cancel-ends-addon = Die Zusatzoption { $addon }
manage-cancel-ends-number = Ihre Rufnummer { $number }. Um sie zu behalten, nehmen Sie sie vor dem Ende zu einem anderen Anbieter mit.
manage-cancel-kept-heading = Was bleibt
manage-cancel-kept-use = Bis zum { $date } können Sie alles nutzen.
manage-cancel-kept-resume = Bis zum { $date } können Sie es sich anders überlegen.
manage-cancel-kept-money = Es wird nichts mehr abgebucht.
manage-cancel-kept-bound = Bis dahin zahlen Sie wie bisher { $every } { $amount }. Danach wird nichts mehr abgebucht.
manage-cancel-kept-begun = Für den begonnenen Zeitraum zahlen Sie noch { $amount }. Danach wird nichts mehr abgebucht.
manage-cancel-kept-account = Ihr Konto und Ihre Belege bleiben erhalten.
manage-cancel-reason-legend = Warum möchten Sie gehen?
manage-cancel-reason-too-expensive = Der Tarif ist mir zu teuer
manage-cancel-reason-unused = Ich nutze ihn nicht
manage-cancel-reason-connectivity-issues = Die Verbindung ist nicht gut genug
manage-cancel-reason-customer-service = Ich bin mit dem Service nicht zufrieden
manage-cancel-reason-no-details = Das möchte ich nicht sagen
manage-cancel-reason-other = Etwas anderes
manage-cancel-comment = Was ist der Grund?
manage-cancel-confirm-on = Zum { $date } kündigen
manage-cancel-confirm-at-once = Sofort kündigen
manage-cancel-keep = Tarif behalten

manage-resume-heading = { $plan } fortsetzen
manage-resume-why = Sie haben gekündigt, der Tarif würde am { $date } enden.
manage-resume-charge = Setzen Sie ihn fort, läuft er ohne Unterbrechung weiter. Sie zahlen { $every } { $amount } ab dem { $date } und heute nichts.
manage-resume-confirm = Fortsetzen

manage-current-label = Ihr jetziger Tarif
manage-change-heading = Wählen Sie Ihren neuen Tarif
manage-change-why = Es ändert sich nichts, bevor Sie auf der nächsten Seite bestätigen.
manage-nothing-fits-heading = Es gibt keinen anderen Tarif für Sie
manage-nothing-fits-text = { $plan } ist zurzeit der einzige Tarif seiner Art. Es wurde nichts geändert.
manage-nothing-fits-addons = Kein anderer Tarif passt zu { $addons } (bei { $plan } dazugebucht). Es wurde nichts geändert.
manage-review-heading = Zu { $plan } wechseln
manage-review-confirm-pay = { $amount } bezahlen und jetzt wechseln
manage-review-confirm-now = Jetzt wechseln
manage-review-confirm-later = Zum { $date } wechseln

manage-cost-today = Heute { $today }, danach { $every } { $next } ab dem { $date }.
manage-cost-later = Heute nichts, ab dem { $date } { $every } { $next }.
manage-cost-credit = Heute nichts, danach { $every } { $next } ab dem { $date }. Für diesen Tarif haben Sie { $credit } zu viel bezahlt: Sie werden mit den nächsten Zahlungen verrechnet.
# Follows one of the sentences above, where what the next renewal is charged differs from the plan's price.
manage-cost-renewal = Das ist der Preis vor Rabatten, Steuern, Guthaben und Extras. Mit ihnen werden am { $date } { $amount } abgebucht.
manage-cost-once = Heute einmalig { $today }.
manage-cost-free = Kostenlos. Sie zahlen nichts, weder jetzt noch später.
manage-cost-starts-now = Beginnt sofort
manage-cost-starts-on = Beginnt am { $date }
manage-cost-total-credit = Guthaben für Sie

manage-line-unused = Rest von { $plan }, bezahlt bis zum { $date }
manage-line-rest = { $plan } bis zum { $date }
manage-line-balance = Ihr Guthaben
manage-line-discount = Rabatt
manage-line-tax = Steuer
manage-line-unbilled = Bisher nicht abgerechnet

manage-difference-changed = { $to } (bisher: { $from })
manage-difference-gained = Neu: { $included }
manage-difference-lost = Nicht mehr: { $included }

manage-addon-heading = { $count ->
    [one] Zu { $plan } dazubuchen
   *[other] { $count } Optionen zu { $plan } dazubuchen
  }
manage-addon-why = Sie können es nutzen, sobald es bezahlt ist.
manage-addon-until = bis zum { $date }
manage-addon-with-plan = bis Ihr Tarif endet
manage-addon-from-first-use = { $length } ab der ersten Nutzung
manage-addon-renews = danach { $every } { $amount } ab dem { $date }, bis Sie die Option beenden
manage-addon-add = { $count ->
    [one] Dazubuchen
   *[other] Alle dazubuchen
  }

manage-card-heading = Ihre Karte
manage-card-heading-none = Karte hinzufügen
manage-card-why = Mit ihr bezahlen Sie { $plans }.
manage-card-why-nothing = Mit ihr bezahlen Sie, was Sie als Nächstes kaufen.
manage-card-open = Offen sind { $amount }. Der ganze Betrag wird von Ihrer neuen Karte abgebucht, sobald diese gespeichert ist.
manage-card-use-another = Andere Karte verwenden
manage-card-add = Karte hinzufügen
manage-card-notice-not-finished-title = Es wurde keine neue Karte gespeichert
manage-card-notice-not-finished-text = Sie sind von der Kartenseite zurückgekommen, bevor alles fertig war. Alles ist, wie es war.
manage-card-notice-refused-text = Der unten genannte Betrag konnte nicht abgebucht werden und ist weiter offen. Versuchen Sie es mit einer anderen Karte, oder fragen Sie Ihre Bank nach dem Grund.
manage-card-notice-unavailable-text = Alles ist, wie es war. Bitte versuchen Sie es in einer Minute noch einmal.
manage-card-notice-open-title = Es ist noch etwas zu bezahlen
manage-card-notice-open-text = Der unten genannte Betrag ist neben dem, was Sie bezahlt haben, noch offen. Geben Sie dafür eine Karte an: dieselbe oder eine andere.

manage-confirm-heading = Bestätigen Sie Ihre Zahlung
manage-confirm-why = Ihre Bank möchte sicher sein, dass Sie es sind, wenn { $amount } für { $what } abgebucht werden. Vorher wird nichts abgebucht.
manage-confirm-continue = Weiter zu Ihrer Bank
manage-notice-outdated-title = Bitte sehen Sie noch einmal hin
manage-notice-outdated-text = Was Sie bestätigt haben, wurde vor zu langer Zeit angezeigt oder hat sich inzwischen geändert. Es wurde nichts abgebucht und nichts vorgemerkt. Unten steht, was jetzt gilt.
manage-notice-not-finished-title = Noch nicht bestätigt
manage-notice-not-finished-text = Sie sind zurückgekommen, bevor alles fertig war. Es wurde nichts abgebucht und nichts geändert.

manage-edit-name-why = Auf diesen Namen sind Ihre Tarife angemeldet.

manage-done-canceled-title = { $plan } ist gekündigt
manage-done-canceled-text = Nutzbar bis zum { $date }. Danach wird nichts mehr abgebucht.
manage-done-canceled-at-once-text = Der Tarif ist beendet, und es wird nichts mehr abgebucht.
manage-done-resumed-title = { $plan } läuft weiter
manage-done-changed-title = Sie haben jetzt { $plan }
manage-done-changed-paid = Sie haben { $amount } bezahlt. Alles, was zum Tarif gehört, steht Ihnen zur Verfügung.
manage-done-changed-unpaid = Es wurde nichts abgebucht. Alles, was zum Tarif gehört, steht Ihnen zur Verfügung.
manage-done-scheduled-title = Ihr Wechsel ist vorgemerkt
manage-done-scheduled-text = { $plan } beginnt am { $date }. Bis dahin bleibt alles, wie es ist, und Sie können es sich noch anders überlegen.
manage-done-undone-title = Sie bleiben bei { $plan }
manage-done-undone-text = Der Wechsel findet nicht statt. Es wurde nichts abgebucht.
manage-done-addon-title = { $count ->
    [one] Ihre Zusatzoption ist aktiv
   *[other] Ihre Zusatzoptionen sind aktiv
  }
manage-done-addon-text = { $count ->
    [one] Sie können { $addons } sofort nutzen.
   *[other] Sie können alles sofort nutzen: { $addons }.
  }
manage-done-card-title = Ihre neue Karte ist gespeichert
manage-done-card-text = Von jetzt an bezahlen Sie mit { $card }. Es wurde nichts abgebucht.
manage-done-card-paid-text = Von jetzt an bezahlen Sie mit { $card }. Die offene Zahlung von { $amount } wurde davon abgebucht.
manage-done-payment-title = Ihre Zahlung ist bestätigt
manage-done-payment-text = Sie haben { $amount } bezahlt. Es ist nichts weiter zu tun.
manage-done-address-title = Ihre Adresse ist gespeichert
manage-done-address-text = Sie gilt für Ihre Tarife und Ihre nächsten Belege.
manage-done-name-title = Ihr Name ist gespeichert
manage-done-name-text = Von jetzt an sind Ihre Tarife auf diesen Namen angemeldet.
manage-done-mail = Die Einzelheiten haben wir an { $email } geschickt.
