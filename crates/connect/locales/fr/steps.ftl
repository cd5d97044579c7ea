### Les étapes avant le récapitulatif, une question par page.

steps-name-step = Nom
steps-name-heading = Votre nom
steps-name-why = Le forfait sera enregistré à ce nom.
steps-name-label = Prénom et nom
steps-name-hint = Tels qu’ils figurent sur votre passeport ou votre carte d’identité.

steps-birthday-step = Naissance
steps-birthday-heading = Votre date de naissance
steps-birthday-why = Nous devons nous assurer de votre âge.
steps-birthday-legend = Date de naissance
steps-birthday-hint = En chiffres, l’année sur quatre chiffres.
steps-birthday-day = Jour
steps-birthday-month = Mois
steps-birthday-year = Année

steps-address-step = Adresse
steps-address-heading = Votre adresse
steps-address-why = Votre forfait est enregistré à cette adresse.
steps-address-country = Pays
steps-address-change-country = Choisir ce pays
steps-address-line1 = Numéro et rue
steps-address-line2 = Appartement, étage ou entreprise
steps-address-city = Ville
steps-address-postal-code = Code postal
steps-address-zip-code = Code ZIP
steps-address-postcode = Code postal
steps-address-eircode = Eircode
steps-address-state = État
steps-address-province = Province
steps-address-county = Comté
steps-address-region = État ou région

steps-device-step = Appareil
steps-device-heading = Votre téléphone
steps-device-why = Votre forfait est préparé pour lui.
steps-device-label = IMEI
steps-device-hint = Composez *#06# sur le téléphone pour l’afficher : 15 chiffres.

steps-sim-step = SIM
steps-sim-heading = Choisissez votre SIM
steps-sim-why = Elle relie votre téléphone au réseau.
steps-sim-new-title = Nouvelle eSIM
steps-sim-new-text = Sans attendre : vous l’installez sur votre téléphone juste après le paiement.
steps-sim-own-title = Une carte SIM que j’ai déjà
steps-sim-own-text = Nous activons la carte qui vous a été remise.
steps-sim-iccid-label = Numéro de la carte SIM (ICCID)
steps-sim-iccid-hint = 19 ou 20 chiffres imprimés sur la carte. Les espaces ne gênent pas.

steps-number-step = Numéro
steps-number-heading = Choisissez votre numéro
steps-number-why = C’est à ce numéro que l’on vous joint.
steps-number-new-title = Un nouveau numéro
steps-number-new-text = Vous le recevez dès que le forfait est actif.
steps-number-keep-title = Garder mon numéro
steps-number-keep-text = Nous le récupérons auprès de votre opérateur actuel. Ne résiliez pas chez lui : la portabilité s’en charge.
steps-number-phone-label = Numéro à garder
steps-number-phone-hint = Avec l’indicatif du pays, par exemple +33 6 12 34 56 78.
steps-number-account-label = Numéro de client chez votre opérateur actuel
steps-number-account-hint = Il figure sur votre facture. Vous pourrez aussi l’indiquer plus tard.
