### What stands on every page: header, footer, buttons, and the words around forms.
### This English file explains each text to translators. Address the customer politely and plainly, as a good bank does.

# Hidden link for keyboards and screen readers, first on each page: jumps over the header.
common-skip = Skip to the page’s content
# Read out before the current language's name, on the button that opens the language menu.
common-language = Language:
# Button in the header. Leaves the purchase and returns to the merchant; nothing is bought.
common-leave = Leave
# Footer. $merchant is the merchant's name. Says who takes the money.
common-charged-by = { $merchant } charges your card, through Stripe.
# Footer link to the merchant's terms of sale.
common-terms = Terms
# Footer link to the merchant's privacy notice.
common-privacy = Privacy
# Footer. Perennial is the name of this software.
common-powered-by = Powered by Perennial
# The one main button of a step, and of the last page, where it returns to the merchant.
common-continue = Continue
# Button to the step before.
common-back = Back
# Follows the label of a field that may stay empty.
common-optional = (optional)
# First line of a list that nothing was chosen from yet.
common-choose = Choose …
# Opens the browser tab's title when the form has mistakes; the page's heading follows.
common-problem-prefix = Please check:
# Above the list of mistakes at the top of a form.
common-problems-heading = Please check your answers
# Above the heading. $step and $of are numbers, $label names the step, such as "Number".
common-step = Step { $step } of { $of }: { $label }
