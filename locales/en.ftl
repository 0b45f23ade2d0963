# The Messenger in English.

open = Open the Messenger
close = Close the Messenger
title = Messenger
back = Back to your conversations
greeting = Hello. How can we help?
conversations = Your conversations
nothing-yet = You have not written to us yet.
new-conversation = Write to us
you = You
write = Your message
write-here = Write a message
send = Send
sending = Sending
not-sent = Not sent.
try-again = Try again
seen = Seen
typing = { $name } is writing
earlier = Earlier messages
offline = No connection. Trying again; nothing you wrote is lost.
load-failed = This could not be loaded.
blocked = Your messages are not let in at the moment.
too-many = That was a lot at once. Wait a moment and try again.
too-long = A message has at most 10,000 characters.
closed = This conversation is closed. Writing opens it again.
back-at = We are back { $when }.
reply-minutes = We usually answer in a few minutes.
reply-hours = We usually answer in a few hours.
reply-day = We usually answer within a day.
ask-email = Leave your e-mail address, so that we can reach you when you have gone.
email = E-mail address
save = Save
email-saved = Thank you. We know how to reach you now.
email-wrong = Write an address such as ada@example.com.
dismiss = Dismiss
attach = Attach a file
detach = Take the file away
uploading = Uploading
file-too-large = A file has at most 25 MB.
messages = Messages
unread = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
