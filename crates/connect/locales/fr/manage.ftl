### Gérer ce que l’on a : consulter, changer, résilier, payer. Les explications se trouvent dans le fichier anglais.

manage-save = Enregistrer

manage-badge-pending = En préparation
manage-badge-active = Actif
manage-badge-canceled = Résilié
manage-badge-past-due = Paiement dû
manage-badge-paused = En pause
manage-badge-ended = Terminé

manage-standing-pending = La mise en service prend en général quelques minutes.
manage-standing-renews = Renouvellement le { $date } pour { $amount }.
manage-standing-fixed-until = Utilisable jusqu’au { $date }, puis fin automatique.
manage-standing-fixed-unused = La durée commence à la première utilisation, puis fin automatique.
manage-standing-lifetime = À vous pour toujours, sans autre paiement.
manage-standing-free = Gratuit. Vous n’avez rien à payer, ni maintenant ni plus tard.
manage-standing-canceled = Utilisable jusqu’au { $date }. Ensuite, plus rien n’est débité.
manage-standing-past-due = Le paiement de { $amount } du { $date } n’a pas abouti.
manage-standing-paused = En pause : rien n’est débité d’ici la reprise.
manage-standing-ended = Terminé le { $date }.

manage-past-due-title = Un paiement reste dû
manage-past-due-usable = Vous pouvez continuer à utiliser votre forfait pour le moment.
manage-past-due-unusable = Votre forfait est suspendu jusqu’à réception du paiement.
manage-past-due-next-try = Nous présenterons à nouveau la carte le { $date }.
manage-past-due-remedy = Pour le régler, utilisez une autre carte ou assurez-vous que celle-ci peut être débitée.

manage-changing-title = Un changement de forfait est en cours de paiement
manage-changing-text = Il passe d’abord. Rien d’autre n’a été modifié ni débité. Réessayez une fois qu’il sera terminé.
manage-scheduled-title = Votre forfait va changer
manage-scheduled-text = À partir du { $date }, vous passez à { $plan }, pour { $price }.
manage-scheduled-free = À partir du { $date }, vous passez à { $plan }, gratuitement.
manage-resume-offer-title = Vous avez changé d’avis ?
manage-resume-offer-text = Tant que le forfait est en cours, vous pouvez le poursuivre comme si de rien n’était.

manage-fact-price = Prix
manage-fact-next-payment = Prochain paiement
manage-fact-included = Compris
manage-fact-addons = Options
manage-fact-number = Numéro
manage-fact-sim = Carte SIM
manage-fact-card = Carte bancaire
manage-price = { $amount } { $every }
manage-due = { $amount } le { $date }
manage-card-name = { $brand } •••• { $digits }
manage-card-expires = Valable jusqu’en { $month }
manage-card-expired = Expirée depuis { $month }
manage-pays-at-stripe = Vous la saisirez chez Stripe, à la page suivante.

manage-tasks-heading = Que souhaitez-vous faire ?
manage-task-change-plan = Changer de forfait
manage-task-buy-addon = Ajouter une option
manage-task-change-card = Utiliser une autre carte
manage-task-cancel = Résilier
manage-task-resume = Annuler la résiliation
manage-task-undo-change = Garder { $plan }

manage-overview-heading = Vos abonnements
manage-overview-empty = Vous n’avez pas encore d’abonnement chez { $merchant }. Vos achats apparaîtront ici.

