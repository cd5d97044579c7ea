### Mails. Texts that a page says as well are taken from there. $merchant is the merchant's name.

# $name is the customer's full name.
mail-greeting-name = Hello { $name },
mail-greeting = Hello,
# Small print below every mail.
mail-footer = You receive this e-mail because it concerns your account with { $merchant }.

## The code that logs a customer in. $code is six digits.

mail-login-subject = { $code } is your code for { $merchant }
mail-login-heading = Your code
mail-login-text = Enter this code on the page that asked you for it.
mail-login-valid = { $count ->
    [one] It works for { $count } minute.
   *[other] It works for { $count } minutes.
  }
mail-login-not-you = If you did not ask for it, you need not do anything: nobody can log in without it. Do not give it to anyone, not even to us.

## A receipt. $amount is a sum of money, $date a date with its year.

mail-receipt-subject = Your receipt from { $merchant } for { $amount }
mail-receipt-heading = Your receipt
mail-receipt-text = You paid { $amount } on { $date }.
mail-receipt-total = Paid
# $card is such as "Visa •••• 4242".
mail-receipt-card = Paid with { $card }.
# $payment is such as "€14.50 on 5 April".
mail-receipt-next = Next payment: { $payment }.

## A renewal failed. $plan is a plan's name.

mail-renewal-failed-subject = Your payment for { $plan } did not go through
mail-renewal-failed-text = We could not charge { $amount } for { $plan } on { $date }.
# Button.
mail-renewal-failed-confirm = Confirm the payment
mail-renewal-failed-link = This link is meant for you alone. Please do not pass it on.

## The first payment of a plan that was to follow on a free one failed. $plan is a plan's name.

mail-first-payment-subject = { $plan } has not begun
mail-first-payment-text = We could not charge { $amount } for { $plan } on { $date }, so it has not begun.
mail-first-payment-no-card = There was no card that we could have charged.
# $plan is the one that the customer has already.
mail-first-payment-kept = You keep { $plan }.
# Button. It leads to the plans, where one can be paid with any card.
mail-first-payment-again = Choose { $plan } again

## A cancellation.

mail-cancellation-not-you = If you did not cancel it yourself, please tell { $merchant }.

## A receiver of webhooks that was disabled by itself, to the operator. $url is its address, $command is typed at a terminal.

mail-webhook-heading = A webhook has been disabled
mail-webhook-failing = The receiver { $url } has taken nothing for five days. Nothing more is sent to it.
mail-webhook-gone = The receiver { $url } says that it is gone for good. Nothing more is sent to it.
mail-webhook-waits = What happens waits for it for thirty days.
mail-webhook-enable = Once it works again, { $command } sends it all that has waited.

## A cart of which a part was bought. $items are the names of what was not, $count says how many.

mail-cart-unfinished-heading = A part of your purchase was not paid
mail-cart-unfinished-missing = { $count ->
    [one] { $items } could not be paid. You do not have it, and it was not charged.
   *[other] { $items } could not be paid. You do not have them, and they were not charged.
  }
# Button.
mail-cart-unfinished-buy = See what is left
