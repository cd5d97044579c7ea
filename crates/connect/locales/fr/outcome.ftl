### Après le paiement : encore en confirmation, ou terminé.

outcome-reference = Référence : { $reference }

outcome-confirming-heading = Nous confirmons votre paiement
outcome-confirming-text = Cela prend quelques secondes. La page avance toute seule dès que { $plan } est à vous.
outcome-slow-heading = Votre paiement est en cours de confirmation
outcome-slow-text = Veuillez ne pas payer une seconde fois. Vous pouvez fermer cette page : { $plan } commencera automatiquement dès que le paiement sera confirmé. S’il échoue, rien ne sera débité.
outcome-slow-again = Vérifier à nouveau

outcome-done-title = { $plan } est à vous
outcome-done-title-pending = { $plan } arrive
outcome-done-recurring = Renouvellement le { $date } pour { $amount }.
outcome-done-fixed-until = À vous jusqu’au { $date }, puis fin automatique.
outcome-done-fixed = Valable { $length } dès la première utilisation, puis fin automatique.
outcome-done-lifetime = À vous pour toujours, sans autre paiement.
outcome-done-free = Gratuit. Vous n’avez rien à payer, ni maintenant ni plus tard.
outcome-done-pending = La mise en service prend en général quelques minutes.
outcome-done-close = Vous pouvez fermer cette page.

outcome-done-number = Votre numéro
outcome-done-kept-number = Numéro conservé
outcome-done-kept-number-next = Nous avons noté la portabilité. D’ici là, vous êtes joignable au numéro ci-dessus.
outcome-done-own-sim = Votre carte SIM
outcome-done-esim-server = Adresse SM-DP+
outcome-done-esim-code = Code d’activation
outcome-done-esim-hint = Saisissez les deux dans les réglages de votre téléphone, sous « Ajouter une eSIM ».
outcome-done-receipt = Reçu envoyé à
outcome-done-reference = Référence
