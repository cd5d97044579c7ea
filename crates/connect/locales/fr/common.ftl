### En-tête, pied de page, boutons et mots autour des formulaires. Les explications se trouvent dans le fichier anglais.

common-skip = Aller au contenu
common-language = Langue :
common-leave = Quitter
common-charged-by = { $merchant } débite votre carte par l’intermédiaire de Stripe.
common-terms = Conditions de vente
common-privacy = Confidentialité
common-powered-by = Propulsé par Perennial
common-continue = Continuer
common-back = Retour
common-optional = (facultatif)
common-choose = Choisissez…
common-problem-prefix = À vérifier :
common-problems-heading = Veuillez vérifier vos réponses
common-step = Étape { $step } sur { $of } : { $label }
