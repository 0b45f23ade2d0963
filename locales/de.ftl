# The Messenger in German.

open = Messenger öffnen
close = Messenger schließen
title = Messenger
back = Zurück zu Ihren Unterhaltungen
greeting = Guten Tag. Wie können wir helfen?
conversations = Ihre Unterhaltungen
nothing-yet = Sie haben uns noch nicht geschrieben.
new-conversation = Schreiben Sie uns
you = Sie
write = Ihre Nachricht
write-here = Nachricht schreiben
send = Senden
sending = Wird gesendet
not-sent = Nicht gesendet.
try-again = Noch einmal versuchen
seen = Gesehen
typing = { $name } schreibt
earlier = Frühere Nachrichten
offline = Keine Verbindung. Wir versuchen es weiter; was Sie geschrieben haben, bleibt erhalten.
load-failed = Das konnte nicht geladen werden.
blocked = Ihre Nachrichten werden zurzeit nicht angenommen.
too-many = Das war viel auf einmal. Warten Sie einen Moment und versuchen Sie es noch einmal.
too-long = Eine Nachricht hat höchstens 10.000 Zeichen.
closed = Diese Unterhaltung ist geschlossen. Wenn Sie schreiben, öffnet sie sich wieder.
back-at = Wir sind { $when } wieder da.
reply-minutes = Wir antworten meist in wenigen Minuten.
reply-hours = Wir antworten meist in wenigen Stunden.
reply-day = Wir antworten meist innerhalb eines Tages.
ask-email = Hinterlassen Sie Ihre E-Mail-Adresse, damit wir Sie auch später erreichen.
email = E-Mail-Adresse
save = Speichern
email-saved = Danke. Wir wissen jetzt, wie wir Sie erreichen.
email-wrong = Schreiben Sie eine Adresse wie ada@example.com.
dismiss = Ausblenden
attach = Datei anhängen
detach = Datei entfernen
uploading = Wird hochgeladen
file-too-large = Eine Datei hat höchstens 25 MB.
messages = Nachrichten
unread = { $count ->
    [one] { $count } neue Nachricht
   *[other] { $count } neue Nachrichten
}
