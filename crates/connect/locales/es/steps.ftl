### Los pasos anteriores al resumen, una pregunta por página.

steps-name-step = Nombre
steps-name-heading = Su nombre
steps-name-why = La tarifa se registrará con este nombre.
steps-name-label = Nombre y apellidos
steps-name-hint = Tal como figuran en su pasaporte o documento de identidad.

steps-birthday-step = Nacimiento
steps-birthday-heading = Su fecha de nacimiento
steps-birthday-why = Debemos comprobar su edad.
steps-birthday-legend = Fecha de nacimiento
steps-birthday-hint = En números, con las cuatro cifras del año.
steps-birthday-day = Día
steps-birthday-month = Mes
steps-birthday-year = Año

steps-address-step = Dirección
steps-address-heading = Su dirección
steps-address-why = Su tarifa se registra a esta dirección.
steps-address-country = País
steps-address-change-country = Usar este país
steps-address-line1 = Calle y número
steps-address-line2 = Piso, puerta o empresa
steps-address-city = Localidad
steps-address-postal-code = Código postal
steps-address-zip-code = Código ZIP
steps-address-postcode = Código postal
steps-address-eircode = Eircode
steps-address-state = Estado
steps-address-province = Provincia
steps-address-county = Condado
steps-address-region = Estado o región

steps-device-step = Dispositivo
steps-device-heading = Su teléfono
steps-device-why = Su tarifa se prepara para él.
steps-device-label = IMEI
steps-device-hint = Marque *#06# en el teléfono para verlo: 15 cifras.

steps-sim-step = SIM
steps-sim-heading = Elija su SIM
steps-sim-why = Conecta su teléfono con la red.
steps-sim-new-title = Una eSIM nueva
steps-sim-new-text = Sin esperas: se instala en el teléfono nada más pagar.
steps-sim-own-title = Una tarjeta SIM que ya tengo
steps-sim-own-text = Activamos la tarjeta que le entregaron.
steps-sim-iccid-label = Número de la tarjeta SIM (ICCID)
steps-sim-iccid-hint = 19 o 20 cifras impresas en la tarjeta. Los espacios no importan.

steps-number-step = Número
steps-number-heading = Elija su número
steps-number-why = Es el número en el que le llamarán.
steps-number-new-title = Un número nuevo
steps-number-new-text = Lo recibirá en cuanto la tarifa esté activa.
steps-number-keep-title = Conservar mi número
steps-number-keep-text = Lo traemos de su operador actual. No se dé de baja allí: la portabilidad se encarga de ello.
steps-number-phone-label = Número que conserva
steps-number-phone-hint = Con el prefijo del país, por ejemplo +34 612 34 56 78.
steps-number-account-label = Número de cliente en su operador actual
steps-number-account-hint = Figura en su factura. También puede indicarlo más adelante.
