### What is being bought and what it costs: beside every step, or folded above it on a phone.

# Read out by screen readers as the name of the summary.
summary-label = Your order
# On a phone: the line that opens the summary. The total stands beside it.
summary-show = Your order
# The sum of the lines above it.
summary-due-today = Due today

## The whole charge in one sentence. $today, $next are amounts of money, $every is one of summary-every-…,
## $date a date, $length one of summary-length-….

summary-charge-free = Free. There is nothing to pay, now or later.
summary-charge-recurring = { $today } today, then { $next } { $every } from { $date }.
summary-charge-recurring-nothing-today = Nothing today, then { $next } { $every } from { $date }.
# Follows the sentence before it, where a voucher is over after some payments.
summary-charge-afterwards = From { $date } it is { $amount } { $every }.
# Follows the sentence above: the customer is not bound.
summary-cancel-any-time = Cancel any time.
# Follows the sentence above: the customer is bound up to $date.
summary-bound-until = It runs until { $date } at the earliest.
summary-charge-fixed-until = { $today } today, once. It ends by itself on { $date }.
summary-charge-fixed = { $today } today, once. It lasts { $length } from first use and ends by itself.
summary-charge-lifetime = { $today } today, once. It is yours for life, with nothing more to pay.

## How often something is charged. Stands after an amount, and inside summary-charge-recurring.

summary-every-day = { $count ->
    [one] every day
   *[other] every { $count } days
  }
summary-every-week = { $count ->
    [one] every week
   *[other] every { $count } weeks
  }
summary-every-month = { $count ->
    [one] every month
   *[other] every { $count } months
  }
summary-every-year = { $count ->
    [one] every year
   *[other] every { $count } years
  }

## How long something lasts. Stands inside other texts.

summary-length-day = { $count ->
    [one] { $count } day
   *[other] { $count } days
  }
summary-length-week = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
  }
summary-length-month = { $count ->
    [one] { $count } month
   *[other] { $count } months
  }
summary-length-year = { $count ->
    [one] { $count } year
   *[other] { $count } years
  }

## Lines of the price.

# Below the name of what is charged a single time.
summary-cadence-once = once
# Below the name of a plan that ends by itself. $length is one of summary-length-….
summary-cadence-once-for = once, for { $length }
# Below the name of a plan that never ends.
summary-cadence-for-life = once, for life
# Label of a discount. $code is what the customer typed.
summary-line-voucher = Voucher { $code }

## What a plan contains, as a list. $number is a whole number as the locale writes it, $count the same for the plural.

# $amount is summary-gigabytes or summary-megabytes.
summary-included-data = { $amount } of data
summary-included-data-unlimited = Unlimited data
summary-included-calls = { $count ->
    [one] { $number } minute of calls
   *[other] { $number } minutes of calls
  }
summary-included-calls-unlimited = Unlimited calls
summary-included-messages = { $count ->
    [one] { $number } text message
   *[other] { $number } text messages
  }
summary-included-messages-unlimited = Unlimited text messages
# $area is the operator's name for a group of countries.
summary-included-coverage = Works in: { $area }
summary-gigabytes = { $number } GB
summary-megabytes = { $number } MB
