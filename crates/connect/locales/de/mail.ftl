### E-Mails. Was auch eine Seite sagt, steht dort. Erläuterungen stehen in der englischen Datei.

mail-greeting-name = Guten Tag { $name },
mail-greeting = Guten Tag,
mail-footer = Sie erhalten diese E-Mail, weil sie Ihr Konto bei { $merchant } betrifft.

mail-login-subject = { $code } ist Ihr Code für { $merchant }
mail-login-heading = Ihr Code
mail-login-text = Geben Sie diesen Code auf der Seite ein, die danach gefragt hat.
mail-login-valid = { $count ->
    [one] Er gilt { $count } Minute.
   *[other] Er gilt { $count } Minuten.
  }
mail-login-not-you = Haben Sie ihn nicht verlangt, müssen Sie nichts tun: Ohne ihn kann sich niemand anmelden. Geben Sie ihn niemandem, auch uns nicht.

mail-receipt-subject = Ihr Beleg von { $merchant } über { $amount }
mail-receipt-heading = Ihr Beleg
mail-receipt-text = Sie haben am { $date } { $amount } bezahlt.
mail-receipt-total = Bezahlt
mail-receipt-card = Bezahlt mit { $card }.
mail-receipt-next = Nächste Zahlung: { $payment }.

mail-renewal-failed-subject = Ihre Zahlung für { $plan } ist nicht gelungen
mail-renewal-failed-text = Wir konnten am { $date } { $amount } für { $plan } nicht abbuchen.
mail-renewal-failed-confirm = Zahlung bestätigen
mail-renewal-failed-link = Dieser Link ist nur für Sie bestimmt. Bitte geben Sie ihn nicht weiter.

mail-first-payment-subject = { $plan } hat nicht begonnen
mail-first-payment-text = Wir konnten am { $date } { $amount } für { $plan } nicht abbuchen. Deshalb hat { $plan } nicht begonnen.
mail-first-payment-no-card = Es war keine Karte hinterlegt, die wir hätten belasten können.
mail-first-payment-kept = Sie behalten { $plan }.
mail-first-payment-again = { $plan } erneut wählen

mail-cancellation-not-you = Haben Sie nicht selbst gekündigt, sagen Sie bitte { $merchant } Bescheid.

mail-webhook-heading = Ein Webhook wurde abgeschaltet
mail-webhook-failing = Der Empfänger { $url } hat seit fünf Tagen nichts angenommen. Ihm wird nichts mehr gesendet.
mail-webhook-gone = Der Empfänger { $url } sagt, dass es ihn nicht mehr gibt. Ihm wird nichts mehr gesendet.
mail-webhook-waits = Was geschieht, wartet dreißig Tage lang auf ihn.
mail-webhook-enable = Sobald er wieder arbeitet, sendet { $command } ihm alles, was gewartet hat.

## Ein Warenkorb, von dem ein Teil gekauft wurde. $items sind die Namen des Übrigen, $count sagt, wie viele.

mail-cart-unfinished-heading = Ein Teil Ihres Kaufs wurde nicht bezahlt
mail-cart-unfinished-missing = { $count ->
    [one] { $items } konnte nicht bezahlt werden. Sie haben es nicht, und es wurde nicht berechnet.
   *[other] { $items } konnten nicht bezahlt werden. Sie haben sie nicht, und sie wurden nicht berechnet.
  }
# Schaltfläche.
mail-cart-unfinished-buy = Ansehen, was fehlt
