### Correos. Lo que también dice una página está allí. Las explicaciones están en el archivo inglés.

mail-greeting-name = Buenos días, { $name }:
mail-greeting = Buenos días:
mail-footer = Recibe este correo porque se refiere a su cuenta con { $merchant }.

mail-login-subject = { $code } es su código para { $merchant }
mail-login-heading = Su código
mail-login-text = Escriba este código en la página que se lo ha pedido.
mail-login-valid = { $count ->
    [one] Sirve durante { $count } minuto.
   *[other] Sirve durante { $count } minutos.
  }
mail-login-not-you = Si no lo ha pedido usted, no tiene que hacer nada: sin él nadie puede entrar. No se lo dé a nadie, tampoco a nosotros.

mail-receipt-subject = Su recibo de { $merchant } por { $amount }
mail-receipt-heading = Su recibo
mail-receipt-text = Ha pagado { $amount } el { $date }.
mail-receipt-total = Pagado
mail-receipt-card = Pagado con { $card }.
mail-receipt-next = Próximo pago: { $payment }.

mail-renewal-failed-subject = Su pago de { $plan } no se ha realizado
mail-renewal-failed-text = No hemos podido cobrar { $amount } por { $plan } el { $date }.
mail-renewal-failed-confirm = Confirmar el pago
mail-renewal-failed-link = Este enlace es solo para usted. No lo comparta.

mail-first-payment-subject = { $plan } no ha empezado
mail-first-payment-text = No hemos podido cobrar { $amount } por { $plan } el { $date }. Por eso { $plan } no ha empezado.
mail-first-payment-no-card = No había ninguna tarjeta guardada en la que pudiéramos cobrar.
mail-first-payment-kept = Conserva { $plan }.
mail-first-payment-again = Elegir { $plan } de nuevo

mail-cancellation-not-you = Si no la ha cancelado usted, avise a { $merchant }.

mail-webhook-heading = Se ha desactivado un webhook
mail-webhook-failing = El receptor { $url } no ha aceptado nada desde hace cinco días. No se le envía nada más.
mail-webhook-gone = El receptor { $url } dice que ya no existe. No se le envía nada más.
mail-webhook-waits = Lo que ocurra le espera durante treinta días.
mail-webhook-enable = Cuando vuelva a funcionar, { $command } le envía todo lo que ha esperado.

## Un carrito del que se compró una parte. $items son los nombres del resto, $count dice cuántos.

mail-cart-unfinished-heading = Una parte de su compra no se pagó
mail-cart-unfinished-missing = { $count ->
    [one] No se pudo pagar { $items }. No lo tiene, y no se le cobró.
   *[other] No se pudieron pagar { $items }. No los tiene, y no se le cobraron.
  }
# Botón.
mail-cart-unfinished-buy = Ver lo que falta
