### Cabecera, pie, botones y palabras de los formularios. Las explicaciones están en el archivo inglés.

common-skip = Ir al contenido
common-language = Idioma:
common-leave = Salir
common-charged-by = { $merchant } realiza el cargo en su tarjeta a través de Stripe.
common-terms = Condiciones
common-privacy = Privacidad
common-powered-by = Funciona con Perennial
common-continue = Continuar
common-back = Atrás
common-optional = (opcional)
common-choose = Elija…
common-problem-prefix = Por revisar:
common-problems-heading = Revise sus respuestas
common-step = Paso { $step } de { $of }: { $label }
