# The Messenger in Japanese.

open = チャットを開く
close = チャットを閉じる
title = チャット
back = 会話の一覧に戻る
greeting = こんにちは。ご用件をお聞かせください。
conversations = 会話
nothing-yet = まだメッセージはありません。
new-conversation = メッセージを送る
you = あなた
write = メッセージ
write-here = メッセージを入力
send = 送信
sending = 送信中
not-sent = 送信できませんでした。
try-again = もう一度試す
seen = 既読
typing = { $name }さんが入力中
earlier = 以前のメッセージ
offline = 接続がありません。再接続しています。入力した内容は失われません。
load-failed = 読み込めませんでした。
blocked = 現在、メッセージを受け付けていません。
too-many = 短い間に多く送信されました。少し待ってから、もう一度お試しください。
too-long = メッセージは10,000文字までです。
closed = この会話は終了しています。書き込むと再開します。
back-at = { $when }に再開します。
reply-minutes = 通常、数分以内に返信します。
reply-hours = 通常、数時間以内に返信します。
reply-day = 通常、1日以内に返信します。
ask-email = 後からご連絡できるように、メールアドレスをご入力ください。
email = メールアドレス
save = 保存
email-saved = ありがとうございます。ご連絡先を承りました。
email-wrong = ada@example.com のようなアドレスを入力してください。
dismiss = 閉じる
attach = ファイルを添付
detach = ファイルを取り消す
uploading = アップロード中
file-too-large = ファイルは25 MBまでです。
messages = メッセージ
unread = { $count ->
   *[other] 新しいメッセージ { $count } 件
}
