### Se connecter avec un code envoyé par e-mail. Les explications se trouvent dans le fichier anglais.

login-email-heading = Qui êtes-vous ?
login-email-why = Nous envoyons un code à votre adresse e-mail pour nous assurer que c’est bien vous. Utilisez l’adresse que { $merchant } connaît.
login-email-label = Adresse e-mail
login-email-send = Envoyer le code

login-code-heading = Saisissez votre code
login-code-why = Si { $email } correspond à un compte, un code y a été envoyé. Il est valable 10 minutes.
login-code-why-again = Si { $email } correspond à un compte, un nouveau code y a été envoyé. Seul le plus récent est valable.
login-code-label = Code
login-code-hint = Six chiffres. Si aucun e-mail n’arrive, regardez dans vos courriers indésirables.
login-code-verify = Se connecter
login-code-resend = Envoyer un nouveau code
login-code-other-email = Utiliser une autre adresse e-mail

login-expired-heading = Ce code a expiré
login-expired-why = Un code est valable 10 minutes. Nous pouvons en envoyer un nouveau à { $email }.
login-too-many-tries-heading = Ce code n’est plus valable
login-too-many-tries-why = Il a été mal saisi trop souvent ; pour votre sécurité, nous l’avons bloqué. Nous pouvons en envoyer un nouveau à { $email }.
login-too-many-codes-heading = Veuillez patienter un moment
login-too-many-codes-why = Plusieurs codes ont été demandés pour { $email } en peu de temps. Réessayez dans un quart d’heure.
