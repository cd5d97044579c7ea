### La última mirada antes de pagar.

review-step = Resumen
review-heading = Revisar y pagar
review-why = No se cobra nada hasta que usted lo confirme.
review-heading-free = Revise su tarifa
review-why-free = No necesita tarjeta: esta tarifa es gratuita.

review-change = Cambiar
review-chosen-name = Nombre
review-chosen-birthday = Nacimiento
review-chosen-address = Dirección
review-chosen-device = Teléfono
review-chosen-sim = SIM
review-chosen-new-esim = Una eSIM nueva
review-chosen-own-sim = Su tarjeta SIM
review-chosen-number = Número
review-chosen-new-number = Un número nuevo
review-chosen-keep-number = Conservar el { $number }

review-voucher-question = Tengo un vale
review-voucher-label = Código del vale
review-voucher-apply = Aplicar
review-voucher-applied = Con el vale { $code } ahorra hoy { $amount }.
review-voucher-remove = Quitar

review-pay = Pagar { $amount }
review-pay-nothing-today = Continuar a su tarjeta
review-pay-free = Obtener esta tarifa
review-pay-hint = Los datos de la tarjeta se introducen en Stripe, en la página siguiente.

review-notice-price-changed-title = El precio ha cambiado
review-notice-price-changed-text = Era de { $before } la última vez que lo vio y ahora es de { $now }. No se ha cobrado nada. Revíselo antes de pagar.
review-notice-payment-canceled-title = Todavía no ha pagado
review-notice-payment-canceled-text = Ha vuelto de la página de la tarjeta. No se ha cobrado nada y se conserva lo que eligió.
review-notice-card-declined-title = Su tarjeta ha sido rechazada
review-notice-card-declined-text = No se ha cobrado nada. Pruebe con otra tarjeta o pregunte el motivo a su banco.
review-notice-not-authenticated-title = Su banco no ha confirmado el pago
review-notice-not-authenticated-text = No se ha cobrado nada. Vuelva a intentarlo y autorice el pago cuando su banco lo pida, o use otra tarjeta.
review-notice-payment-unavailable-title = No se puede abrir la página de la tarjeta
review-notice-payment-unavailable-text = No se ha cobrado nada. Vuelva a intentarlo dentro de un minuto. Se conserva lo que eligió.