manage-cancel-heading = Résilier { $plan }
manage-cancel-why-on = Le forfait est payé jusqu’au { $date } et court jusque-là. Ensuite, il se termine.
manage-cancel-why-bound = Le forfait court jusqu’au { $date }, comme convenu à l’achat. Ensuite, il se termine.
manage-cancel-why-begun = Une nouvelle période a commencé. Le forfait court jusqu’au { $date }, puis il se termine.
manage-cancel-why-at-once = Le forfait se termine dès votre confirmation, sans retour possible.
manage-cancel-ends-heading = Ce qui se termine
manage-cancel-ends-plan = { $plan } et tout ce qu’il comprend
manage-cancel-ends-addon = L’option { $addon }
manage-cancel-ends-number = Votre numéro { $number }. Pour le garder, transférez-le chez un autre opérateur avant la fin.
manage-cancel-kept-heading = Ce qui reste
manage-cancel-kept-use = Vous pouvez tout utiliser jusqu’au { $date }.
manage-cancel-kept-resume = Vous pouvez changer d’avis jusqu’au { $date }.
manage-cancel-kept-money = Plus aucun paiement n’est prélevé.
manage-cancel-kept-bound = D’ici là, vous payez comme avant { $amount } { $every }. Ensuite, plus rien n’est débité.
manage-cancel-kept-begun = Pour la période commencée, vous payez encore { $amount }. Ensuite, plus rien n’est débité.
manage-cancel-kept-account = Votre compte et vos reçus sont conservés.
manage-cancel-reason-legend = Pourquoi partez-vous ?
manage-cancel-reason-too-expensive = C’est trop cher
manage-cancel-reason-unused = Je ne l’utilise pas
manage-cancel-reason-connectivity-issues = La connexion n’est pas assez bonne
manage-cancel-reason-customer-service = Le service ne me satisfait pas
manage-cancel-reason-no-details = Je préfère ne pas le dire
manage-cancel-reason-other = Autre chose
manage-cancel-comment = Dites-nous pourquoi
manage-cancel-confirm-on = Résilier au { $date }
manage-cancel-confirm-at-once = Résilier maintenant
manage-cancel-keep = Garder le forfait

manage-resume-heading = Poursuivre { $plan }
manage-resume-why = Vous l’avez résilié, et il se terminerait le { $date }.
manage-resume-charge = Si vous le poursuivez, il continue sans interruption. Vous payez { $amount } { $every } à partir du { $date }, et rien aujourd’hui.
manage-resume-confirm = Poursuivre

manage-current-label = Votre forfait actuel
manage-change-heading = Choisissez votre nouveau forfait
manage-change-why = Rien ne change avant votre confirmation à la page suivante.
manage-nothing-fits-heading = Il n’y a pas d’autre forfait pour vous
manage-nothing-fits-text = { $plan } est pour l’instant le seul forfait de ce type. Rien n’a été modifié.
manage-nothing-fits-addons = Aucun autre forfait n’est compatible avec { $addons }, que vous avez avec { $plan }. Rien n’a été modifié.
manage-review-heading = Passer à { $plan }
manage-review-confirm-pay = Payer { $amount } et changer maintenant
manage-review-confirm-now = Changer maintenant
manage-review-confirm-later = Changer le { $date }

manage-cost-today = { $today } aujourd’hui, puis { $next } { $every } à partir du { $date }.
manage-cost-later = { $next } { $every } à partir du { $date }, rien aujourd’hui.
manage-cost-credit = Rien aujourd’hui, puis { $next } { $every } à partir du { $date }. Vous avez payé { $credit } de trop pour ce forfait : cette somme est déduite des prochains paiements.
# Follows one of the sentences above, where what the next renewal is charged differs from the plan's price.
manage-cost-renewal = C’est le prix hors remises, taxes, avoirs et options. Avec eux, { $amount } seront débités le { $date }.
manage-cost-once = { $today } aujourd’hui, en une seule fois.
manage-cost-free = Gratuit. Vous n’avez rien à payer, ni maintenant ni plus tard.
manage-cost-starts-now = Commence tout de suite
manage-cost-starts-on = Commence le { $date }
manage-cost-total-credit = Avoir en votre faveur

manage-line-unused = Reste de { $plan }, payé jusqu’au { $date }
manage-line-rest = { $plan } jusqu’au { $date }
manage-line-balance = Votre avoir
manage-line-discount = Remise
manage-line-tax = Taxes
manage-line-unbilled = Pas encore facturé

manage-difference-changed = { $to } (actuellement : { $from })
manage-difference-gained = En plus : { $included }
manage-difference-lost = En moins : { $included }

manage-addon-heading = { $count ->
    [one] Ajouter à { $plan }
   *[other] Ajouter { $count } options à { $plan }
  }
