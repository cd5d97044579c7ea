### Looking after what one has: see it, change it, end it, pay for it.
### $plan is a plan's name, $amount a sum of money, $date a date, $every one of summary-every-….

manage-save = Save

## How a subscription stands: one or two words beside the plan's name.

manage-badge-pending = Being set up
manage-badge-active = Active
manage-badge-canceled = Cancelled
manage-badge-past-due = Payment open
manage-badge-paused = Paused
manage-badge-ended = Ended

## The same in a sentence, below the plan's name.

manage-standing-pending = We are setting it up, which usually takes a few minutes.
manage-standing-renews = It renews on { $date } for { $amount }.
manage-standing-fixed-until = You can use it until { $date }. It ends by itself.
manage-standing-fixed-unused = Its time begins when you first use it. It ends by itself.
manage-standing-lifetime = It is yours for life, with nothing more to pay.
manage-standing-free = It is free. There is nothing to pay, now or later.
manage-standing-canceled = You can use it until { $date }. After that nothing more is charged.
manage-standing-past-due = The payment of { $amount } on { $date } did not go through.
manage-standing-paused = It rests. Nothing is charged until it goes on.
manage-standing-ended = It ended on { $date }.

## A payment is open.

manage-past-due-title = A payment is open
manage-past-due-usable = You can go on using your plan for now.
manage-past-due-unusable = Your plan is on hold until the payment arrives.
manage-past-due-next-try = We try the card again on { $date }.
manage-past-due-remedy = To settle it, use another card or make sure that this one can be charged.

## A change that waits for its day, and the offer to take a cancellation back.

manage-changing-title = A change of your plan is being paid
manage-changing-text = It comes first. Nothing else was changed or charged. Come back to what you wanted once it is done.
manage-scheduled-title = Your plan changes
# $price is manage-price.
manage-scheduled-text = From { $date } you have { $plan }, for { $price }.
manage-scheduled-free = From { $date } you have { $plan }, free of charge.
manage-resume-offer-title = Changed your mind?
manage-resume-offer-text = As long as it runs, you can let it go on as if nothing had happened.

## Facts about a subscription, as a list of label and value.

manage-fact-price = Price
manage-fact-next-payment = Next payment
manage-fact-included = Included
manage-fact-addons = Add-ons
manage-fact-number = Number
manage-fact-sim = SIM card
manage-fact-card = Card
# Such as "€14.50 every month".
manage-price = { $amount } { $every }
# Such as "€14.50 on 5 April".
manage-due = { $amount } on { $date }
# Such as "Visa •••• 4242". $brand is the brand, $digits are the last four digits.
manage-card-name = { $brand } •••• { $digits }
# $month is a month and a year, such as 08/2029.
manage-card-expires = Valid until { $month }
manage-card-expired = Expired since { $month }
# When a card will be entered at Stripe, in place of the card.
manage-pays-at-stripe = You enter it at Stripe, on the next page.

## What the customer can do with a subscription. Buttons.

manage-tasks-heading = What would you like to do?
manage-task-change-plan = Change plan
manage-task-buy-addon = Buy an add-on
manage-task-change-card = Use another card
manage-task-cancel = Cancel subscription
manage-task-resume = Resume subscription
manage-task-undo-change = Stay with { $plan }

## All subscriptions.

manage-overview-heading = Your subscriptions
# $merchant is the merchant's name.
manage-overview-empty = You have no subscriptions with { $merchant } yet. What you buy appears here.

## Cancelling. What ends, when, and what is kept.

