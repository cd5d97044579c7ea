### Logging in by a code sent to an e-mail address. Nothing here may tell whether an address belongs to a customer.
### $email is the address as it was typed.

## The address.

login-email-heading = Who are you?
# $merchant is the merchant's name.
login-email-why = We send a code to your e-mail address, to make sure that it is you. Use the address that { $merchant } knows.
login-email-label = E-mail address
# Button.
login-email-send = Send code

## The code.

login-code-heading = Enter your code
login-code-why = If { $email } belongs to an account, a code is on its way there. It works for 10 minutes.
login-code-why-again = If { $email } belongs to an account, a new code is on its way there. Only the newest one works.
login-code-label = Code
login-code-hint = Six digits. If no e-mail arrives, look into your spam folder.
# Buttons.
login-code-verify = Log in
login-code-resend = Send a new code
login-code-other-email = Use another e-mail address

## Codes that do not work any more.

login-expired-heading = This code is too old
login-expired-why = A code works for 10 minutes. We can send a new one to { $email }.
login-too-many-tries-heading = This code does not work any more
login-too-many-tries-why = It was entered wrongly too often, so we have blocked it for your safety. We can send a new one to { $email }.
login-too-many-codes-heading = Please wait a moment
login-too-many-codes-why = Several codes were asked for { $email } within a short time. Try again in a quarter of an hour.