manage-addon-why = Utilisable dès le paiement.
manage-addon-until = jusqu’au { $date }
manage-addon-with-plan = jusqu’à la fin de votre forfait
manage-addon-from-first-use = { $length } dès la première utilisation
manage-addon-renews = puis { $amount } { $every } à partir du { $date }, jusqu’à ce que vous y mettiez fin
manage-addon-add = { $count ->
    [one] Ajouter
   *[other] Tout ajouter
  }

manage-card-heading = Votre carte
manage-card-heading-none = Ajouter une carte
manage-card-why = Elle paie { $plans }.
manage-card-why-nothing = Elle paiera vos prochains achats.
manage-card-open = Il reste { $amount } à payer. Le tout sera débité de votre nouvelle carte dès qu’elle sera enregistrée.
manage-card-use-another = Utiliser une autre carte
manage-card-add = Ajouter une carte
manage-card-notice-not-finished-title = Aucune nouvelle carte n’a été enregistrée
manage-card-notice-not-finished-text = Vous êtes revenu de la page de la carte avant la fin. Rien n’a changé.
manage-card-notice-refused-text = Le montant indiqué ci-dessous n’a pas pu être débité et reste dû. Essayez une autre carte ou demandez à votre banque la raison du refus.
manage-card-notice-unavailable-text = Rien n’a changé. Veuillez réessayer dans une minute.
manage-card-notice-open-title = Il reste quelque chose à payer
manage-card-notice-open-text = Le montant indiqué ci-dessous est encore dû, en plus de ce que vous avez payé. Indiquez une carte pour le régler : la même ou une autre.

manage-confirm-heading = Confirmez votre paiement
manage-confirm-why = Votre banque veut s’assurer que c’est bien vous qui payez { $amount } pour { $what }. D’ici là, rien n’est débité.
manage-confirm-continue = Continuer vers votre banque
manage-notice-outdated-title = Veuillez vérifier encore une fois
manage-notice-outdated-text = Ce que vous avez confirmé a été affiché il y a trop longtemps ou a changé depuis. Rien n’a été débité ni programmé. Voici ce qu’il en serait maintenant.
manage-notice-not-finished-title = Ce n’est pas encore confirmé
manage-notice-not-finished-text = Vous êtes revenu avant la fin. Rien n’a été débité ni modifié.

manage-edit-name-why = Vos forfaits sont enregistrés à ce nom.

manage-done-canceled-title = { $plan } est résilié
manage-done-canceled-text = Utilisable jusqu’au { $date }. Ensuite, plus rien n’est débité.
manage-done-canceled-at-once-text = Le forfait est terminé et plus rien n’est débité.
manage-done-resumed-title = { $plan } continue
manage-done-changed-title = Vous êtes passé à { $plan }
manage-done-changed-paid = Vous avez payé { $amount }. Tout ce que comprend le forfait est à votre disposition.
manage-done-changed-unpaid = Rien n’a été débité. Tout ce que comprend le forfait est à votre disposition.
manage-done-scheduled-title = Votre changement est prévu
manage-done-scheduled-text = { $plan } commence le { $date }. D’ici là, tout reste en l’état et vous pouvez encore changer d’avis.
manage-done-undone-title = Vous gardez { $plan }
manage-done-undone-text = Le changement n’aura pas lieu. Rien n’a été débité.
manage-done-addon-title = { $count ->
    [one] Votre option est active
   *[other] Vos options sont actives
  }
manage-done-addon-text = { $count ->
    [one] Vous pouvez utiliser { $addons } tout de suite.
   *[other] Vous pouvez tout utiliser dès maintenant : { $addons }.
  }
manage-done-card-title = Votre nouvelle carte est enregistrée
manage-done-card-text = Les paiements se font désormais avec { $card }. Rien n’a été débité.
manage-done-card-paid-text = Les paiements se font désormais avec { $card }. Le paiement dû de { $amount } en a été débité.
manage-done-payment-title = Votre paiement est confirmé
manage-done-payment-text = Vous avez payé { $amount }. Il n’y a plus rien à faire.
manage-done-address-title = Votre adresse est enregistrée
manage-done-address-text = Elle vaut pour vos forfaits et vos prochains reçus.
manage-done-name-title = Votre nom est enregistré
manage-done-name-text = Vos forfaits sont désormais enregistrés à ce nom.
manage-done-mail = Nous avons envoyé les détails à { $email }.
