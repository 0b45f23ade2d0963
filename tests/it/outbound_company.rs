//! A message that is begun on a company's page is about that company, and what the preview shows is what is sent.

use axum::http::StatusCode;
use rapport::error::Error;
use rapport::id::{CompanyId, ContactId, MessageId};
use rapport::outbound::{self, Channel, Draft, Previewed, Whom};
use rapport::server::db::Changed;
use rapport::{owner::Owner, run};
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, save, settle, standing, start, try_start, write,
};
use crate::support::TestApp;

/// Grace is in three companies, and in Army for longest.
async fn firms(app: &TestApp) -> ContactId {
    for (who, firm, plan) in [
        ("grace", "army", "free"),
        ("grace", "navy", "pro"),
        ("grace", "club", "pro"),
        ("alan", "navy", "pro"),
    ] {
        let traits = json!({"name": firm.to_uppercase(), "plan": plan});
        group(app, who, firm, traits).await;
        app.pass(1_000);
    }
    settle(app).await;
    person(app, "grace").await
}

async fn firm(app: &TestApp, name: &str) -> CompanyId {
    let sql = match name {
        "army" => "select id from companies where company_id = 'army'",
        "club" => "select id from companies where company_id = 'club'",
        _ => "select id from companies where company_id = 'navy'",
    };
    CompanyId(app.number(sql).await)
}

async fn previewed(app: &TestApp, pairs: &[(&str, &str)]) -> Previewed {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("body", "Hi {{ company }} on {{ company_attributes.plan }}")
        .extend_pairs(pairs);
    let (status, said) =
        app.form(Some(&ada(app).await), "/do/preview_message", &form.finish()).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    serde_json::from_str(&said).unwrap()
}

const BODY: &str = "Hi {{ company }} on {{ company_attributes.plan }}";

