//! Why somebody got a message or did not, gets it or would: any person and any message, condition by condition.

use axum::http::StatusCode;
use rapport::contacts::{self, Standing};
use rapport::id::{ContactId, MessageId};
use rapport::outbound::types::{self, Consent};
use rapport::outbound::{self, Again, Draft, Switches, Whom, Why};
use rapport::owner::Owner;
use serde_json::json;

use crate::companies::{ada, group};
use crate::on_both;
use crate::outbound::{
    draft, email, mailing, person, read_by, save, settle, standing, start, tag, try_start, vip,
    write,
};
use crate::support::TestApp;

async fn ask(app: &TestApp, id: MessageId, person: ContactId) -> Why {
    let address = format!("/do/message_why?id={id}&person={person}");
    let (status, body) = app.get(&ada(app).await, &address).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// In one sentence.
async fn said(app: &TestApp, id: MessageId, person: ContactId) -> String {
    let why = ask(app, id, person).await;
    let parts = why.parts.iter().map(|part| match part.company.as_str() {
        "" => part.said.clone(),
        company => format!("{company}: {}", part.said),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// The conditions that do not hold, of the message and then of its rule.
async fn missing(app: &TestApp, id: MessageId, person: ContactId) -> Vec<String> {
    let why = ask(app, id, person).await;
    let all = why.parts.iter().flat_map(|part| &part.conditions).chain(&why.rule);
    all.filter(|one| !one.holds).map(|one| one.said.clone()).collect()
}

macro_rules! change {
    ($app:expr, $what:ident($($arg:expr),*)) => {{
        let mut w = write($app).await;
        outbound::$what(&mut w, $($arg),*).await.unwrap();
        w.commit().await.unwrap();
    }};
}

on_both! {
    async fn whoever_never_matched_is_told_why_whatever_the_message_does(app: TestApp) {
        let rule = vip(&app).await;
        let (grace, alan) = (person(&app, "grace").await, person(&app, "alan").await);
        tag(&app, "users", "grace", "vip", true).await;
        let id = save(&app, &draft(Whom::Now, rule.clone(), "Hi")).await;
        assert_eq!(said(&app, id, grace).await, "Would get it if it were started now");
        assert_eq!(said(&app, id, alan).await, "Would not get it: the rule does not hold for them");
        assert_eq!(missing(&app, id, grace).await, ["The message goes out"]);
        let not_vip = missing(&app, id, alan).await;
        assert!(not_vip.len() == 2 && not_vip[1].contains("vip"), "{not_vip:?}");
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        // It is finished by then, and keeps nobody.
        assert!(said(&app, id, grace).await.starts_with("Sent just now, not seen yet"));
        assert_eq!(said(&app, id, alan).await, "Did not get it: the rule does not hold for them");
        assert_eq!(missing(&app, id, alan).await, not_vip);
        tag(&app, "users", "alan", "vip", true).await;
        assert_eq!(said(&app, id, alan).await, "Did not get it: they came to match after it began");
        assert_eq!(missing(&app, id, alan).await, ["The message goes out", "They matched when it began"]);

        // One that goes on, is paused and stopped.
        let bob = person(&app, "bob").await;
        let id = start(&app, &draft(Whom::Later, rule.clone(), "Later")).await;
        assert_eq!(said(&app, id, alan).await, "Does not get it: they matched before it began");
        assert_eq!(said(&app, id, bob).await, "Does not get it: the rule does not hold for them");
        tag(&app, "users", "bob", "vip", true).await;
        assert_eq!(said(&app, id, bob).await, "In: arrives when they next open a page with your Messenger");
        change!(&app, pause(id));
        assert_eq!(said(&app, id, bob).await, "In: waits until the message goes on");
        assert!(missing(&app, id, bob).await.contains(&"The message goes out".to_owned()));
        change!(&app, stop(id));
        assert_eq!(said(&app, id, bob).await, "Did not get it: it waited for them when the message was stopped");
        assert_eq!(said(&app, id, alan).await, "Did not get it: they matched before it began, or only once it was over");
        let eve = person(&app, "eve").await;
        assert_eq!(said(&app, id, eve).await, "Did not get it: the rule does not hold for them");
        assert!(missing(&app, id, eve).await.iter().any(|said| said.contains("vip")));

        // Of what an event sets off.
        let again = Again { event: "bought".into(), ..Again::default() };
        let id = start(&app, &Draft { again, ..draft(Whom::Event, rule, "Thanks") }).await;
        assert_eq!(said(&app, id, alan).await, "Gets it when they do “bought”");
        change!(&app, stop(id));
        assert_eq!(said(&app, id, alan).await, "Did not get it: they did not do “bought” while it went out");
    }

    async fn people_chosen_by_hand_are_told_too(app: TestApp) {
        let (grace, alan) = (person(&app, "grace").await, person(&app, "alan").await);
        let switches = Switches { opt_out: "no thanks".into(), ..Switches::default() };
        let id = save(&app, &Draft { people: grace.to_string(), switches, ..draft(Whom::Chosen, json!({"all": []}), "Hi") }).await;
        assert_eq!(said(&app, id, alan).await, "Would not get it: they are not among the people chosen");
        tag(&app, "users", "grace", "no thanks", true).await;
        assert_eq!(said(&app, id, grace).await, "Would not get it: they are opted out by a tag");
        assert!(ask(&app, id, grace).await.rule.is_empty(), "there is no rule");
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        assert_eq!(said(&app, id, grace).await, "Left out: they are opted out by a tag");
        let why = ask(&app, id, grace).await;
        let tag = why.parts[0].conditions.iter().find(|one| one.said.contains("opt-out tag")).unwrap();
        assert_eq!((tag.holds, tag.value.as_str()), (false, "no thanks"));
        assert_eq!(said(&app, id, alan).await, "Did not get it: they are not among the people chosen");
        // Whoever was chosen and is somebody else by now.
        app.call("identify", &json!({"anonymousId": "visitor"})).await;
        let lead = ContactId(app.number("select id from contacts where role = 'lead'").await);
        let id = save(&app, &Draft { people: lead.to_string(), ..draft(Whom::Chosen, json!({"all": []}), "Hi") }).await;
        assert_eq!(said(&app, id, alan).await, "Would not get it: they are not among the people chosen");
        app.call("identify", &json!({"userId": "alan", "anonymousId": "visitor"})).await;
        settle(&app).await;
        assert_eq!(said(&app, id, alan).await, "Would get it if it were started now");
        assert_eq!(ask(&app, id, lead).await.person.map(|(id, _)| id), Some(alan));
    }

    async fn what_keeps_e_mail_from_somebody_is_told_one_by_one_on_the_profile_too(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let mut w = write(&app).await;
        let about = types::save(&mut w, None, "Tips", "", Consent::OptIn).await.unwrap();
        w.commit().await.unwrap();
        let grace = person(&app, "grace").await;
        app.call("identify", &json!({"userId": "grace", "traits": {"unsubscribed_from_emails": true}})).await;
        let id = start(&app, &Draft { about, ..email(Whom::Later, rule, "Hi", "Text") }).await;
        let profile = async || standing(&app, Owner::Contact(grace)).await.said;
        assert_eq!(profile().await, "Not in: they unsubscribed from e-mail", "and the rule does not hold either");
        let said_now = said(&app, id, grace).await;
        assert_eq!(said_now, "Does not get it: they unsubscribed from e-mail");
        let why = missing(&app, id, grace).await;
        assert_eq!(why[..3], ["They did not unsubscribe from e-mail", "They want e-mail of its type", "They have an e-mail address that mail can go to"], "{why:?}");
        change!(&app, pause(id));
        tag(&app, "users", "grace", "vip", true).await;
        // It waits for her, and would not go to her.
        assert_eq!(profile().await, "Not eligible: they unsubscribed from e-mail");
        assert_eq!(said(&app, id, grace).await, "Not eligible: they unsubscribed from e-mail");
        app.call("identify", &json!({"userId": "grace", "traits": {"unsubscribed_from_emails": false, "email": "grace@example.com"}})).await;
        assert_eq!(profile().await, "Not eligible: they do not want e-mail of this type");
        let mut w = write(&app).await;
        types::choose(&mut w, grace, about, true).await.unwrap();
        contacts::stand(&mut w, grace, Standing::Blocked).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(profile().await, "Not eligible: they are blocked");
        let mut w = write(&app).await;
        contacts::stand(&mut w, grace, Standing::Unblocked).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(profile().await, "In: waits until the message goes on");
        change!(&app, resume(id));
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 1);
        assert!(profile().await.starts_with("E-mail sent"));
    }

    async fn each_company_is_told_of_by_itself(app: TestApp) {
        for (firm, plan) in [("navy", "pro"), ("army", "pro"), ("club", "free")] {
            group(&app, "grace", firm, json!({"name": firm.to_uppercase(), "plan": plan})).await;
        }
        settle(&app).await;
        let grace = person(&app, "grace").await;
        let rule = json!({"company": {"field": "plan", "op": "is", "value": "pro"}});
        let switches = Switches { opt_out: "no".into(), ..Switches::default() };
        let each = Draft { per_company: Some(true), switches, ..draft(Whom::All, rule, "For {{ company }}") };
        let id = save(&app, &each).await;
        tag(&app, "companies", "army", "no", true).await;
        let told = said(&app, id, grace).await;
        assert!(told.contains("NAVY: Would get it if it were started now"), "{told}");
        assert!(told.contains("ARMY: Would not get it: they are opted out by a tag") && !told.contains("CLUB"), "{told}");
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["For NAVY"]);
        let told = said(&app, id, grace).await;
        assert!(told.contains("NAVY: Sent") && told.contains("ARMY: Does not get it: they are opted out by a tag"), "{told}");
    }

    async fn the_page_asks_without_a_script_and_says_who_is_nobody(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        let token = ada(&app).await;
        let id = save(&app, &draft(Whom::Now, rule, "Hi")).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains(&format!("action=\"/outbound/{id}/why\"")), "{page}");
        let (status, page) = app.get(&token, &format!("/outbound/{id}/why?who=grace")).await;
        assert_eq!(status, StatusCode::OK);
        for words in ["grace Hopper", "Would not get it: the rule does not hold for them", "The message goes out", "it is a draft", "They are not blocked", "The rule, for them"] {
            assert!(page.contains(words), "the page has {words} before any script: {page}");
        }
        let (_, page) = app.get(&token, &format!("/outbound/{id}/why?who=nobody@example.com")).await;
        assert!(page.contains("Nobody has this e-mail address or user id."), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound/{id}/why")).await;
        assert!(page.contains("E-mail or user id of anyone") && !page.contains("class=\"reasons\""), "{page}");
        // From a profile: the list of messages, each of which leads to the answer.
        let (_, page) = app.get(&token, &format!("/contacts/{grace}")).await;
        assert!(page.contains(&format!("/outbound?person={grace}")), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound?person={grace}")).await;
        assert!(page.contains(&format!("/outbound/{id}/why?person={grace}")), "{page}");
        let (status, _) = app.get(&token, "/outbound/7/why?who=grace").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn a_rule_that_makes_no_sense_any_more_says_so(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        let id = save(&app, &draft(Whom::Now, rule, "Hi")).await;
        let tag = app.number("select id from tags where name = 'vip'").await;
        let (status, said) = app.api("DELETE", &format!("/tags/{tag}"), serde_json::Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        settle(&app).await;
        let why = ask(&app, id, grace).await;
        assert!(why.rule[0].said.starts_with("The rule makes no sense any more"), "{why:?}");
        assert_eq!(why.parts[0].said, "Would not get it: the rule does not hold for them");
    }
}
