### After paying: still confirming, or done.

# $reference is a short code that the customer can name to the merchant's support. Also used on the page for our own mistakes.
outcome-reference = Reference: { $reference }

## Paid, but not confirmed yet. $plan is the plan's name.

outcome-confirming-heading = We are confirming your payment
outcome-confirming-text = This takes a few seconds. The page moves on by itself when { $plan } is yours.
# After about a minute of that.
outcome-slow-heading = Your payment is still being confirmed
outcome-slow-text = Please do not pay again. You may close this page: { $plan } starts by itself as soon as the payment is confirmed. If it fails, nothing is charged.
# Button that looks again.
outcome-slow-again = Look again

## Done. $plan is the plan's name, $date a date, $amount a sum of money, $length one of summary-length-….

outcome-done-title = { $plan } is yours
outcome-done-title-pending = { $plan } is on its way
outcome-done-recurring = It renews on { $date } for { $amount }.
outcome-done-fixed-until = It is yours until { $date } and ends by itself.
outcome-done-fixed = It lasts { $length } from first use and ends by itself.
outcome-done-lifetime = It is yours for life, with nothing more to pay.
outcome-done-free = It is free. There is nothing to pay, now or later.
# Added when the plan is not usable at once.
outcome-done-pending = We are setting it up, which usually takes a few minutes.
# When there is no page to return to.
outcome-done-close = You can close this page.

## What the customer may want to note, as a list of label and value.

outcome-done-number = Your number
outcome-done-kept-number = Number to keep
outcome-done-kept-number-next = We have noted that you bring it along. Until it arrives you are reached on the number above.
outcome-done-own-sim = Your SIM card
# SM-DP+ is the technical name of the server that an eSIM is loaded from; phones show it in their settings.
outcome-done-esim-server = SM-DP+ address
outcome-done-esim-code = Activation code
outcome-done-esim-hint = Enter both in your phone’s settings, under Add eSIM.
# Shown only when a receipt has been sent. The e-mail address follows.
outcome-done-receipt = Receipt sent to
outcome-done-reference = Reference
