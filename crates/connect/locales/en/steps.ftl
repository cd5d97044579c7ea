### The steps before the review, one question each. "…-step" names the step in "Step 2 of 4: …",
### "…-heading" says what it decides, "…-why" why that matters.

## The customer's name.

steps-name-step = Name
steps-name-heading = Your name
steps-name-why = The plan will be registered in this name.
steps-name-label = Full name
steps-name-hint = As it is written in your passport or identity card.

## The customer's birthday, as three numbers.

steps-birthday-step = Birthday
steps-birthday-heading = Your birthday
steps-birthday-why = We have to make sure of your age.
steps-birthday-legend = Date of birth
steps-birthday-hint = In numbers, with all four digits of the year.
steps-birthday-day = Day
steps-birthday-month = Month
steps-birthday-year = Year

## The customer's address. Which of these fields are shown depends on the country.

steps-address-step = Address
steps-address-heading = Your address
steps-address-why = Your plan is registered to it.
steps-address-country = Country
# Button beside the country, for browsers without scripts: shows the fields that country needs.
steps-address-change-country = Use this country
steps-address-line1 = Street and number
# A second line, for whatever does not fit into the first.
steps-address-line2 = Apartment, floor or company
steps-address-city = Town or city
steps-address-postal-code = Postal code
# The postal code in the USA.
steps-address-zip-code = ZIP code
# The postal code in the United Kingdom.
steps-address-postcode = Postcode
# The postal code in Ireland: a proper name.
steps-address-eircode = Eircode
# A state of the USA.
steps-address-state = State
# A province of Canada, Spain or Italy.
steps-address-province = Province
# A county of Ireland.
steps-address-county = County
# Whatever lies between city and country elsewhere.
steps-address-region = State or region

## The customer's phone.

steps-device-step = Device
steps-device-heading = Your phone
steps-device-why = Your plan is set up for it.
steps-device-label = IMEI
# *#06# is typed like a phone number.
steps-device-hint = Dial *#06# on the phone to see it: 15 digits.

## The choice of a SIM. ICCID is the number of a SIM card.

steps-sim-step = SIM
steps-sim-heading = Choose your SIM
steps-sim-why = It connects your phone to the network.
steps-sim-new-title = New eSIM
steps-sim-new-text = Nothing to wait for: you install it on your phone right after paying.
steps-sim-own-title = A SIM card I already have
steps-sim-own-text = We activate the card that you were given.
steps-sim-iccid-label = Number of the SIM card (ICCID)
steps-sim-iccid-hint = 19 or 20 digits, printed on the card. Spaces do not matter.

## The choice of a phone number.

steps-number-step = Number
steps-number-heading = Choose your number
steps-number-why = It is the number that people reach you on.
steps-number-new-title = A new number
steps-number-new-text = You get it as soon as the plan is active.
steps-number-keep-title = Keep my number
steps-number-keep-text = We bring it over from your current provider. Do not cancel there: the move does that.
steps-number-phone-label = Number to keep
steps-number-phone-hint = With the country code, such as +49 151 23456789.
steps-number-account-label = Account number at your current provider
steps-number-account-hint = It is on your bill. You can also give it to us later.
