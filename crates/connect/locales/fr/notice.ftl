### Pages qui terminent une visite ou la réorientent.

notice-to-merchant = Retour à { $merchant }
notice-try-again = Réessayer

notice-already-subscribed-title = Vous avez déjà un forfait
notice-already-subscribed-text = Vous êtes abonné à { $plan } et n’avez pas besoin de celui-ci en plus. Rien n’a été débité.
notice-plan-unavailable-title = Ce forfait n’est pas en vente
notice-plan-unavailable-text = { $merchant } ne le propose pas en ce moment. Rien n’a été débité.
notice-sim-unfit-title = Cette SIM ne convient pas au forfait
notice-sim-unfit-text = Elle est peut-être déjà utilisée ou appartient à un autre réseau. Rien n’a été débité. Veuillez demander de l’aide à { $merchant }.
notice-session-expired-title = Cette page a expiré
notice-session-expired-text = Pour votre sécurité, elle n’est ouverte que pour un temps limité. Si vous n’avez pas payé, rien n’a été débité. Revenez au site d’où vous venez et recommencez.
notice-session-used-title = Ce lien a déjà servi
notice-session-used-text = Il ne fonctionne qu’une fois. Si vous l’avez ouvert dans un autre onglet, continuez là-bas. Sinon, revenez au site d’où vous venez et recommencez.
notice-session-unknown-title = Ce lien ne fonctionne pas
notice-session-unknown-text = Il est peut-être incomplet. Rien n’a été débité. Revenez là où vous l’avez trouvé et recommencez.
notice-finished-elsewhere-title = Cet achat est terminé
notice-finished-elsewhere-text = Vous l’avez terminé dans un autre onglet. Vous avez payé une seule fois et il n’y a plus rien à faire ici.
notice-paid-twice-title = Vous avez déjà un forfait de ce type
notice-paid-twice-text = Votre second paiement est arrivé alors que le premier avait déjà lancé votre forfait. Nous vous remboursons intégralement le second, et il ne sera pas renouvelé. Votre premier forfait reste inchangé.
notice-paid-too-late-title = Votre forfait a changé pendant le paiement
notice-paid-too-late-text = Votre paiement est arrivé alors que ce forfait avait déjà été changé ou résilié. Nous vous le remboursons intégralement, et il ne sera pas renouvelé. Votre forfait actuel reste inchangé.
# What was paid for cannot be given, because another customer was quicker; the money goes back by itself.
notice-paid-in-vain-title = Votre forfait n’a pas pu commencer
notice-paid-in-vain-text = Votre paiement est arrivé alors qu’un élément choisi, comme la SIM, avait été attribué entre-temps. Nous vous remboursons intégralement, et il ne sera pas renouvelé. Le reste ne change pas.
notice-no-account-title = Il n’y a rien ici pour cette adresse
notice-no-account-text = Votre code était juste. Mais { $merchant } ne connaît pas cette adresse e-mail, ou ce que vous cherchez appartient à une autre. Rien n’a été modifié. Essayez avec l’adresse que vous donnez d’habitude.
notice-intent-unavailable-title = Ce n’est pas encore possible ici
notice-intent-unavailable-text = Rien n’a été modifié ni débité. Veuillez vous adresser à { $merchant }.
notice-refused-by-stripe-title = Ce n’est pas possible pour le moment
notice-refused-by-stripe-text = Notre service de paiement le refuse. Rien n’a été modifié ni prélevé. Réessayer ne servira à rien : prévenez { $merchant }.

notice-payment-failed-title = Le paiement n’a pas abouti
notice-payment-failed-declined = Votre banque a refusé la carte sans donner de raison. Rien n’a été débité. Essayez une autre carte ou adressez-vous à votre banque.
notice-payment-failed-insufficient-funds = La provision de la carte est insuffisante. Rien n’a été débité. Essayez une autre carte.
notice-payment-failed-expired-card = La carte a expiré. Rien n’a été débité. Essayez une autre carte.
notice-payment-failed-wrong-security-code = Le cryptogramme de la carte est incorrect. Rien n’a été débité. Réessayez : c’est le nombre court au dos de la carte, ou au recto d’une carte American Express.
notice-payment-failed-not-authenticated = Votre banque n’a pas confirmé qu’il s’agissait de vous. Rien n’a été débité. Réessayez et validez le paiement lorsque votre banque vous le demande.
notice-payment-failed-service-unavailable = Notre service de paiement n’a pas répondu. Si le paiement a malgré tout abouti, il ne vous sera pas demandé une seconde fois. Veuillez réessayer dans une minute.

notice-stale-form-title = Cette page n’était plus à jour
notice-stale-form-text = Votre dernier clic n’a pas été pris en compte. Rien n’a été débité. Rechargez la page et continuez à partir de là.
notice-not-found-title = Cette page n’existe pas
notice-not-found-text = Vérifiez l’adresse, ou revenez à la page précédente et recommencez.
notice-outage-title = Nous sommes injoignables pour le moment
notice-outage-text = Ce n’est pas votre faute, et ce que vous avez déjà fait est conservé. Si vous avez déjà payé, le paiement n’est pas perdu et ne vous sera pas demandé une seconde fois. Veuillez recharger cette page dans une minute.
notice-internal-title = Un problème est survenu de notre côté
notice-internal-text = Vous n’y êtes pour rien, et ce que vous avez déjà fait est conservé. Veuillez réessayer dans une minute. Si cela se reproduit, indiquez-nous cette référence.