manage-cancel-heading = Cancel { $plan }
manage-cancel-why-on = It runs until { $date }, because that is paid for. Then it ends.
# The customer is bound for longer than they have paid.
manage-cancel-why-bound = It runs until { $date }, as agreed when you bought it. Then it ends.
# The renewal has begun, and its payment is on its way.
manage-cancel-why-begun = A new period has begun. It runs until { $date }, then it ends.
manage-cancel-why-at-once = It ends as soon as you confirm, and this cannot be undone.
manage-cancel-ends-heading = What ends
manage-cancel-ends-plan = { $plan } and everything in it
# $addon is an add-on's name.
manage-cancel-ends-addon = The add-on { $addon }
# $number is a phone number.
manage-cancel-ends-number = Your number { $number }. To keep it, move it to another provider before the end.
manage-cancel-kept-heading = What stays
manage-cancel-kept-use = You can use everything until { $date }.
manage-cancel-kept-resume = You can change your mind until { $date }.
manage-cancel-kept-money = No more payments are taken.
manage-cancel-kept-bound = Until then you pay { $amount } { $every } as before. After that nothing more is charged.
manage-cancel-kept-begun = For the period that has begun you still pay { $amount }. After that nothing more is charged.
manage-cancel-kept-account = Your account and your receipts remain.
manage-cancel-reason-legend = Why are you leaving?
manage-cancel-reason-too-expensive = It is too expensive
manage-cancel-reason-unused = I do not use it
manage-cancel-reason-connectivity-issues = The connection is not good enough
manage-cancel-reason-customer-service = I am not happy with the service
manage-cancel-reason-no-details = I would rather not say
manage-cancel-reason-other = Something else
# Label of the text field that belongs to "Something else".
manage-cancel-comment = Tell us what it is
# Two buttons of equal weight.
manage-cancel-confirm-on = Cancel on { $date }
manage-cancel-confirm-at-once = Cancel now
manage-cancel-keep = Keep plan

## Taking a cancellation back.

manage-resume-heading = Resume { $plan }
manage-resume-why = You cancelled it, and it would end on { $date }.
manage-resume-charge = If you resume it, it goes on without a gap. You pay { $amount } { $every } from { $date }, and nothing today.
manage-resume-confirm = Resume

## Changing to another plan.

# Name of the column, or of the line that opens it on a phone.
manage-current-label = Your plan now
manage-change-heading = Choose your new plan
manage-change-why = Nothing changes before you confirm on the next page.
manage-nothing-fits-heading = There is no other plan for you
manage-nothing-fits-text = { $plan } is the only plan of its kind at the moment. Nothing was changed.
manage-nothing-fits-addons = No other plan goes together with { $addons }, which you have beside { $plan }. Nothing was changed.
manage-review-heading = Change to { $plan }
# Button.
manage-review-confirm-pay = Pay { $amount } and change now
manage-review-confirm-now = Change now
manage-review-confirm-later = Change on { $date }

## What a change costs. $today, $next and $credit are sums of money.

manage-cost-today = { $today } today, then { $next } { $every } from { $date }.
manage-cost-later = { $next } { $every } from { $date }, nothing today.
manage-cost-credit = Nothing today, then { $next } { $every } from { $date }. You have paid { $credit } too much for this plan: it counts towards the next payments.
# Follows one of the sentences above, where what the next renewal is charged differs from the plan's price.
manage-cost-renewal = That is the price before discounts, taxes, credit and add-ons. With them, { $amount } is charged on { $date }.
manage-cost-once = { $today } today, once.
manage-cost-free = Free. There is nothing to pay, now or later.
manage-cost-starts-now = Starts right away
manage-cost-starts-on = Starts on { $date }
# Below the lines of a change if they add up to less than nothing.
manage-cost-total-credit = Credit for you

## Lines of that price. They add up to it.

manage-line-unused = Rest of { $plan }, paid until { $date }
manage-line-rest = { $plan } until { $date }
manage-line-balance = Your credit
manage-line-discount = Discount
manage-line-tax = Tax
manage-line-unbilled = Not billed before

## What is different in the other plan. $from, $to and $included are such as "12 GB of data".

manage-difference-changed = { $to } (now: { $from })
manage-difference-gained = New: { $included }
manage-difference-lost = No longer: { $included }

## Add-ons. $count says how many there are.

