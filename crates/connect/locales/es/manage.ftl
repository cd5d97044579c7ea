### Gestionar lo que se tiene: verlo, cambiarlo, darlo de baja, pagarlo. Las explicaciones están en el archivo inglés.

manage-save = Guardar

manage-badge-pending = En preparación
manage-badge-active = Activa
manage-badge-canceled = Cancelada
manage-badge-past-due = Pago pendiente
manage-badge-paused = En pausa
manage-badge-ended = Terminada

manage-standing-pending = La estamos preparando; suele tardar unos minutos.
manage-standing-renews = Se renueva el { $date } por { $amount }.
manage-standing-fixed-until = Puede usarla hasta el { $date }. Termina por sí sola.
manage-standing-fixed-unused = El plazo empieza con el primer uso y termina por sí solo.
manage-standing-lifetime = Es suya para siempre, sin más pagos.
manage-standing-free = Es gratis. No tiene que pagar nada, ni ahora ni más adelante.
manage-standing-canceled = Puede usarla hasta el { $date }. Después no se cobra nada más.
manage-standing-past-due = El pago de { $amount } del { $date } no se ha realizado.
manage-standing-paused = Está en pausa. No se cobra nada hasta que se reanude.
manage-standing-ended = Terminó el { $date }.

manage-past-due-title = Hay un pago pendiente
manage-past-due-usable = Por ahora puede seguir usando su tarifa.
manage-past-due-unusable = Su tarifa está suspendida hasta que se reciba el pago.
manage-past-due-next-try = Volveremos a intentar el cargo el { $date }.
manage-past-due-remedy = Para saldarlo, use otra tarjeta o asegúrese de que esta admita el cargo.

manage-changing-title = Se está pagando un cambio de tarifa
manage-changing-text = Va primero. No se ha cambiado ni cobrado nada más. Vuelva a intentarlo cuando haya terminado.
manage-scheduled-title = Su tarifa va a cambiar
manage-scheduled-text = A partir del { $date } tendrá { $plan }, por { $price }.
manage-scheduled-free = A partir del { $date } tendrá { $plan }, gratis.
manage-resume-offer-title = ¿Ha cambiado de opinión?
manage-resume-offer-text = Mientras siga en curso, puede continuar con ella como si nada hubiera pasado.

manage-fact-price = Precio
manage-fact-next-payment = Próximo pago
manage-fact-included = Incluye
manage-fact-addons = Extras
manage-fact-number = Número
manage-fact-sim = Tarjeta SIM
manage-fact-card = Tarjeta de pago
manage-price = { $amount } { $every }
manage-due = { $amount } el { $date }
manage-card-name = { $brand } •••• { $digits }
manage-card-expires = Válida hasta { $month }
manage-card-expired = Caducada desde { $month }
manage-pays-at-stripe = La introducirá en Stripe, en la página siguiente.

manage-tasks-heading = ¿Qué desea hacer?
manage-task-change-plan = Cambiar de tarifa
manage-task-buy-addon = Añadir un extra
manage-task-change-card = Usar otra tarjeta
manage-task-cancel = Cancelar la suscripción
manage-task-resume = Reanudar la suscripción
manage-task-undo-change = Seguir con { $plan }

manage-overview-heading = Sus suscripciones
manage-overview-empty = Todavía no tiene suscripciones con { $merchant }. Lo que compre aparecerá aquí.

