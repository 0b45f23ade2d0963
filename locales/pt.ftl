# The Messenger in Portuguese.

open = Abrir o chat
close = Fechar o chat
title = Chat
back = Voltar às suas conversas
greeting = Olá. Como podemos ajudar?
conversations = As suas conversas
nothing-yet = Ainda não nos escreveu.
new-conversation = Escreva-nos
you = Você
write = A sua mensagem
write-here = Escreva uma mensagem
send = Enviar
sending = A enviar
not-sent = Não enviada.
try-again = Tentar de novo
seen = Vista
typing = { $name } está a escrever
earlier = Mensagens anteriores
offline = Sem ligação. Estamos a tentar de novo; nada do que escreveu se perde.
load-failed = Não foi possível carregar.
blocked = As suas mensagens não são aceites de momento.
too-many = Foram muitas de uma vez. Espere um momento e tente de novo.
too-long = Uma mensagem tem no máximo 10 000 caracteres.
closed = Esta conversa está fechada. Escrever abre-a de novo.
back-at = Voltamos { $when }.
reply-minutes = Costumamos responder em poucos minutos.
reply-hours = Costumamos responder em poucas horas.
reply-day = Costumamos responder no prazo de um dia.
ask-email = Deixe o seu e-mail para que o possamos contactar mais tarde.
email = E-mail
save = Guardar
email-saved = Obrigado. Já sabemos como o contactar.
email-wrong = Escreva um endereço como ada@example.com.
dismiss = Ocultar
attach = Anexar um ficheiro
detach = Retirar o ficheiro
uploading = A carregar
file-too-large = Um ficheiro tem no máximo 25 MB.
messages = Mensagens
unread = { $count ->
    [one] { $count } mensagem nova
   *[other] { $count } mensagens novas
}
