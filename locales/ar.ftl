# The Messenger in Arabic.

open = فتح المحادثة
close = إغلاق المحادثة
title = المحادثة
back = العودة إلى محادثاتك
greeting = مرحبًا. كيف يمكننا مساعدتك؟
conversations = محادثاتك
earlier-conversations = عرض المحادثات السابقة
nothing-yet = لم تكتب إلينا بعد.
new-conversation = اكتب إلينا
you = أنت
you-wrote = أنت: { $text }
write = رسالتك
write-here = اكتب رسالة
send = إرسال
sending = جارٍ الإرسال
not-sent = لم تُرسل.
try-again = حاول مرة أخرى
seen = تمت المشاهدة
typing = { $name } يكتب الآن
earlier = الرسائل السابقة
offline = لا يوجد اتصال. نحاول مرة أخرى، ولن يضيع شيء مما كتبته.
load-failed = تعذّر التحميل.
blocked = لا تُقبل رسائلك في الوقت الحالي.
too-many = رسائل كثيرة دفعة واحدة. انتظر لحظة ثم حاول مرة أخرى.
too-long = لا تزيد الرسالة على 10,000 حرف.
closed = هذه المحادثة مغلقة. الكتابة تفتحها من جديد.
back-at = سنعود يوم { $day } الساعة { $time }.
back-today = سنعود اليوم الساعة { $time }.
reply-minutes = نرد عادةً خلال دقائق.
reply-hours = نرد عادةً خلال ساعات.
reply-day = نرد عادةً خلال يوم.
ask-email = اترك بريدك الإلكتروني لنتمكن من الوصول إليك بعد مغادرتك.
email = البريد الإلكتروني
save = حفظ
email-saved = شكرًا. صرنا نعرف كيف نصل إليك.
email-wrong = اكتب عنوانًا مثل ada@example.com.
dismiss = إخفاء
attach = إرفاق ملف
detach = إزالة الملف
uploading = جارٍ الرفع
file-too-large = لا يزيد حجم الملف على 25 ميغابايت.
file-empty = الملف فارغ.
files-most = لا تزيد ملفات الرسالة على 10.
file-ending = لا يمكن هنا إرسال الملفات التي تنتهي بـ { $ending }.
file-kind = لا يمكن هنا إرسال ملف من هذا النوع.
file-kinds = يمكنك إرسال الصور والمستندات والصوت والفيديو.
messages = الرسائل
mail-title = رسائل البريد من { $name }
mail-intro = اختر ما تريد أن يصلك.
mail-save = حفظ
mail-saved = تم الحفظ، ويسري من الآن.
mail-all = إلغاء الاشتراك في كل شيء
mail-ask = لا مزيد من رسائل { $name } المرسلة إلى الكثيرين. الردود الموجهة إليك ستظل تصل.
mail-off = إلغاء الاشتراك
mail-none = لن تصلك بعد الآن رسائل { $name } المرسلة إلى الكثيرين. الردود الموجهة إليك ستظل تصل.
mail-again = الاشتراك من جديد
mail-back = تصلك رسائل { $name } كما كانت.
mail-only-off = إلغاء الاشتراك في «{ $name }»
mail-foot = تصلك هذه الرسالة من { $name }.
mail-lost-title = هذا الرابط لا يقود إلى شيء
mail-lost = الرابط غير مكتمل، أو لم يعد صاحبه معروفًا. استخدم الرابط في أحدث رسالة.
unread = { $count ->
    [zero] لا رسائل جديدة
    [one] رسالة جديدة واحدة
    [two] رسالتان جديدتان
    [few] { $count } رسائل جديدة
    [many] { $count } رسالة جديدة
   *[other] { $count } من الرسائل الجديدة
}
