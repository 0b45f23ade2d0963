# The Messenger in French.

open = Ouvrir la messagerie
close = Fermer la messagerie
title = Messagerie
back = Retour à vos conversations
greeting = Bonjour. Comment pouvons-nous vous aider ?
conversations = Vos conversations
nothing-yet = Vous ne nous avez pas encore écrit.
new-conversation = Écrivez-nous
you = Vous
write = Votre message
write-here = Écrire un message
send = Envoyer
sending = Envoi en cours
not-sent = Non envoyé.
try-again = Réessayer
seen = Vu
typing = { $name } écrit
earlier = Messages précédents
offline = Pas de connexion. Nouvelle tentative en cours ; rien de ce que vous avez écrit n’est perdu.
load-failed = Le chargement a échoué.
blocked = Vos messages ne sont pas acceptés pour le moment.
too-many = Cela fait beaucoup d’un coup. Attendez un instant et réessayez.
too-long = Un message a au plus 10 000 caractères.
closed = Cette conversation est fermée. Écrire la rouvre.
back-at = Nous serons de retour { $when }.
reply-minutes = Nous répondons en général en quelques minutes.
reply-hours = Nous répondons en général en quelques heures.
reply-day = Nous répondons en général dans la journée.
ask-email = Laissez votre adresse e-mail pour que nous puissions vous joindre plus tard.
email = Adresse e-mail
save = Enregistrer
email-saved = Merci. Nous savons maintenant comment vous joindre.
email-wrong = Écrivez une adresse comme ada@example.com.
dismiss = Masquer
attach = Joindre un fichier
detach = Retirer le fichier
uploading = Envoi du fichier
file-too-large = Un fichier fait au plus 25 Mo.
messages = Messages
unread = { $count ->
    [one] { $count } nouveau message
   *[other] { $count } nouveaux messages
}
