### Qué se compra y cuánto cuesta.

summary-label = Su pedido
summary-show = Su pedido
summary-due-today = Total de hoy

summary-charge-free = Gratis. No tiene que pagar nada, ni ahora ni más adelante.
summary-charge-recurring = { $today } hoy; después, { $next } { $every } a partir del { $date }.
summary-charge-recurring-nothing-today = Hoy nada; después, { $next } { $every } a partir del { $date }.
summary-charge-afterwards = A partir del { $date }, serán { $amount } { $every }.
summary-cancel-any-time = Puede cancelar cuando quiera.
summary-bound-until = Permanencia mínima hasta el { $date }.
summary-charge-fixed-until = { $today } hoy, en un pago único. Termina por sí solo el { $date }.
summary-charge-fixed = { $today } hoy, en un pago único. Dura { $length } desde el primer uso y termina por sí solo.
summary-charge-lifetime = { $today } hoy, en un pago único. Es suyo para siempre, sin más pagos.

summary-every-day = { $count ->
    [one] cada día
   *[other] cada { $count } días
  }
summary-every-week = { $count ->
    [one] cada semana
   *[other] cada { $count } semanas
  }
summary-every-month = { $count ->
    [one] cada mes
   *[other] cada { $count } meses
  }
summary-every-year = { $count ->
    [one] cada año
   *[other] cada { $count } años
  }

summary-length-day = { $count ->
    [one] { $count } día
   *[other] { $count } días
  }
summary-length-week = { $count ->
    [one] { $count } semana
   *[other] { $count } semanas
  }
summary-length-month = { $count ->
    [one] { $count } mes
   *[other] { $count } meses
  }
summary-length-year = { $count ->
    [one] { $count } año
   *[other] { $count } años
  }

summary-cadence-once = una sola vez
summary-cadence-once-for = una sola vez, por { $length }
summary-cadence-for-life = una sola vez, para siempre
summary-line-voucher = Vale { $code }

summary-included-data = { $amount } de datos
summary-included-data-unlimited = Datos ilimitados
summary-included-calls = { $count ->
    [one] { $number } minuto de llamadas
   *[other] { $number } minutos de llamadas
  }
summary-included-calls-unlimited = Llamadas ilimitadas
summary-included-messages = { $count ->
    [one] { $number } SMS
   *[other] { $number } SMS
  }
summary-included-messages-unlimited = SMS ilimitados
summary-included-coverage = Válido en: { $area }
summary-gigabytes = { $number } GB
summary-megabytes = { $number } MB
