### The last look before paying.

review-step = Review
review-heading = Review and pay
review-why = Nothing is charged before you confirm.
# The same two for a plan that costs nothing.
review-heading-free = Review your plan
review-why-free = No card is needed: this plan is free.

## What the customer chose, as a list with a link "Change" beside each.

# Link to the step that decides it. Screen readers add the name of what is changed.
review-change = Change
review-chosen-name = Name
review-chosen-birthday = Birthday
review-chosen-address = Address
review-chosen-device = Phone
review-chosen-sim = SIM
review-chosen-new-esim = New eSIM
# The number of the card follows on the next line.
review-chosen-own-sim = Your SIM card
review-chosen-number = Number
review-chosen-new-number = A new number
# $number is a phone number.
review-chosen-keep-number = Keep { $number }

## The voucher. $code is what the customer typed, $amount a sum of money.

# Opens the field for a voucher.
review-voucher-question = I have a voucher
review-voucher-label = Voucher code
review-voucher-apply = Apply
review-voucher-applied = Voucher { $code } saves you { $amount } today.
review-voucher-remove = Remove

## The button that goes on, and what is said below it.

# $amount is a sum of money.
review-pay = Pay { $amount }
# When a voucher covers the first payment, but later ones follow.
review-pay-nothing-today = Continue to your card
# When nothing will ever be charged.
review-pay-free = Get this plan
review-pay-hint = You enter your card at Stripe, on the next page.

## Why the customer is here again. Says what happened, what it means for the money, what to do.

review-notice-price-changed-title = The price has changed
# $before and $now are sums of money.
review-notice-price-changed-text = It was { $before } when you last looked and is { $now } now. Nothing was charged. Please look again before you pay.
review-notice-payment-canceled-title = You have not paid yet
review-notice-payment-canceled-text = You came back from the card page. Nothing was charged, and your choices are as you left them.
review-notice-card-declined-title = Your card was declined
review-notice-card-declined-text = Nothing was charged. Try another card, or ask your bank why it said no.
review-notice-not-authenticated-title = Your bank did not confirm the payment
review-notice-not-authenticated-text = Nothing was charged. Try again and approve the payment when your bank asks, or use another card.
review-notice-payment-unavailable-title = The card page cannot be reached
review-notice-payment-unavailable-text = Nothing was charged. Please try again in a minute. Your choices are kept.
