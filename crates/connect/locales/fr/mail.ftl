### E-mails. Ce qu’une page dit aussi se trouve là-bas. Les explications se trouvent dans le fichier anglais.

mail-greeting-name = Bonjour { $name },
mail-greeting = Bonjour,
mail-footer = Vous recevez cet e-mail parce qu’il concerne votre compte chez { $merchant }.

mail-login-subject = { $code } est votre code pour { $merchant }
mail-login-heading = Votre code
mail-login-text = Saisissez ce code sur la page qui vous l’a demandé.
mail-login-valid = { $count ->
    [one] Il est valable { $count } minute.
   *[other] Il est valable { $count } minutes.
  }
mail-login-not-you = Si vous ne l’avez pas demandé, vous n’avez rien à faire : sans lui, personne ne peut se connecter. Ne le donnez à personne, pas même à nous.

mail-receipt-subject = Votre reçu de { $merchant } pour { $amount }
mail-receipt-heading = Votre reçu
mail-receipt-text = Vous avez payé { $amount } le { $date }.
mail-receipt-total = Payé
mail-receipt-card = Payé avec { $card }.
mail-receipt-next = Prochain paiement : { $payment }.

mail-renewal-failed-subject = Votre paiement pour { $plan } n’a pas abouti
mail-renewal-failed-text = Nous n’avons pas pu débiter { $amount } pour { $plan } le { $date }.
mail-renewal-failed-confirm = Confirmer le paiement
mail-renewal-failed-link = Ce lien n’est destiné qu’à vous. Veuillez ne pas le transmettre.

mail-first-payment-subject = { $plan } n’a pas commencé
mail-first-payment-text = Nous n’avons pas pu débiter { $amount } pour { $plan } le { $date }. C’est pourquoi { $plan } n’a pas commencé.
mail-first-payment-no-card = Aucune carte enregistrée ne pouvait être débitée.
mail-first-payment-kept = Vous gardez { $plan }.
mail-first-payment-again = Choisir de nouveau { $plan }

mail-cancellation-not-you = Si vous n’avez pas résilié vous-même, veuillez en informer { $merchant }.

mail-webhook-heading = Un webhook a été désactivé
mail-webhook-failing = Le destinataire { $url } n’a rien accepté depuis cinq jours. Plus rien ne lui est envoyé.
mail-webhook-gone = Le destinataire { $url } dit qu’il n’existe plus. Plus rien ne lui est envoyé.
mail-webhook-waits = Ce qui se passe l’attend pendant trente jours.
mail-webhook-enable = Dès qu’il fonctionne à nouveau, { $command } lui envoie tout ce qui a attendu.

## Un panier dont une partie a été achetée. $items sont les noms du reste, $count dit combien.

mail-cart-unfinished-heading = Une partie de votre achat n’a pas été payée
mail-cart-unfinished-missing = { $count ->
    [one] { $items } n’a pas pu être payé. Vous ne l’avez pas, et rien n’a été débité pour cela.
   *[other] { $items } n’ont pas pu être payés. Vous ne les avez pas, et rien n’a été débité pour cela.
  }
# Bouton.
mail-cart-unfinished-buy = Voir ce qui reste
