//! How much goes out, and what people want to hear of.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use rapport::id::{ContactId, SubscriptionTypeId};
use rapport::outbound::limits::{self, Limits};
use rapport::outbound::types::{self, Choices, Consent};
use rapport::outbound::{self, Channel, Draft, Whom};
use rapport::owner::Owner;
use serde_json::json;

use crate::companies::{ada, group};
use crate::messenger::{boot, post, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, press, read_by, settle, standing, start, tag, vip, write,
};
use crate::support::TestApp;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

async fn limit(app: &TestApp, limits: Limits) {
    let mut w = write(app).await;
    limits::save_limits(&mut w, &limits).await.unwrap();
    w.commit().await.unwrap();
}

async fn kind(app: &TestApp, name: &str, consent: Consent) -> SubscriptionTypeId {
    let mut w = write(app).await;
    let id = types::save(&mut w, None, name, "", consent).await.unwrap();
    w.commit().await.unwrap();
    id
}

async fn choices(app: &TestApp, contact: ContactId) -> Choices {
    let token = ada(app).await;
    let (status, body) = app.get(&token, &format!("/do/subscriptions?contact={contact}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// People with an address, each tagged so that the rule holds.
async fn people(app: &TestApp, addresses: &[&str]) -> Vec<ContactId> {
    let mut ids = Vec::new();
    for address in addresses {
        let id = address.split('@').next().unwrap();
        ids.push(person(app, id).await);
        app.call("identify", &json!({"userId": id, "traits": {"email": address}})).await;
        tag(app, "users", id, "vip", true).await;
    }
    ids
}

on_both! {
    async fn so_many_emails_a_minute_and_to_one_domain_and_none_is_put_off_twice(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let addresses: Vec<_> = (0..30).map(|n| format!("p{n}@{}.example", if n < 20 { "big" } else { "small" })).collect();
        people(&app, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
        limit(&app, Limits { minute: 6, domain: 4, ..Limits::default() }).await;
        let id = start(&app, &email(Whom::All, rule, "Hello", "Text")).await;
        let mut before = 0;
        let (mut big_before, mut minutes) = (0, 0);
        while smtp.kept().len() < 30 {
            let kept = smtp.kept();
            let big = kept.iter().filter(|mail| mail.to.ends_with("big.example")).count();
            assert!(kept.len() - before <= 6 && big - big_before <= 4, "minute {minutes}: {} and {big}", kept.len());
            if minutes == 0 {
                assert_eq!((kept.len(), big), (6, 4), "what there is room for goes out");
                // Each that waits has a moment and a place of its own, and nothing else is looked at until then.
                assert_eq!(app.number("select count(*) from deliveries where state = 'waiting' and reason = 'pace' and attempts = 0").await, 24);
                assert_eq!(app.number("select cast(sum(n) as bigint) from mail_minutes where domain = ''").await, 30);
                outbound::run_due(&app.state).await.unwrap();
                assert_eq!(smtp.kept().len(), 6);
            }
            (before, big_before) = (kept.len(), big);
            minutes += 1;
            assert!(minutes < 10, "it comes to an end");
            app.pass(MINUTE);
            settle(&app).await;
        }
        // 20 of the big domain, four a minute.
        assert_eq!(minutes, 4);
        assert_eq!(detail(&app, id).await.brief.counts.sent, 30);
    }

    async fn nobody_gets_more_than_they_may_whatever_sends_it(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let grace = people(&app, &["grace@example.com"]).await[0];
        limit(&app, Limits { messages: 2, days: 7, ..Limits::default() }).await;
        start(&app, &draft(Whom::Now, rule.clone(), "First")).await;
        app.pass(DAY);
        start(&app, &email(Whom::All, rule.clone(), "Second", "Text")).await;
        assert_eq!((read_by(&app, "grace").await.len(), smtp.kept().len()), (1, 1));
        let third = start(&app, &email(Whom::All, rule.clone(), "Third", "Text")).await;
        let fourth = start(&app, &draft(Whom::All, rule, "Fourth")).await;
        assert_eq!((read_by(&app, "grace").await.len(), smtp.kept().len()), (1, 1), "she has had two");
        let said = standing(&app, Owner::Contact(grace)).await.said;
        assert_eq!(said, "In: waits until Sunday 8 March, 12:00, because they have had as many messages as one person may");
        // The first is seven days old: one more. The chat waits for her, the e-mail goes.
        app.pass(6 * DAY);
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 2);
        assert_eq!(read_by(&app, "grace").await.len(), 1);
        app.pass(DAY);
        assert_eq!(read_by(&app, "grace").await.len(), 2, "the second is seven days old too");
        assert_eq!((detail(&app, third).await.brief.counts.sent, detail(&app, fourth).await.brief.counts.sent), (1, 1));
    }

    async fn a_chat_to_people_of_a_company_counts_and_what_one_is_told_alone_does_not(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let token = ada(&app).await;
        let ids = people(&app, &["grace@example.com", "alan@example.com", "eve@example.com"]).await;
        for who in ["grace", "alan"] {
            group(&app, who, "navy", json!({"name": "US Navy"})).await;
        }
        let navy = app.number("select id from companies").await;
        limit(&app, Limits { messages: 1, days: 7, ..Limits::default() }).await;
        // Alan is told something alone, also by a program; and he writes himself.
        let admin = app.number("select id from teammates").await.to_string();
        let talk = json!({"message_type": "in_app", "body": "A word", "from": {"type": "admin", "id": admin}, "to": {"type": "user", "user_id": "alan"}});
        let (status, said) = app.api("POST", "/messages", talk).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        let (alan, _) = boot(&app, None, proved(&app, "alan")).await;
        post(&app, "conversations", &alan, json!({"body": "Hello", "client_id": "group-1-1"})).await;
        assert_eq!(app.number("select count(*) from parts where client_id like '%group-1-1' or body = 'A word'").await, 2);
        let form = format!("company={navy}&people={}&body=Hi&client_id=a", ids[0]);
        let (status, said) = app.form(Some(&token), "/do/message_people", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{said}");
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["Hi"]);
        // Two days later an e-mail has room for two of the three.
        app.pass(2 * DAY);
        let id = start(&app, &email(Whom::Now, rule.clone(), "News", "Text")).await;
        let to = || smtp.kept().into_iter().map(|mail| mail.to).collect::<BTreeSet<_>>();
        assert_eq!(to(), BTreeSet::from(["alan@example.com".to_owned(), "eve@example.com".to_owned()]));
        let said = standing(&app, Owner::Contact(ids[0])).await.said;
        assert_eq!(said, "In: waits until Sunday 8 March, 12:00, because they have had as many messages as one person may");
        // By hand it goes to the whole company at once, to who has had as many too, and counts for them from then on.
        let form = format!("company={navy}&all=true&body=Again&client_id=b");
        app.form(Some(&token), "/do/message_people", &form).await;
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await.len(), 2);
        app.pass(5 * DAY);
        settle(&app).await;
        assert_eq!(detail(&app, id).await.brief.counts.waiting, 1, "the second is five days old");
        app.pass(2 * DAY);
        settle(&app).await;
        assert_eq!((smtp.kept().len(), detail(&app, id).await.brief.counts.sent), (3, 3));
    }

    async fn limits_that_are_changed_hold_at_once_for_who_waits(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let addresses: Vec<_> = (0..12).map(|n| format!("p{n}@big.example")).collect();
        people(&app, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
        limit(&app, Limits { minute: 2, ..Limits::default() }).await;
        start(&app, &email(Whom::Now, rule.clone(), "Hello", "Text")).await;
        assert_eq!(smtp.kept().len(), 2);
        limit(&app, Limits { minute: 2, messages: 9, days: 1, ..Limits::default() }).await;
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 2, "this one is as it was");
        limit(&app, Limits { minute: 6, ..Limits::default() }).await;
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 6, "of this minute there is room for four more");
        assert_eq!(app.number("select count(*) from deliveries where reason = 'pace'").await, 6);
        assert_eq!(app.number("select count(*) from mail_minutes where domain = ''").await, 2, "the rest fits into the next");
        limit(&app, Limits::default()).await;
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 12);
        // As well for people who had as many as they may.
        limit(&app, Limits { messages: 1, days: 7, ..Limits::default() }).await;
        let id = start(&app, &draft(Whom::Now, rule, "Again")).await;
        assert_eq!(detail(&app, id).await.brief.counts.waiting, 12);
        limit(&app, Limits { messages: 2, days: 7, ..Limits::default() }).await;
        settle(&app).await;
        assert_eq!(detail(&app, id).await.brief.counts.sent, 12);
        assert_eq!(read_by(&app, "p3").await, ["Again"]);
    }

    async fn limits_that_make_no_sense_are_refused_and_agents_set_none(app: TestApp) {
        let token = ada(&app).await;
        for (form, words) in [
            ("form[minute]=0", "write a whole number"),
            ("form[messages]=3", "in how many days"),
            ("form[days]=x&form[messages]=1", "write a whole number"),
        ] {
            let (status, said) = app.form(Some(&token), "/do/save_limits", form).await;
            assert!(status == StatusCode::BAD_REQUEST && said.contains(words), "{form}: {said}");
        }
        let (status, said) = app.form(Some(&token), "/do/save_limits", "form[minute]=60&form[domain]=&form[messages]=3&form[days]=7").await;
        assert!(status.is_success() || status.is_redirection(), "{said}");
        let (_, body) = app.get(&token, "/do/outbound_setup").await;
        assert!(body.contains(r#""limits":{"minute":60,"domain":0,"messages":3,"days":7}"#), "{body}");
    }

    async fn a_type_is_left_by_one_press_and_chosen_on_a_page_in_ones_language(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let ids = people(&app, &["grace@example.com", "alan@example.com"]).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace"}, "context": {"locale": "de-CH"}})).await;
        let (news, tips) = (kind(&app, "News <b>", Consent::OptOut).await, kind(&app, "Tips", Consent::OptIn).await);
        let of = |about: SubscriptionTypeId, subject: &str| Draft { about, ..email(Whom::All, rule.clone(), subject, "Text") };
        let first = start(&app, &of(news, "News")).await;
        assert_eq!(smtp.kept().len(), 2);
        let hints = start(&app, &of(tips, "Tips")).await;
        assert_eq!(smtp.kept().len(), 2, "nobody has said yes");
        assert_eq!(detail(&app, hints).await.brief.counts.excluded, 2);
        assert!(standing(&app, Owner::Contact(ids[0])).await.said.contains("they do not want e-mail of this type"));
        let mail = smtp.kept().into_iter().find(|mail| mail.to == "grace@example.com").unwrap().words();
        let rest = mail.split_once("/unsubscribe/").unwrap().1;
        let link = format!("https://inbox.example/unsubscribe/{}", rest.split('>').next().unwrap());

        // Looking does nothing; the page is whole without a script, and no name is markup.
        let (status, page) = press(&app, "GET", &link, "").await;
        assert_eq!(status, StatusCode::OK);
        for part in ["News &lt;b&gt;", "Tips", &format!("value=\"{news}\" checked"), "name=\"all\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<script"));
        assert_eq!(app.number("select count(*) from subscriptions").await, 0);
        // A mail program's one press leaves this type alone, at once.
        let (status, _) = press(&app, "POST", &link, "List-Unsubscribe=One-Click").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(app.number("select count(*) from contacts where unsubscribed = 1").await, 0);
        start(&app, &of(news, "More news")).await;
        let again = smtp.kept();
        assert_eq!(again.iter().filter(|mail| mail.words().contains("More news")).map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["alan@example.com"]);
        assert_eq!(detail(&app, first).await.brief.counts.unsubscribed, 1);
        // She chooses the other one, and only that.
        press(&app, "POST", &link, &format!("save=1&type={tips}")).await;
        let now = choices(&app, ids[0]).await;
        let wanted: Vec<_> = now.types.iter().map(|t| (t.name.as_str(), t.wanted, t.said.as_ref().map(|(by, _)| by.clone()))).collect();
        assert_eq!(wanted, [("News <b>", false, Some(None)), ("Tips", true, Some(None))]);
        start(&app, &of(tips, "A tip")).await;
        assert!(smtp.kept().iter().any(|mail| mail.to == "grace@example.com" && mail.words().contains("A tip")));
        // A teammate says otherwise for her; who and when is kept and in the stream.
        let token = ada(&app).await;
        let form = format!("contact={}&about={news}&wanted=true", ids[0]);
        let (status, body) = app.form(Some(&token), "/do/subscribe", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        let now = choices(&app, ids[0]).await;
        assert!(now.types[0].wanted && now.types[0].said.as_ref().unwrap().0.as_deref() == Some("Ada Lovelace"));
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{}&facet=outbound&limit=20", ids[0])).await;
        assert!(stream.matches("unsubscribed").count() == 1 && stream.contains("\"subscribed\""), "{stream}");
        // Everything, and back.
        press(&app, "POST", &link, "all=1").await;
        assert!(choices(&app, ids[0]).await.unsubscribed);
        let count = smtp.kept().len();
        start(&app, &of(tips, "Last tip")).await;
        assert_eq!(smtp.kept().len(), count, "nobody is left who said yes");
        let (_, page) = press(&app, "POST", &link, "again=1").await;
        assert!(page.contains("News") && !choices(&app, ids[0]).await.unsubscribed);
        // The Messenger is not asked.
        start(&app, &draft(Whom::All, rule.clone(), "In the Messenger")).await;
        assert_eq!(read_by(&app, "grace").await, ["In the Messenger"]);
    }

    async fn types_are_named_once_and_put_away_without_losing_what_was_said(app: TestApp) {
        let news = kind(&app, "News", Consent::OptOut).await;
        let grace = person(&app, "grace").await;
        let mut w = write(&app).await;
        types::choose(&mut w, grace, news, false).await.unwrap();
        for (name, words) in [("", "write a name"), ("  NEWS ", "already"), (&"x".repeat(61), "at most 60")] {
            let refused = types::save(&mut w, None, name, "", Consent::OptOut).await.unwrap_err();
            assert!(refused.to_string().contains(words), "{name}: {refused}");
        }
        types::archive(&mut w, news, true).await.unwrap();
        w.commit().await.unwrap();
        assert!(choices(&app, grace).await.types.is_empty());
        let mut w = write(&app).await;
        let message = Draft { about: news, channel: Channel::Email, subject: "S".into(), ..draft(Whom::All, json!({"all": []}), "Hi") };
        let refused = outbound::save(&mut w, None, &message, "UTC").await.unwrap_err();
        assert!(refused.to_string().contains("choose a type that is in use"), "{refused}");
        let other = types::save(&mut w, None, "News", "", Consent::OptOut).await.unwrap();
        assert!(types::archive(&mut w, news, false).await.is_err(), "another has its name");
        types::save(&mut w, Some(other), "Product news", "What is new", Consent::OptOut).await.unwrap();
        types::archive(&mut w, news, false).await.unwrap();
        w.commit().await.unwrap();
        let now = choices(&app, grace).await;
        assert_eq!(now.types.iter().map(|t| (t.name.as_str(), t.wanted)).collect::<Vec<_>>(), [("News", false), ("Product news", true)]);
    }

    async fn a_lead_who_said_no_is_not_written_to_as_a_user(app: TestApp) {
        let (news, tips) = (kind(&app, "News", Consent::OptOut).await, kind(&app, "Tips", Consent::OptOut).await);
        let user = person(&app, "grace").await;
        let (_, lead) = app.api("POST", "/contacts", json!({"role": "lead", "email": "lead@example.com"})).await;
        let lead_id = ContactId(i64::from_str_radix(lead["id"].as_str().unwrap(), 16).unwrap());
        let say = async |contact, about, wanted| {
            app.pass(MINUTE);
            let mut w = write(&app).await;
            types::choose(&mut w, contact, about, wanted).await.unwrap();
            w.commit().await.unwrap();
        };
        // Of each type the later word holds, whoever said it.
        say(user, news, true).await;
        say(lead_id, news, false).await;
        say(lead_id, tips, false).await;
        say(user, tips, true).await;
        let no = json!({"unsubscribed_from_emails": true, "marked_email_as_spam": true});
        let (status, said) = app.api("PUT", &format!("/contacts/{}", lead["id"].as_str().unwrap()), no).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        assert!(!choices(&app, user).await.unsubscribed);
        let (_, grace) = app.api("GET", "/contacts/find_by_external_id/grace", json!(null)).await;
        let (status, said) = app.api("POST", "/contacts/merge", json!({"from": lead["id"], "into": grace["id"]})).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        let now = choices(&app, user).await;
        assert_eq!(now.types.iter().map(|t| (t.name.as_str(), t.wanted)).collect::<Vec<_>>(), [("News", false), ("Tips", true)]);
        assert!(now.unsubscribed && now.complained, "a no to everything holds, and so does a complaint");
    }
}
