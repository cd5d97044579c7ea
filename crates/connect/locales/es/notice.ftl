### Páginas que terminan una visita o la reorientan.

notice-to-merchant = Volver a { $merchant }
notice-try-again = Volver a intentarlo

notice-already-subscribed-title = Ya tiene una tarifa
notice-already-subscribed-text = Está suscrito a { $plan } y no necesita también esta. No se ha cobrado nada.
notice-plan-unavailable-title = Esta tarifa no está a la venta
notice-plan-unavailable-text = { $merchant } no la ofrece en este momento. No se ha cobrado nada.
notice-sim-unfit-title = Esta SIM no sirve para la tarifa
notice-sim-unfit-text = Puede que ya esté en uso o que sea de otra red. No se ha cobrado nada. Pida ayuda a { $merchant }.
notice-session-expired-title = Esta página ha caducado
notice-session-expired-text = Por su seguridad, solo está abierta durante un tiempo limitado. Si no ha pagado, no se ha cobrado nada. Vuelva al sitio del que viene y empiece de nuevo.
notice-session-used-title = Este enlace ya se ha usado
notice-session-used-text = Funciona una sola vez. Si lo abrió en otra pestaña, continúe allí. Si no, vuelva al sitio del que viene y empiece de nuevo.
notice-session-unknown-title = Este enlace no funciona
notice-session-unknown-text = Puede que esté incompleto. No se ha cobrado nada. Vuelva a donde lo encontró y empiece de nuevo.
notice-finished-elsewhere-title = Esta compra está terminada
notice-finished-elsewhere-text = La completó en otra pestaña. Ha pagado una sola vez y aquí no queda nada por hacer.
notice-paid-twice-title = Ya tiene una tarifa como esta
notice-paid-twice-text = Su segundo pago llegó cuando el primero ya había puesto en marcha su tarifa. Le devolvemos íntegramente el segundo y no se renovará. Su primera tarifa no cambia.
notice-paid-too-late-title = Su tarifa cambió mientras pagaba
notice-paid-too-late-text = Su pago llegó cuando esta tarifa ya se había cambiado o cancelado. Se lo devolvemos íntegramente y no se renovará. Lo que tiene ahora sigue como está.
# What was paid for cannot be given, because another customer was quicker; the money goes back by itself.
notice-paid-in-vain-title = No se ha podido iniciar su tarifa
notice-paid-in-vain-text = Su pago llegó cuando algo de lo elegido, como la SIM, ya se había asignado. Se lo devolvemos íntegramente y no se renovará. Todo lo demás sigue igual.
notice-no-account-title = Aquí no hay nada para esta dirección
notice-no-account-text = Su código era correcto. Pero { $merchant } no conoce esta dirección de correo, o lo que busca pertenece a otra. No se ha cambiado nada. Pruebe con la dirección que suele dar.
notice-intent-unavailable-title = Esto todavía no es posible aquí
notice-intent-unavailable-text = No se ha cambiado ni cobrado nada. Consulte a { $merchant }.
notice-refused-by-stripe-title = Ahora mismo no es posible
notice-refused-by-stripe-text = Nuestro servicio de pagos lo rechaza. No se ha cambiado ni cobrado nada. Volver a intentarlo no servirá: avise a { $merchant }.

notice-payment-failed-title = El pago no se ha realizado
notice-payment-failed-declined = Su banco ha rechazado la tarjeta sin indicar el motivo. No se ha cobrado nada. Pruebe con otra tarjeta o consulte a su banco.
notice-payment-failed-insufficient-funds = La tarjeta no tiene saldo suficiente. No se ha cobrado nada. Pruebe con otra tarjeta.
notice-payment-failed-expired-card = La tarjeta ha caducado. No se ha cobrado nada. Pruebe con otra tarjeta.
notice-payment-failed-wrong-security-code = El código de seguridad de la tarjeta no es correcto. No se ha cobrado nada. Vuelva a intentarlo: es el número corto del reverso de la tarjeta, o del anverso si es American Express.
notice-payment-failed-not-authenticated = Su banco no ha confirmado que era usted. No se ha cobrado nada. Vuelva a intentarlo y autorice el pago cuando su banco lo pida.
notice-payment-failed-service-unavailable = Nuestro servicio de pago no ha respondido. Si el pago se realizó a pesar de todo, no se le volverá a pedir. Vuelva a intentarlo dentro de un minuto.

notice-stale-form-title = Esta página no estaba al día
notice-stale-form-text = Su último clic no se ha llevado a cabo. No se ha cobrado nada. Vuelva a cargar la página y continúe desde ahí.
notice-not-found-title = Esta página no existe
notice-not-found-text = Compruebe la dirección o vuelva a la página anterior y empiece de nuevo.
notice-outage-title = No estamos disponibles en este momento
notice-outage-text = No es culpa suya, y lo que ya ha hecho se conserva. Si ya ha pagado, el pago no se ha perdido y no se le pedirá otra vez. Vuelva a cargar esta página dentro de un minuto.
notice-internal-title = Algo ha fallado por nuestra parte
notice-internal-text = No es culpa suya y se conserva lo que ya había hecho. Vuelva a intentarlo dentro de un minuto. Si ocurre de nuevo, díganos esta referencia.
