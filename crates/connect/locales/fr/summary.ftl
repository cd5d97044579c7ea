### Ce qui est acheté et ce que cela coûte.

summary-label = Votre commande
summary-show = Votre commande
summary-due-today = À payer aujourd’hui

summary-charge-free = Gratuit. Vous n’avez rien à payer, ni maintenant ni plus tard.
summary-charge-recurring = { $today } aujourd’hui, puis { $next } { $every } à partir du { $date }.
summary-charge-recurring-nothing-today = Rien aujourd’hui, puis { $next } { $every } à partir du { $date }.
summary-charge-afterwards = À partir du { $date }, ce sera { $amount } { $every }.
summary-cancel-any-time = Résiliable à tout moment.
summary-bound-until = Engagement jusqu’au { $date }.
summary-charge-fixed-until = { $today } aujourd’hui, en une seule fois. Se termine automatiquement le { $date }.
summary-charge-fixed = { $today } aujourd’hui, en une seule fois. Valable { $length } dès la première utilisation, puis se termine automatiquement.
summary-charge-lifetime = { $today } aujourd’hui, en une seule fois. À vous pour toujours, sans autre paiement.

summary-every-day = { $count ->
    [one] chaque jour
   *[other] tous les { $count } jours
  }
summary-every-week = { $count ->
    [one] chaque semaine
   *[other] toutes les { $count } semaines
  }
summary-every-month = { $count ->
    [one] chaque mois
   *[other] tous les { $count } mois
  }
summary-every-year = { $count ->
    [one] chaque année
   *[other] tous les { $count } ans
  }

summary-length-day = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
  }
summary-length-week = { $count ->
    [one] { $count } semaine
   *[other] { $count } semaines
  }
summary-length-month = { $count ->
    [one] { $count } mois
   *[other] { $count } mois
  }
summary-length-year = { $count ->
    [one] { $count } an
   *[other] { $count } ans
  }

summary-cadence-once = une seule fois
summary-cadence-once-for = une seule fois, pour { $length }
summary-cadence-for-life = une seule fois, à vie
summary-line-voucher = Bon { $code }

summary-included-data = { $amount } de données
summary-included-data-unlimited = Données illimitées
summary-included-calls = { $count ->
    [one] { $number } minute d’appel
   *[other] { $number } minutes d’appel
  }
summary-included-calls-unlimited = Appels illimités
summary-included-messages = { $count ->
    [one] { $number } SMS
   *[other] { $number } SMS
  }
summary-included-messages-unlimited = SMS illimités
summary-included-coverage = Utilisable ici : { $area }
summary-gigabytes = { $number } Go
summary-megabytes = { $number } Mo