manage-addon-heading = { $count ->
    [one] Add to { $plan }
   *[other] Add { $count } add-ons to { $plan }
  }
manage-addon-why = It works as soon as it is paid.
manage-addon-until = until { $date }
manage-addon-with-plan = until your plan ends
# $length is one of summary-length-….
manage-addon-from-first-use = { $length } from first use
manage-addon-renews = then { $amount } { $every } from { $date }, until you end it
# Button, when there is nothing to pay.
manage-addon-add = { $count ->
    [one] Add it
   *[other] Add them
  }

## The card that pays.

manage-card-heading = Your card
manage-card-heading-none = Add a card
# $plans are names of plans.
manage-card-why = It pays for { $plans }.
manage-card-why-nothing = It pays for what you buy next.
# $amount is a payment that failed before.
manage-card-open = { $amount } is open. All of it is charged to your new card as soon as that is saved.
manage-card-use-another = Use another card
manage-card-add = Add a card
manage-card-notice-not-finished-title = No new card was saved
manage-card-notice-not-finished-text = You came back from the card page before it was finished. Everything is as it was.
manage-card-notice-refused-text = What is named below could not be charged to it and is still open. Try another card, or ask your bank why it said no.
manage-card-notice-unavailable-text = Everything is as it was. Please try again in a minute.
manage-card-notice-open-title = Something is still to be paid
manage-card-notice-open-text = What is named below is open as well, beside what you have paid. Give a card for it: the same one, or another.

## A payment that the customer's bank wants to be confirmed.

manage-confirm-heading = Confirm your payment
# $what is a plan or an add-on.
manage-confirm-why = Your bank wants to be sure that it is you who pays { $amount } for { $what }. Nothing is charged before that.
manage-confirm-continue = Continue to your bank
manage-notice-outdated-title = Please look once more
manage-notice-outdated-text = What you said yes to was shown too long ago, or has changed since. Nothing was charged, and nothing was arranged. Below is what it would be now.
manage-notice-not-finished-title = It is not confirmed yet
manage-notice-not-finished-text = You came back before it was finished. Nothing was charged, and nothing has changed.

## The customer's own details.

manage-edit-name-why = Your plans are registered in this name.

## Done: what was done, and what follows from it.

manage-done-canceled-title = { $plan } is cancelled
manage-done-canceled-text = You can use it until { $date }. After that nothing more is charged.
manage-done-canceled-at-once-text = It has ended, and nothing more is charged.
manage-done-resumed-title = { $plan } goes on
manage-done-changed-title = You are on { $plan } now
manage-done-changed-paid = You paid { $amount }. Everything in the plan is yours to use.
manage-done-changed-unpaid = Nothing was charged. Everything in the plan is yours to use.
manage-done-scheduled-title = Your change is scheduled
manage-done-scheduled-text = { $plan } begins on { $date }. Until then everything stays as it is, and you can still change your mind.
manage-done-undone-title = You stay with { $plan }
manage-done-undone-text = The change will not take place. Nothing was charged.
manage-done-addon-title = { $count ->
    [one] Your add-on is active
   *[other] Your add-ons are active
  }
# $addons are names of add-ons.
manage-done-addon-text = { $count ->
    [one] You can use { $addons } right away.
   *[other] You can use them right away: { $addons }.
  }
manage-done-card-title = Your new card is saved
# $card is manage-card-name.
manage-done-card-text = { $card } pays from now on. Nothing was charged.
manage-done-card-paid-text = { $card } pays from now on. The open payment of { $amount } has been charged to it.
manage-done-payment-title = Your payment is confirmed
manage-done-payment-text = You paid { $amount }. There is nothing more to do.
manage-done-address-title = Your address is saved
manage-done-address-text = It counts for your plans and your next receipts.
manage-done-name-title = Your name is saved
manage-done-name-text = Your plans are registered in this name from now on.
# $email is an e-mail address.
manage-done-mail = We have sent the details to { $email }.
