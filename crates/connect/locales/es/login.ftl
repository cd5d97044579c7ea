### Iniciar sesión con un código enviado por correo. Las explicaciones están en el archivo inglés.

login-email-heading = ¿Quién es usted?
login-email-why = Enviamos un código a su correo electrónico para asegurarnos de que es usted. Use la dirección que { $merchant } conoce.
login-email-label = Correo electrónico
login-email-send = Enviar el código

login-code-heading = Escriba su código
login-code-why = Si { $email } pertenece a una cuenta, hay un código en camino. Sirve durante 10 minutos.
login-code-why-again = Si { $email } pertenece a una cuenta, hay un código nuevo en camino. Solo sirve el más reciente.
login-code-label = Código
login-code-hint = Seis cifras. Si no llega ningún mensaje, mire en el correo no deseado.
login-code-verify = Entrar
login-code-resend = Enviar otro código
login-code-other-email = Usar otro correo electrónico

login-expired-heading = Este código ha caducado
login-expired-why = Un código sirve durante 10 minutos. Podemos enviar otro a { $email }.
login-too-many-tries-heading = Este código ya no sirve
login-too-many-tries-why = Se ha escrito mal demasiadas veces y lo hemos bloqueado por su seguridad. Podemos enviar otro a { $email }.
login-too-many-codes-heading = Espere un momento
login-too-many-codes-why = Se han pedido varios códigos para { $email } en poco tiempo. Vuelva a intentarlo dentro de un cuarto de hora.