on_both! {
    async fn a_message_begun_on_a_companys_page_is_about_that_company(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let grace = firms(&app).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        let (navy, alan) = (firm(&app, "navy").await, person(&app, "alan").await);
        let token = ada(&app).await;
        // The company's page leads there with its people, and the new page says whose they are.
        let (_, page) = app.get(&token, &format!("/companies/{navy}/message?all=1&by=post")).await;
        let link = format!("/outbound/new?channel=post&amp;company={navy}&amp;people=");
        assert!(page.contains(&link), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound/new?channel=post&company={navy}&people={grace},{alan}")).await;
        for words in ["They get it as people of ", "NAVY", "variables take the data of that company", &format!("name=\"company\" value=\"{navy}\"")] {
            assert!(page.contains(words), "the page has {words} before any script");
        }
        assert!(!page.contains("Who is in several companies gets it"), "that is not asked");

        // By post and by e-mail, as the preview shows it.
        let (people, company) = (format!("{grace},{alan}"), navy.to_string());
        let shown = previewed(&app, &[("people", &people), ("company", &company)]).await;
        assert!(shown.html.contains("Hi NAVY on pro") && shown.company == "NAVY", "{shown:?}");
        let post = Draft { channel: Channel::Post, people: people.clone(), company: Some(navy), ..draft(Whom::Chosen, json!({"all": []}), BODY) };
        let id = save(&app, &post).await;
        let found = detail(&app, id).await;
        assert_eq!((found.company.map(|(id, _)| id), found.per_company, found.people), (Some(navy), None, people.clone()));
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["Hi NAVY on pro"]);
        assert_eq!(read_by(&app, "alan").await, ["Hi NAVY on pro"]);
        let said = standing(&app, Owner::Contact(grace)).await.said;
        assert!(said.starts_with("NAVY: Sent"), "{said}");
        let mail = email(Whom::Chosen, json!({"all": []}), "News of {{ company }}", BODY);
        start(&app, &Draft { people, company: Some(navy), ..mail }).await;
        let words = smtp.kept()[0].words();
        assert!(words.contains("Subject: News of NAVY") && words.contains("Hi NAVY on pro"), "{words}");

        // A copy is about the same company, and a form that comes back too.
        let mut w = write(&app).await;
        let copy = outbound::duplicate(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(detail(&app, copy).await.company.map(|(id, _)| id), Some(navy));
        let form = format!("id={copy}&version=1&body=x&channel=post&whom=chosen&people={grace}&company={navy}&act=show");
        let (status, _) = app.form(Some(&token), "/do/save_message", &form).await;
        assert!(status.is_success() || status.is_redirection());
        // Nobody else's company, and none that is not there.
        let mut w = write(&app).await;
        let nowhere = Draft { company: Some(CompanyId(7)), ..post };
        let refused = outbound::save(&mut w, None, &nowhere, "UTC").await.unwrap_err();
        assert!(matches!(&refused, Error::Invalid { field, .. } if field == "people"), "{refused}");
    }

    async fn who_left_the_company_is_left_out_and_a_merged_one_is_the_other(app: TestApp) {
        let grace = firms(&app).await;
        let (navy, club, alan) = (firm(&app, "navy").await, firm(&app, "club").await, person(&app, "alan").await);
        let of = |people: String, company| Draft { people, company: Some(company), ..draft(Whom::Chosen, json!({"all": []}), BODY) };
        let id = save(&app, &of(format!("{grace},{alan}"), navy)).await;
        let (_, said) = app.form(Some(&ada(&app).await), "/do/message_recipients", &format!("channel=chat&people={alan}&company={club}")).await;
        assert!(said.contains("they are not in the company any more"), "{said}");
        let mut w = write(&app).await;
        let sql = "update memberships set left_at = 1 where workspace_id = $1 and company_id = $2 and contact_id = $3";
        let done: Result<Changed, Error> = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(navy).bind(alan).execute(c));
        done.unwrap();
        w.commit().await.unwrap();
        let (_, said) = app.form(Some(&ada(&app).await), "/do/message_recipients", &format!("id={id}")).await;
        assert!(said.contains("they are not in the company any more"), "{said}");
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["Hi NAVY on pro"]);
        assert!(read_by(&app, "alan").await.is_empty());
        assert_eq!(detail(&app, id).await.brief.counts.excluded, 1);

        // One that is a draft when its company is merged is about the one that stays.
        let id = save(&app, &of(grace.to_string(), club)).await;
        let army = firm(&app, "army").await;
        let mut w = write(&app).await;
        rapport::companies::end::merge(&mut w, club, army).await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        assert_eq!(detail(&app, id).await.company.map(|(id, _)| id), Some(army));
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        assert_eq!(app.number("select count(*) from parts where body like 'Hi ARMY%'").await, 1);
    }

    async fn a_preview_shows_the_company_with_whose_data_it_is_sent(app: TestApp) {
        firms(&app).await;
        let rule = json!({"company": {"field": "plan", "op": "is", "value": "pro"}});
        let text = json!({"version": 1, "rule": rule}).to_string();
        // Once: the one that she has been in for longest. Once for each: the first for which the rule holds.
        for (often, words, company) in [("once", "Hi ARMY on free", ""), ("each", "Hi NAVY on pro", "NAVY")] {
            let shown = previewed(&app, &[("rule", &text), ("who", "grace"), ("per_company", often)]).await;
            assert!(shown.html.contains(words) && shown.company == company, "{often}: {shown:?}");
            let sent = Draft { per_company: Some(often == "each"), ..draft(Whom::Now, rule.clone(), BODY) };
            start(&app, &sent).await;
            let read = read_by(&app, "grace").await;
            assert!(read.iter().any(|text| text == words), "{often}: {read:?}");
        }
        assert!(!read_by(&app, "grace").await.contains(&"Hi ARMY on pro".to_owned()));
        // Of a rule, too, what the first of them read is shown one after the other.
        let shown = previewed(&app, &[("rule", &text), ("at", "1")]).await;
        let second = app.number("select max(id) from contacts where external_id in ('grace', 'alan')").await;
        assert_eq!((shown.of, shown.person.map(|(id, _)| id.0)), (Some((1, 2)), Some(second)));
    }

    async fn a_program_says_of_which_company_it_is(app: TestApp) {
        let grace = firms(&app).await;
        let navy = firm(&app, "navy").await;
        let ada = app.number("select id from teammates").await.to_string();
        let contact = rapport::contacts::public_id(grace);
        let sent = json!({"admin_id": ada, "body": BODY, "audience": "chosen", "contacts": [contact], "company_id": navy.to_string()});
        let (status, made) = app.api("POST", "/outbound", sent.clone()).await;
        assert_eq!((status, made["company_id"].as_str()), (StatusCode::OK, Some(navy.to_string().as_str())), "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        let (_, changed) = app.api("PUT", &format!("/outbound/{id}"), json!({"name": "Other"})).await;
        assert_eq!(changed["company_id"], made["company_id"], "{changed}");
        let (status, said) = app.api("POST", &format!("/outbound/{id}/start"), Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["Hi NAVY on pro"]);
        for bad in [json!("x"), json!(7), json!("7")] {
            let mut wrong = sent.clone();
            wrong["company_id"] = bad;
            let (status, said) = app.api("POST", "/outbound", wrong).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        }
        let found = detail(&app, MessageId(id.parse().unwrap())).await;
        assert_eq!(found.brief.counts.sent, 1);
    }
}