manage-cancel-heading = Cancelar { $plan }
manage-cancel-why-on = Está pagada hasta el { $date } y sigue en curso hasta entonces. Después termina.
manage-cancel-why-bound = Sigue en curso hasta el { $date }, como se acordó al comprarla. Después termina.
manage-cancel-why-begun = Ha comenzado un nuevo periodo. Sigue en curso hasta el { $date } y después termina.
manage-cancel-why-at-once = Termina en cuanto lo confirme y no se puede deshacer.
manage-cancel-ends-heading = Lo que termina
manage-cancel-ends-plan = { $plan } y todo lo que incluye
manage-cancel-ends-addon = El extra { $addon }
manage-cancel-ends-number = Su número { $number }. Para conservarlo, llévelo a otro operador antes del final.
manage-cancel-kept-heading = Lo que se mantiene
manage-cancel-kept-use = Puede usarlo todo hasta el { $date }.
manage-cancel-kept-resume = Puede cambiar de opinión hasta el { $date }.
manage-cancel-kept-money = No se realizan más cobros.
manage-cancel-kept-bound = Hasta entonces paga { $amount } { $every }, como hasta ahora. Después no se cobra nada más.
manage-cancel-kept-begun = Por el periodo que ha comenzado todavía paga { $amount }. Después no se cobra nada más.
manage-cancel-kept-account = Su cuenta y sus recibos se conservan.
manage-cancel-reason-legend = ¿Por qué se va?
manage-cancel-reason-too-expensive = Es demasiado cara
manage-cancel-reason-unused = No la uso
manage-cancel-reason-connectivity-issues = La conexión no es lo bastante buena
manage-cancel-reason-customer-service = No me convence la atención
manage-cancel-reason-no-details = Prefiero no decirlo
manage-cancel-reason-other = Otra cosa
manage-cancel-comment = Díganos el motivo
manage-cancel-confirm-on = Cancelar el { $date }
manage-cancel-confirm-at-once = Cancelar ahora
manage-cancel-keep = Seguir con la tarifa

manage-resume-heading = Reanudar { $plan }
manage-resume-why = La canceló y terminaría el { $date }.
manage-resume-charge = Si la reanuda, continúa sin interrupción. Pagará { $amount } { $every } a partir del { $date } y hoy nada.
manage-resume-confirm = Reanudar

manage-current-label = Su tarifa actual
manage-change-heading = Elija su nueva tarifa
manage-change-why = No cambia nada hasta que lo confirme en la página siguiente.
manage-nothing-fits-heading = No hay otra tarifa para usted
manage-nothing-fits-text = { $plan } es por ahora la única tarifa de su tipo. No se ha cambiado nada.
manage-nothing-fits-addons = Ninguna otra tarifa es compatible con { $addons }, que tiene junto con { $plan }. No se ha cambiado nada.
manage-review-heading = Cambiar a { $plan }
manage-review-confirm-pay = Pagar { $amount } y cambiar ahora
manage-review-confirm-now = Cambiar ahora
manage-review-confirm-later = Cambiar el { $date }

manage-cost-today = { $today } hoy; después, { $next } { $every } a partir del { $date }.
manage-cost-later = { $next } { $every } a partir del { $date }; hoy nada.
manage-cost-credit = Hoy nada; después, { $next } { $every } a partir del { $date }. Ha pagado { $credit } de más por esta tarifa: se descuentan de los próximos pagos.
# Follows one of the sentences above, where what the next renewal is charged differs from the plan's price.
manage-cost-renewal = Es el precio sin descuentos, impuestos, saldo ni extras. Con ellos, se cobrarán { $amount } el { $date }.
manage-cost-once = { $today } hoy, en un pago único.
manage-cost-free = Gratis. No tiene que pagar nada, ni ahora ni más adelante.
manage-cost-starts-now = Empieza enseguida
manage-cost-starts-on = Empieza el { $date }
manage-cost-total-credit = Saldo a su favor

manage-line-unused = Resto de { $plan }, pagado hasta el { $date }
manage-line-rest = { $plan } hasta el { $date }
manage-line-balance = Su saldo
manage-line-discount = Descuento
manage-line-tax = Impuestos
manage-line-unbilled = Aún no facturado

manage-difference-changed = { $to } (ahora: { $from })
manage-difference-gained = Nuevo: { $included }
manage-difference-lost = Ya no: { $included }

manage-addon-heading = { $count ->
    [one] Añadir a { $plan }
   *[other] Añadir { $count } extras a { $plan }
  }
