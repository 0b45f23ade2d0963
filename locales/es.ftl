# The Messenger in Spanish.

open = Abrir el chat
close = Cerrar el chat
title = Chat
back = Volver a sus conversaciones
greeting = Hola. ¿En qué podemos ayudarle?
conversations = Sus conversaciones
nothing-yet = Todavía no nos ha escrito.
new-conversation = Escríbanos
you = Usted
write = Su mensaje
write-here = Escriba un mensaje
send = Enviar
sending = Enviando
not-sent = No enviado.
try-again = Intentar de nuevo
seen = Visto
typing = { $name } está escribiendo
earlier = Mensajes anteriores
offline = Sin conexión. Lo intentamos de nuevo; no se pierde nada de lo que escribió.
load-failed = No se pudo cargar.
blocked = Sus mensajes no se aceptan por el momento.
too-many = Fueron muchos a la vez. Espere un momento e inténtelo de nuevo.
too-long = Un mensaje tiene como máximo 10.000 caracteres.
closed = Esta conversación está cerrada. Al escribir se abre de nuevo.
back-at = Volvemos { $when }.
reply-minutes = Solemos responder en unos minutos.
reply-hours = Solemos responder en unas horas.
reply-day = Solemos responder en un día.
ask-email = Deje su correo electrónico para que podamos contactarle más tarde.
email = Correo electrónico
save = Guardar
email-saved = Gracias. Ahora sabemos cómo contactarle.
email-wrong = Escriba una dirección como ada@example.com.
dismiss = Ocultar
attach = Adjuntar un archivo
detach = Quitar el archivo
uploading = Subiendo
file-too-large = Un archivo tiene como máximo 25 MB.
messages = Mensajes
unread = { $count ->
    [one] { $count } mensaje nuevo
   *[other] { $count } mensajes nuevos
}
