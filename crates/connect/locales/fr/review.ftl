### Le dernier coup d’œil avant de payer.

review-step = Récapitulatif
review-heading = Vérifier et payer
review-why = Rien n’est débité avant votre confirmation.
review-heading-free = Vérifiez votre forfait
review-why-free = Aucune carte n’est nécessaire : ce forfait est gratuit.

review-change = Modifier
review-chosen-name = Nom
review-chosen-birthday = Naissance
review-chosen-address = Adresse
review-chosen-device = Téléphone
review-chosen-sim = SIM
review-chosen-new-esim = Nouvelle eSIM
review-chosen-own-sim = Votre carte SIM
review-chosen-number = Numéro
review-chosen-new-number = Un nouveau numéro
review-chosen-keep-number = Garder le { $number }

review-voucher-question = J’ai un bon de réduction
review-voucher-label = Code du bon
review-voucher-apply = Appliquer
review-voucher-applied = Le bon { $code } vous fait économiser { $amount } aujourd’hui.
review-voucher-remove = Retirer

review-pay = Payer { $amount }
review-pay-nothing-today = Continuer vers votre carte
review-pay-free = Obtenir ce forfait
review-pay-hint = Vous saisirez votre carte chez Stripe, à la page suivante.

review-notice-price-changed-title = Le prix a changé
review-notice-price-changed-text = Il était de { $before } lors de votre dernier passage, il est maintenant de { $now }. Rien n’a été débité. Veuillez le vérifier avant de payer.
review-notice-payment-canceled-title = Vous n’avez pas encore payé
review-notice-payment-canceled-text = Vous êtes revenu de la page de la carte. Rien n’a été débité et vos choix sont conservés.
review-notice-card-declined-title = Votre carte a été refusée
review-notice-card-declined-text = Rien n’a été débité. Essayez une autre carte ou demandez à votre banque la raison du refus.
review-notice-not-authenticated-title = Votre banque n’a pas confirmé le paiement
review-notice-not-authenticated-text = Rien n’a été débité. Réessayez et validez le paiement lorsque votre banque vous le demande, ou utilisez une autre carte.
review-notice-payment-unavailable-title = La page de la carte est injoignable
review-notice-payment-unavailable-text = Rien n’a été débité. Veuillez réessayer dans une minute. Vos choix sont conservés.
