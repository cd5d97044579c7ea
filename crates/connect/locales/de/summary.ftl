### Was gekauft wird und was es kostet.

summary-label = Ihre Bestellung
summary-show = Ihre Bestellung
summary-due-today = Heute fällig

summary-charge-free = Kostenlos. Sie zahlen nichts, weder jetzt noch später.
summary-charge-recurring = Heute { $today }, danach { $every } { $next } ab dem { $date }.
summary-charge-recurring-nothing-today = Heute nichts, danach { $every } { $next } ab dem { $date }.
summary-charge-afterwards = Ab dem { $date } sind es { $every } { $amount }.
summary-cancel-any-time = Jederzeit kündbar.
summary-bound-until = Mindestlaufzeit bis { $date }.
summary-charge-fixed-until = Heute einmalig { $today }. Endet von selbst am { $date }.
summary-charge-fixed = Heute einmalig { $today }. Gilt { $length } ab der ersten Nutzung und endet von selbst.
summary-charge-lifetime = Heute einmalig { $today }. Gehört Ihnen auf Dauer, ohne weitere Kosten.

summary-every-day = { $count ->
    [one] jeden Tag
   *[other] alle { $count } Tage
  }
summary-every-week = { $count ->
    [one] jede Woche
   *[other] alle { $count } Wochen
  }
summary-every-month = { $count ->
    [one] jeden Monat
   *[other] alle { $count } Monate
  }
summary-every-year = { $count ->
    [one] jedes Jahr
   *[other] alle { $count } Jahre
  }

summary-length-day = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
  }
summary-length-week = { $count ->
    [one] { $count } Woche
   *[other] { $count } Wochen
  }
summary-length-month = { $count ->
    [one] { $count } Monat
   *[other] { $count } Monate
  }
summary-length-year = { $count ->
    [one] { $count } Jahr
   *[other] { $count } Jahre
  }

summary-cadence-once = einmalig
summary-cadence-once-for = einmalig, für { $length }
summary-cadence-for-life = einmalig, auf Dauer
summary-line-voucher = Gutschein { $code }

summary-included-data = { $amount } Datenvolumen
summary-included-data-unlimited = Unbegrenztes Datenvolumen
summary-included-calls = { $count ->
    [one] { $number } Gesprächsminute
   *[other] { $number } Gesprächsminuten
  }
summary-included-calls-unlimited = Unbegrenzt telefonieren
summary-included-messages = { $count ->
    [one] { $number } SMS
   *[other] { $number } SMS
  }
summary-included-messages-unlimited = Unbegrenzt SMS
summary-included-coverage = Gültig in: { $area }
summary-gigabytes = { $number } GB
summary-megabytes = { $number } MB
