### Forms that a business is led to by a link of another system: buying, changing a plan, cancelling.
### $plan and $item are names of what is sold, $amount is a sum of money.

# In place of a card, when Stripe keeps one for what is changed.
business-pays-as-before = The one that pays for your present plan.
# Button, when the card is entered at Stripe on the next page.
business-continue-to-pay = Continue to pay { $amount }

## Changing the plan. Both follow manage-cost-starts-now, as a sentence of their own.

business-change-end = { $plan } ends at the same moment.
business-change-end-without-credit = { $plan } ends at the same moment, and what is left of it is not paid back.

## Buying. $count says how many things are in the cart, at least two.

business-purchase-heading = Buy { $item }
business-purchase-heading-many = Buy { $count } items
# $charge is a sentence such as summary-charge-recurring.
business-purchase-charge = { $item }: { $charge }
# Button, when nothing is charged here.
business-purchase-confirm = Confirm purchase
business-other-prices-title = Please look at the prices
business-other-prices-text = The page that you came from showed other ones. Those here are the ones that count. Nothing was charged.

## Cancelling: a line in the list of what ends.

business-cancel-ends-too = { $item }, which came with it

## Done, where no other system waits for the customer. $items are names of what was bought.

business-done-bought-title = Your purchase is complete
business-done-bought-text = You have { $items } now.
business-done-nothing-title = Nothing was changed
business-done-nothing-text = You left before you confirmed. Nothing was charged.

## Why a form is not shown, or does nothing: what happened, what it means for the money, what to do.

business-refused-link-incomplete-title = This link is incomplete
business-refused-link-incomplete-text = Something that we need is missing in it, or cannot be read. Nothing was changed. Go back to where you came from and start again.
business-refused-way-back-title = This link does not lead back
business-refused-way-back-text = It names a way back that is not allowed, so we do not follow it. Nothing was changed. Tell whoever gave you the link.
business-refused-unknown-business-title = We do not know this account
business-refused-unknown-business-text = The link names an account that does not exist, or not any more. Nothing was changed. Tell whoever gave you the link.
business-refused-not-held-title = You do not have this plan
business-refused-not-held-text = The link is about something that your account does not have, or not any more. Nothing was changed or charged.
business-refused-not-on-sale-title = This is not on sale
business-refused-not-on-sale-text = The link names an offer that does not exist, or not any more. Nothing was changed or charged.
business-refused-already-held-title = You have this already
business-refused-already-held-text = Your account has it, so there is no need to buy it again. Nothing was charged.
business-refused-same-plan-title = This is your plan already
business-refused-same-plan-text = There is nothing to change. Nothing was charged.
business-refused-other-product-title = These do not replace each other
business-refused-other-product-text = A plan can only be changed for another plan of the same product. Nothing was changed or charged.
business-refused-payment-open-title = A payment is open
business-refused-payment-open-text = Your plan can be changed once its last payment has arrived. Nothing was changed.
business-refused-cannot-cancel-title = This cannot be cancelled here
business-refused-cannot-cancel-text = It does not renew, or it comes with another plan and ends with that. Nothing was changed.
business-refused-not-signed-title = This link is not valid
business-refused-not-signed-text = It has to be made for you, and works for a limited time. Nothing was changed. Go back to where you came from and start again.
business-refused-under-way-title = Something else is under way
business-refused-under-way-text = Your plan is being changed or paid for at this moment, perhaps in another tab. Nothing was charged here. Please try again in a minute.