manage-addon-why = Se puede usar nada más pagar.
manage-addon-until = hasta el { $date }
manage-addon-with-plan = hasta que termine su tarifa
manage-addon-from-first-use = { $length } desde el primer uso
manage-addon-renews = después, { $amount } { $every } a partir del { $date }, hasta que usted lo termine
manage-addon-add = { $count ->
    [one] Añadir
   *[other] Añadir todo
  }

manage-card-heading = Su tarjeta
manage-card-heading-none = Añadir una tarjeta
manage-card-why = Con ella se paga { $plans }.
manage-card-why-nothing = Con ella pagará lo próximo que compre.
manage-card-open = Quedan { $amount } por pagar. El importe completo se cargará en su nueva tarjeta en cuanto esté guardada.
manage-card-use-another = Usar otra tarjeta
manage-card-add = Añadir una tarjeta
manage-card-notice-not-finished-title = No se ha guardado ninguna tarjeta nueva
manage-card-notice-not-finished-text = Ha vuelto de la página de la tarjeta antes de terminar. Todo sigue como estaba.
manage-card-notice-refused-text = El importe indicado abajo no se ha podido cobrar y sigue pendiente. Pruebe con otra tarjeta o pregunte el motivo a su banco.
manage-card-notice-unavailable-text = Todo sigue como estaba. Vuelva a intentarlo dentro de un minuto.
manage-card-notice-open-title = Queda algo por pagar
manage-card-notice-open-text = El importe indicado abajo sigue pendiente, además de lo que ya ha pagado. Indique una tarjeta para pagarlo: la misma u otra.

manage-confirm-heading = Confirme su pago
manage-confirm-why = Su banco quiere asegurarse de que es usted quien paga { $amount } por { $what }. Hasta entonces no se cobra nada.
manage-confirm-continue = Continuar a su banco
manage-notice-outdated-title = Vuelva a comprobarlo
manage-notice-outdated-text = Lo que ha confirmado se mostró hace demasiado tiempo o ha cambiado desde entonces. No se ha cobrado ni programado nada. Abajo está lo que sería ahora.
manage-notice-not-finished-title = Todavía no está confirmado
manage-notice-not-finished-text = Ha vuelto antes de terminar. No se ha cobrado ni cambiado nada.

manage-edit-name-why = Sus tarifas están registradas con este nombre.

manage-done-canceled-title = { $plan } está cancelada
manage-done-canceled-text = Puede usarla hasta el { $date }. Después no se cobra nada más.
manage-done-canceled-at-once-text = Ha terminado y no se cobra nada más.
manage-done-resumed-title = { $plan } continúa
manage-done-changed-title = Ya tiene { $plan }
manage-done-changed-paid = Ha pagado { $amount }. Puede usar todo lo que incluye la tarifa.
manage-done-changed-unpaid = No se ha cobrado nada. Puede usar todo lo que incluye la tarifa.
manage-done-scheduled-title = Su cambio está programado
manage-done-scheduled-text = { $plan } empieza el { $date }. Hasta entonces todo sigue igual y todavía puede cambiar de opinión.
manage-done-undone-title = Sigue con { $plan }
manage-done-undone-text = El cambio no tendrá lugar. No se ha cobrado nada.
manage-done-addon-title = { $count ->
    [one] Su extra está activo
   *[other] Sus extras están activos
  }
manage-done-addon-text = { $count ->
    [one] Ya puede usar { $addons }.
   *[other] Ya puede usarlos: { $addons }.
  }
manage-done-card-title = Su nueva tarjeta está guardada
manage-done-card-text = A partir de ahora se paga con { $card }. No se ha cobrado nada.
manage-done-card-paid-text = A partir de ahora se paga con { $card }. El pago pendiente de { $amount } se ha cargado en ella.
manage-done-payment-title = Su pago está confirmado
manage-done-payment-text = Ha pagado { $amount }. No queda nada por hacer.
manage-done-address-title = Su dirección está guardada
manage-done-address-text = Vale para sus tarifas y sus próximos recibos.
manage-done-name-title = Su nombre está guardado
manage-done-name-text = Sus tarifas quedan registradas con este nombre.
manage-done-mail = Hemos enviado los detalles a { $email }.
