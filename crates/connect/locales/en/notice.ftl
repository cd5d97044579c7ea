### Pages that end a visit or turn it round: what happened, what it means for the money, what to do.
### $merchant is the merchant's name.

# Button.
notice-to-merchant = Back to { $merchant }
# Button.
notice-try-again = Try again

# $plan is the plan's name.
notice-already-subscribed-title = You already have a plan
notice-already-subscribed-text = You are subscribed to { $plan }, so you do not need this one as well. Nothing was charged.
notice-plan-unavailable-title = This plan is not on sale
notice-plan-unavailable-text = { $merchant } does not sell it at the moment. Nothing was charged.
notice-sim-unfit-title = This SIM does not fit the plan
notice-sim-unfit-text = It may be in use already, or belong to another network. Nothing was charged. Please ask { $merchant } for help.
notice-session-expired-title = This page has expired
notice-session-expired-text = For your safety it is open for a limited time. If you have not paid, nothing was charged. Go back to where you came from and start again.
notice-session-used-title = This link was already used
notice-session-used-text = It works once. If you opened it in another tab, go on there. Otherwise go back to where you came from and start again.
notice-session-unknown-title = This link does not work
notice-session-unknown-text = It may be incomplete. Nothing was charged. Go back to where you found it and start again.
notice-finished-elsewhere-title = This purchase is finished
notice-finished-elsewhere-text = You completed it in another tab. You paid once, and there is nothing left to do here.
# Two purchases that exclude each other were both paid; the later one is refunded by itself.
notice-paid-twice-title = You already have a plan like this
notice-paid-twice-text = Your second payment arrived after the first one had started your plan. We are refunding the second in full, and it will not renew. Your first plan is not affected.
notice-paid-too-late-title = Your plan changed while you paid
notice-paid-too-late-text = Your payment arrived when this plan had been changed or cancelled already. We are refunding it in full, and it will not renew. What you have now stays as it is.
# What was paid for cannot be given, because another customer was quicker; the money goes back by itself.
notice-paid-in-vain-title = Your plan could not be started
notice-paid-in-vain-text = Your payment arrived when something that you had chosen had been taken meanwhile, such as the SIM. We are refunding it in full, and it will not renew. Nothing else that you have is affected.
# An e-mail address was proved by a code, but nothing here belongs to it.
notice-no-account-title = There is nothing here for this address
notice-no-account-text = Your code was right. But { $merchant } does not know this e-mail address, or what you came for belongs to another one. Nothing was changed. Try the address that you usually give.
notice-intent-unavailable-title = This is not possible here yet
notice-intent-unavailable-text = Nothing was changed and nothing was charged. Please ask { $merchant } for help.
# Stripe refuses what was asked for, such as a price that the merchant has turned off there.
notice-refused-by-stripe-title = This cannot be done at the moment
notice-refused-by-stripe-text = Our payment service refuses it. Nothing was changed and nothing was charged. Trying again will not help: please tell { $merchant }.

## The payment failed: which of the reasons, what to try.

notice-payment-failed-title = The payment did not go through
notice-payment-failed-declined = Your bank declined the card without giving a reason. Nothing was charged. Try another card, or ask your bank.
notice-payment-failed-insufficient-funds = There is not enough money on the card. Nothing was charged. Try another card.
notice-payment-failed-expired-card = The card has expired. Nothing was charged. Try another card.
notice-payment-failed-wrong-security-code = The security code of the card is not right. Nothing was charged. Try again: it is the short number on the back of the card, or on the front of an American Express card.
notice-payment-failed-not-authenticated = Your bank did not confirm that it was you. Nothing was charged. Try again and approve the payment when your bank asks.
notice-payment-failed-service-unavailable = Our payment service did not answer. If the payment has gone through after all, you will not be asked for it again. Please try again in a minute.

# A form was sent from a page that was older than what we know.
notice-stale-form-title = This page was out of date
notice-stale-form-text = Your last click was not carried out. Nothing was charged. Load the page again and go on from there.
notice-not-found-title = There is no such page
notice-not-found-text = Check the address, or go back to where you came from and start again.
notice-outage-title = We cannot be reached at the moment
notice-outage-text = It is not your fault, and what you did before is kept. If you have paid already, the payment is not lost and you will not be asked for it again. Please load this page again in a minute.
# A mistake of ours. A reference follows.
notice-internal-title = Something went wrong on our side
notice-internal-text = It is not your fault, and what you did before is kept. Please try again in a minute. If it happens again, tell us this reference.
