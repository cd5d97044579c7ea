### Después de pagar: aún por confirmar, o terminado.

outcome-reference = Referencia: { $reference }

outcome-confirming-heading = Estamos confirmando su pago
outcome-confirming-text = Tarda unos segundos. La página avanza por sí sola en cuanto { $plan } sea suyo.
outcome-slow-heading = Su pago sigue en confirmación
outcome-slow-text = No vuelva a pagar. Puede cerrar esta página: { $plan } empieza por sí solo en cuanto se confirme el pago. Si este falla, no se cobra nada.
outcome-slow-again = Volver a comprobar

outcome-done-title = { $plan } ya es suyo
outcome-done-title-pending = { $plan } está en camino
outcome-done-recurring = Se renueva el { $date } por { $amount }.
outcome-done-fixed-until = Es suyo hasta el { $date } y termina por sí solo.
outcome-done-fixed = Dura { $length } desde el primer uso y termina por sí solo.
outcome-done-lifetime = Es suyo para siempre, sin más pagos.
outcome-done-free = Es gratis. No tiene que pagar nada, ni ahora ni más adelante.
outcome-done-pending = Lo estamos preparando; suele tardar unos minutos.
outcome-done-close = Puede cerrar esta página.

outcome-done-number = Su número
outcome-done-kept-number = Número que conserva
outcome-done-kept-number-next = Hemos anotado la portabilidad. Hasta entonces, le localizamos en el número de arriba.
outcome-done-own-sim = Su tarjeta SIM
outcome-done-esim-server = Dirección SM-DP+
outcome-done-esim-code = Código de activación
outcome-done-esim-hint = Introduzca ambos en los ajustes del teléfono, en «Añadir eSIM».
outcome-done-receipt = Recibo enviado a
outcome-done-reference = Referencia
