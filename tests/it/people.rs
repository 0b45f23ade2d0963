//! The list of people, and one person's stream, page by page.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::contacts::{Profile, Standing, erase, stand};
use rapport::jobs;
use rapport::people::{Asked, Filter, People, Sort};
use rapport::server::db::Write;
use rapport::stream::Page;
use rapport::teammates::sign_in;
use rapport::ui::Cell;
use serde_json::json;
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::TestApp;

async fn ada(app: &TestApp) -> String {
    sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap()
}

/// A page of the list as the browser asks for it.
async fn list(app: &TestApp, token: &str, asked: &Asked) -> People {
    let address: String =
        url::form_urlencoded::byte_serialize(asked.address().as_bytes()).collect();
    let (status, body) = app.get(token, &format!("/do/people?address={address}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// The person whom the customer calls so.
async fn contact(app: &TestApp, external: &str) -> rapport::id::ContactId {
    let sql = format!("select id from contacts where external_id = '{external}'");
    rapport::id::ContactId(app.number(Box::leak(sql.into_boxed_str())).await)
}

/// The page that a button of another page leads back to, in a browser without scripts.
pub async fn pressed(app: &TestApp, token: &str, page: &str, path: &str, form: &str) -> String {
    let session = format!("rapport_session={token}");
    let request = Request::post(path)
        .header(header::HOST, "rapport.example")
        .header(header::ORIGIN, "https://rapport.example")
        .header(header::REFERER, format!("https://rapport.example{page}"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, &session);
    let request = request.body(Body::from(form.to_owned())).unwrap();
    let response = app.routes().oneshot(request).await.unwrap();
    let leads = response.headers()[header::LOCATION].to_str().unwrap();
    // Where nothing is said, Leptos leaves the question mark.
    assert_eq!(leads.trim_start_matches("https://rapport.example").trim_end_matches('?'), page);
    let flash =
        response.headers().get(header::SET_COOKIE).map_or("", |line| line.to_str().unwrap());
    let flash = flash.split(';').next().unwrap();
    let request = Request::get(page).header(header::COOKIE, format!("{session}; {flash}"));
    let (_, body) = app.send(request.body(Body::empty()).unwrap()).await;
    String::from_utf8(body).unwrap()
}

async fn write(app: &TestApp, sql: &'static str) {
    let mut c = app.state.db.begin().await.unwrap();
    let done: Result<rapport::server::db::Changed, _> =
        rapport::run!(c, |x| sqlx::query(sql).execute(x));
    done.unwrap();
    c.commit().await.unwrap();
}

on_both! {
    async fn the_list_pages_through_everyone_once_in_every_order(app: TestApp) {
        for n in 0..120 {
            let traits = json!({"name": format!("Person {}", n % 7), "email": format!("p{}@example.com", n % 11), "createdAt": 1_700_000_000 + n % 13});
            app.call("identify", &json!({"userId": format!("u{n}"), "traits": traits})).await;
            if n % 3 == 0 {
                app.call("page", &json!({"userId": format!("u{n}"), "timestamp": format!("2026-02-{:02}T00:00:00Z", n % 20 + 1)})).await;
            }
        }
        let token = ada(&app).await;
        for sort in [Sort::LastSeen, Sort::Name, Sort::Email, Sort::Created, Sort::SignedUp, Sort::Sessions, Sort::FirstSeen, Sort::ExternalId] {
            for reversed in [false, true] {
                let (mut asked, mut seen) = (Asked { sort, reversed, ..Asked::default() }, BTreeSet::new());
                loop {
                    let people = list(&app, &token, &asked).await;
                    assert_eq!(people.total, 120);
                    for row in people.rows {
                        assert!(seen.insert(row.id), "{} came twice by {sort:?}", row.id);
                    }
                    asked.after = people.next;
                    if asked.after.is_none() {
                        break;
                    }
                }
                assert_eq!(seen.len(), 120, "{sort:?} {reversed}");
            }
        }
        let names = list(&app, &token, &Asked { sort: Sort::Name, ..Asked::default() }).await;
        assert_eq!(names.rows[0].title, "Person 0");
        let ids = list(&app, &token, &Asked { sort: Sort::ExternalId, reversed: true, ..Asked::default() }).await;
        assert_eq!(ids.rows.iter().take(2).map(|r| r.id).collect::<Vec<_>>(), [contact(&app, "u99").await, contact(&app, "u98").await]);
        app.call("page", &json!({"userId": "u5", "timestamp": "2025-02-01T00:00:00Z"})).await;
        app.call("page", &json!({"userId": "u5", "timestamp": "2025-02-02T00:00:00Z"})).await;
        let most = list(&app, &token, &Asked { sort: Sort::Sessions, ..Asked::default() }).await;
        assert_eq!(most.rows[0].id, contact(&app, "u5").await);
        let latest = list(&app, &token, &Asked::default()).await;
        assert!(matches!(&latest.rows[0].cells[0], Cell::Time(Some(at)) if at.exact.starts_with("20 February")), "{:?}", latest.rows[0]);
    }

    async fn people_are_found_by_the_name_of_their_company(app: TestApp) {
        let firms = [("a", "Acme"), ("b", "Acme Ltd"), ("c", "Österreich Werke"), ("d", "100%")];
        for (n, (id, name)) in firms.into_iter().enumerate() {
            for k in 0..=n {
                app.call("group", &json!({"userId": format!("u{n}-{k}"), "groupId": id, "traits": {"name": name}})).await;
            }
        }
        // One person in both that begin alike is counted once.
        app.call("group", &json!({"userId": "u0-0", "groupId": "b"})).await;
        let token = ada(&app).await;
        for (firm, total) in [("Acme", 1), ("acme l", 3), ("ac", 3), ("öster", 3), ("100%", 4), ("%", 0), ("werke", 0), ("", 10)] {
            let asked = Asked { filter: Filter { firm: firm.into(), ..Filter::default() }, ..Asked::default() };
            let people = list(&app, &token, &asked).await;
            assert_eq!((people.total, people.rows.len() as i64), (total, total), "{firm}");
        }
        // One without a name is called by the customer's id of it.
        for (user, id) in [("v0", "Quux-1"), ("v1", "quux-10")] {
            app.call("group", &json!({"userId": user, "groupId": id})).await;
        }
        app.call("group", &json!({"userId": "v2", "groupId": "zz", "traits": {"name": "Quux Named"}})).await;
        for (firm, total) in [("quux", 3), ("QUUX-1", 1), ("quux n", 1), ("a", 3)] {
            let asked = Asked { filter: Filter { firm: firm.into(), ..Filter::default() }, ..Asked::default() };
            assert_eq!(list(&app, &token, &asked).await.total, total, "{firm}");
        }
        let (_, body) = app.get(&token, "/do/people_firms?begin=QU").await;
        assert_eq!(body, r#"["Quux Named","Quux-1","quux-10"]"#);
        let (_, html) = app.get(&token, "/people").await;
        assert!(html.contains("<option value=\"Quux-1\">"), "the largest are suggested");
        let (_, html) = app.get(&token, "/companies?find=quux").await;
        assert!(html.contains("Quux-1") && html.contains("3 companies"), "{html}");
        let both = Asked { filter: Filter { firm: "ac".into(), find: "u0".into(), ..Filter::default() }, ..Asked::default() };
        assert_eq!(list(&app, &token, &both).await.total, 1);
        let (_, body) = app.get(&token, "/do/people_firms?begin=ACM").await;
        assert_eq!(body, r#"["Acme","Acme Ltd"]"#);
        // A plain form asks the same.
        let (_, html) = app.get(&token, "/people?find=&tag=&firm=Acme&country=").await;
        assert!(html.contains("1 person") && html.contains("value=\"Acme\""));
        assert!(html.contains("<option value=\"100%\">"), "the largest are suggested");
    }

    async fn people_are_found_by_city_and_region_within_a_country(app: TestApp) {
        for (user, ip) in [("london", "81.2.69.142"), ("linkoping", "89.160.20.112"), ("nowhere", "127.0.0.1")] {
            app.call("page", &json!({"userId": user, "context": {"ip": ip}})).await;
        }
        let token = ada(&app).await;
        for (address, total) in [
            ("/people?country=GB", 1),
            ("/people?country=gb&place=lond", 1),
            ("/people?country=GB&place=ENGLAND", 1),
            ("/people?country=GB&place=paris", 0),
            ("/people?country=GB&place=%25", 0),
            ("/people?country=SE&place=link%C3%B6", 1),
            ("/people?country=SE&place=lond", 0),
            // Of no country it is no question.
            ("/people?place=lond", 3),
        ] {
            let encoded: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
            let (_, body) = app.get(&token, &format!("/do/people?address={encoded}")).await;
            let people: People = serde_json::from_str(&body).unwrap();
            assert_eq!((people.total, people.rows.len() as i64), (total, total), "{address}");
        }
        let (_, body) = app.get(&token, "/do/people_places?country=GB").await;
        assert_eq!(body, r#"["England","London"]"#);
        let (_, html) = app.get(&token, "/people?country=GB&place=Lond").await;
        assert!(html.contains("<option value=\"London\">") && html.contains("value=\"Lond\""));
    }

    async fn people_are_found_by_how_any_word_begins_in_any_script(app: TestApp) {
        for (id, name, email, phone) in [("a-1", "Émile Zola", "zola@example.com", "+33 1 23 45"), ("b-1", "ÉMILIE du Châtelet", "em@example.com", ""), ("c%_1", "Ann", "ann@navy.mil", ""), ("d", "李明", "li@example.com", "")] {
            app.call("identify", &json!({"userId": id, "traits": {"name": name, "email": email, "phone": phone}})).await;
        }
        let token = ada(&app).await;
        for (find, total) in [("émil", 2), ("ZOLA", 1), ("c%_", 1), ("b-1", 1), ("mile", 0), ("%", 0), ("", 4), ("châ ém", 1), ("navy", 1), ("李", 1), ("331", 1), ("zola émile", 1), ("zola ann", 0)] {
            let asked = Asked { filter: Filter { find: find.into(), ..Filter::default() }, ..Asked::default() };
            let people = list(&app, &token, &asked).await;
            assert_eq!((people.total, people.rows.len() as i64), (total, total), "{find}");
        }
        app.call("identify", &json!({"userId": "a-1", "traits": {"name": "Someone else"}})).await;
        let asked = |find: &str| Asked { filter: Filter { find: find.into(), ..Filter::default() }, ..Asked::default() };
        assert_eq!(list(&app, &token, &asked("émile")).await.total, 0, "the old name finds nobody");
        assert_eq!(list(&app, &token, &asked("else")).await.total, 1);
    }

    async fn many_are_found_in_the_order_of_the_list_and_counted_right(app: TestApp) {
        for hundred in 0..13 {
            let one = |n: i64| {
                // Two words of one person begin alike; those of every tenth do not.
                let name = if n % 10 == 0 { format!("Berta {n}") } else { format!("Anna Annandale {n}") };
                json!({"type": "identify", "userId": format!("u{n}"), "traits": {"name": name}})
            };
            let batch: Vec<_> = (hundred * 100..hundred * 100 + 100).map(one).collect();
            app.call("batch", &json!({"batch": batch})).await;
        }
        let token = ada(&app).await;
        write(&app, "insert into tags (workspace_id, id, name, name_key, created_at, created_by) select id, 77, 'vip', 'vip', 0, 0 from workspaces").await;
        write(&app, "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
                     select workspace_id, 'contact', id, 77, 0, 0 from contacts where id % 100 <> 7").await;
        write(&app, "update contacts set archived_at = 1 where name = 'Anna Annandale 3' or name = 'Berta 20'").await;
        let tag = Some(rapport::id::TagId(77));
        for (find, tag, total) in [("ann", None, 1_169), ("berta", None, 129), ("ann", tag, 0), ("", tag, 0), ("anna 1", tag, 0), ("u12", None, 111), ("nobody", None, 0)] {
            for sort in [Sort::LastSeen, Sort::Name, Sort::Created] {
                let filter = Filter { find: find.into(), tag, ..Filter::default() };
                let (mut asked, mut seen) = (Asked { filter: filter.clone(), sort, ..Asked::default() }, BTreeSet::new());
                loop {
                    let people = list(&app, &token, &asked).await;
                    assert!(people.rows.iter().all(|row| seen.insert(row.id)), "{asked:?}");
                    asked.after = people.next;
                    if asked.after.is_none() {
                        assert_eq!(people.total, seen.len() as i64, "{filter:?} {sort:?}");
                        break;
                    }
                }
                assert!(tag.is_some() || seen.len() == total, "{filter:?}: {}", seen.len());
            }
        }
        let gone = Filter { find: "ann".into(), archived: true, ..Filter::default() };
        assert_eq!(list(&app, &token, &Asked { filter: gone, ..Asked::default() }).await.total, 1);
    }

    async fn those_who_are_found_or_ticked_come_as_a_file_that_an_import_reads(app: TestApp) {
        let calls: Vec<_> = (0..1_203)
            .map(|n| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"name": format!("Person {n}"), "plan": if n % 2 == 0 { "pro" } else { "free" }}}))
            .collect();
        for batch in calls.chunks(500) {
            assert_eq!(app.call("batch", &json!({ "batch": batch })).await.0, StatusCode::OK);
        }
        app.call("page", &json!({"anonymousId": "nobody knows"})).await;
        let token = ada(&app).await;
        let lines = async |query: &str| {
            let (status, body) = app.get(&token, &format!("/people/export.csv{query}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            body.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let all = lines("").await;
        assert_eq!(all.len(), 1_204, "over pages, without whom nothing names");
        assert!(all[0].starts_with("user_id,name,") && all[0].ends_with(",plan"), "{}", all[0]);
        assert!(all[1].starts_with("u0,Person 0,") && all[1].ends_with(",pro"), "{}", all[1]);
        assert_eq!(lines("?find=u12").await.len(), 15, "u12, u120 to u129 and u1200 to u1202, and the heading");
        let (one, two) = (contact(&app, "u7").await, contact(&app, "u9").await);
        let ticked = lines(&format!("?only={one},{two}")).await;
        assert_eq!(ticked.iter().skip(1).map(|l| l.split(',').next().unwrap()).collect::<Vec<_>>(), ["u7", "u9"]);
        let asked = Asked { filter: Filter { only: vec![one], ..Filter::default() }, ..Asked::default() };
        assert_eq!(list(&app, &token, &asked).await.total, 1);
        let (_, html) = app.get(&token, "/people?find=u12").await;
        assert!(html.contains("href=\"/people/export.csv?find=u12\"") && html.contains("Export all 14 as CSV"), "{html}");
        let (status, _) = app.get(&token, "/people/export.csv?rule=%7Bnonsense").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn custom_columns_show_values_as_profiles_do(app: TestApp) {
        let traits = json!({"mrr": 1204.5, "currency": "EUR", "seats": 3, "beta": true, "trial_ends_at": "2026-03-05T12:00:00Z"});
        app.call("identify", &json!({"userId": "u1", "traits": traits})).await;
        let company = json!({"monthlySpend": 49, "currency": "JPY", "arr": 500});
        app.call("group", &json!({"userId": "u1", "groupId": "acme", "traits": company})).await;
        let token = ada(&app).await;
        let chosen = "of=contact&columns[0]=a:mrr&columns[1]=a:seats&columns[2]=a:beta&columns[3]=a:trial_ends_at&columns[4]=a:currency";
        app.form(Some(&token), "/do/choose_columns", chosen).await;
        let row = list(&app, &token, &Asked::default()).await.rows.remove(0);
        let text = |text: &str| Cell::Text(text.into());
        let [mrr, seats, beta, trial, currency] = &row.cells[..] else { panic!("{row:?}") };
        assert_eq!([mrr, seats, beta, currency], [&text("1,204.50 EUR"), &text("3"), &text("Yes"), &text("EUR")]);
        assert!(matches!(trial, Cell::Time(Some(at)) if at.exact.starts_with("5 March 2026")), "{trial:?}");
        app.form(Some(&token), "/do/choose_columns", "of=company&columns[0]=spend&columns[1]=a:arr").await;
        let (_, html) = app.get(&token, "/companies").await;
        assert!(html.contains("49 JPY") && html.contains("500 JPY"), "{html}");
        // The history of a value, and what the stream says, have the currency of their time.
        app.call("identify", &json!({"userId": "u1", "traits": {"mrr": 2000, "currency": "USD"}})).await;
        app.call("identify", &json!({"userId": "u1", "traits": {"mrr": 3000}})).await;
        let id = contact(&app, "u1").await;
        let (_, body) = app.get(&token, &format!("/do/attribute_history?owner=contact-{id}&name=mrr")).await;
        let past: Vec<rapport::attributes::Past> = serde_json::from_str(&body).unwrap();
        let past: Vec<_> = past.into_iter().filter_map(|p| p.value).collect();
        assert_eq!(past, ["3,000.00 USD", "2,000.00 USD", "1,204.50 EUR"]);
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{id}&facet=change&limit=10")).await;
        for said in ["1,204.50 EUR → 2,000.00 USD", "2,000.00 USD → 3,000.00 USD"] {
            assert!(stream.contains(said), "{said}: {stream}");
        }
        let company = app.number("select id from companies").await;
        app.call("group", &json!({"userId": "u1", "groupId": "acme", "traits": {"monthlySpend": 60}})).await;
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{company}&facet=change&limit=10")).await;
        assert!(stream.contains("49 JPY → 60 JPY"), "{stream}");
    }

    async fn filters_and_columns_say_what_they_are_asked(app: TestApp) {
        for n in 0..6 {
            let user = format!("u{n}");
            app.call("identify", &json!({"userId": user, "traits": {"plan": if n % 2 == 0 { "pro" } else { "free" }}})).await;
            app.call("group", &json!({"userId": user, "groupId": if n < 2 { "acme" } else { "initech" }})).await;
        }
        let token = ada(&app).await;
        let first = app.number("select min(id) from contacts").await;
        app.form(Some(&token), "/do/add_tag", &format!("owner=contact-{first}&name=vip")).await;
        let tag = rapport::id::TagId(app.number("select id from tags").await);
        let company = rapport::id::CompanyId(app.number("select id from companies where company_key = 'acme'").await);
        let of = |filter: Filter| Asked { filter, ..Asked::default() };
        assert_eq!(list(&app, &token, &of(Filter { tag: Some(tag), ..Filter::default() })).await.total, 1);
        assert_eq!(list(&app, &token, &of(Filter { company: Some(company), ..Filter::default() })).await.total, 2);
        assert_eq!(list(&app, &token, &of(Filter { company: Some(company), tag: Some(tag), find: "u0".into(), ..Filter::default() })).await.total, 1);
        assert_eq!(list(&app, &token, &of(Filter { country: "CH".into(), ..Filter::default() })).await.total, 0);
        assert_eq!(list(&app, &token, &of(Filter { archived: true, ..Filter::default() })).await.total, 0);

        let (status, _) = app.form(Some(&token), "/do/choose_columns", "of=contact&columns[0]=a:plan&columns[1]=tags&columns[2]=nonsense").await;
        assert_eq!(status, StatusCode::OK);
        let people = list(&app, &token, &of(Filter { tag: Some(tag), ..Filter::default() })).await;
        let keys: Vec<_> = people.columns.iter().map(|c| c.key.as_str()).collect();
        assert_eq!(keys, ["a:plan", "tags"]);
        assert_eq!(people.rows[0].cells, [Cell::Text("pro".into()), Cell::Links(vec![("vip".into(), format!("/people?tag={tag}"))])]);
        app.form(Some(&token), "/do/choose_columns", "of=contact").await;
        assert_eq!(list(&app, &token, &Asked::default()).await.columns.len(), 4, "choosing nothing is choosing the start");
    }

    async fn each_heading_sorts_or_says_that_it_cannot(app: TestApp) {
        app.call("identify", &json!({"userId": "u1", "traits": {"plan": "pro"}})).await;
        let token = ada(&app).await;
        app.form(Some(&token), "/do/choose_columns", "of=contact&columns[0]=companies&columns[1]=tags&columns[2]=sessions&columns[3]=a:plan").await;
        let (status, page) = app.get(&token, "/people").await;
        assert_eq!(status, StatusCode::OK);
        let head = page.split_once("<thead").unwrap().1.split_once("</thead>").unwrap().0;
        let headings: Vec<_> = head.split("<th ").skip(2).collect();
        assert_eq!(headings.len(), 5, "{head}");
        for (heading, (name, sorts)) in headings.into_iter().zip([("Person", true), ("Companies", false), ("Tags", false), ("Sessions", true), ("plan", false)]) {
            assert!(heading.contains(name), "{name}: {heading}");
            assert_eq!(heading.contains("href="), sorts, "{heading}");
            assert_eq!(heading.contains("cannot be sorted by this column"), !sorts, "{heading}");
        }
        assert!(page.contains("It cannot be sorted by the others."), "who chooses columns is told too");
    }

    async fn all_matching_are_tagged_by_a_job_and_it_can_be_undone(app: TestApp) {
        for n in 0..1_203 {
            let batch = json!({"type": "identify", "userId": format!("u{n}"), "traits": {"name": if n < 1_100 { "Ann" } else { "Bob" }}});
            if n % 400 == 0 {
                let many: Vec<_> = (n..(n + 400).min(1_203)).map(|n| {
                    let mut call = batch.clone();
                    call["userId"] = format!("u{n}").into();
                    call["traits"]["name"] = if n < 1_100 { "Ann" } else { "Bob" }.into();
                    call
                }).collect();
                app.call("batch", &json!({"batch": many})).await;
            }
        }
        let token = ada(&app).await;
        let first = app.number("select min(id) from contacts").await;
        app.form(Some(&token), "/do/add_tag", &format!("owner=contact-{first}&name=vip")).await;
        let (status, body) = app.form(Some(&token), "/do/tag_selected", "of=contact&all=1&address=/people?find%3Dann&name=VIP&change=add").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 1_100);
        let (_, body) = app.get(&token, "/do/jobs").await;
        assert!(body.contains("\"changed\":1099") && body.contains("\"done\":1100"), "{body}");
        assert!(body.contains("\"can_undo\":true"), "{body}");
        assert_eq!(app.number("select count(*) from jobs where state = 'done' and input not like '%Ann%'").await, 1);

        let job = app.number("select id from jobs").await;
        let (status, _) = app.form(Some(&token), "/do/undo_job", &format!("job={job}")).await;
        assert_eq!(status, StatusCode::OK);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 1, "who had the tag before keeps it");
        assert_eq!(app.number("select owner_id from taggings").await, first);
        let (_, body) = app.get(&token, "/do/jobs").await;
        assert!(!body.contains("\"can_undo\":true"), "it is undone once: {body}");

        // How it ended waits for who began it, and for nobody else; once seen it is gone, and nobody takes it from another.
        let said = async |token: &str| {
            let (_, body) = app.get(token, "/do/jobs").await;
            serde_json::from_str::<(i64, Vec<jobs::Job>)>(&body).unwrap().1.into_iter().map(|job| job.id.0).collect::<Vec<_>>()
        };
        let eve = crate::support::new_workspace("eve@example.com");
        rapport::workspace::create(&app.state.db, eve, crate::support::NOON).await.unwrap();
        let other = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let undoing = app.number("select max(id) from jobs").await;
        app.pass(50 * 60_000);
        assert_eq!(said(&token).await, [undoing, job]);
        let both = format!("jobs[0]={job}&jobs[1]={undoing}");
        app.form(Some(&other), "/do/see_jobs", &both).await;
        let (status, _) = app.form(Some(&other), "/do/close_job", &format!("job={job}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!((said(&token).await.len(), said(&other).await.len()), (2, 0));
        app.form(Some(&token), "/do/see_jobs", &both).await;
        assert!(said(&token).await.is_empty());
        // A page on which it stood while another showed how it ended says so too, unless it is closed by then.
        let watched = format!("/do/jobs?watched[0]={job}&watched[1]={undoing}");
        let count = async |token: &str| app.get(token, &watched).await.1.matches("\"title\"").count();
        assert_eq!((count(&token).await, count(&other).await), (2, 0));
        app.form(Some(&token), "/do/close_job", &format!("job={job}")).await;
        assert_eq!(count(&token).await, 1);

        // What can be undone stays for five minutes after that, or until it is closed; what runs is not closed.
        app.form(Some(&token), "/do/tag_selected", "of=contact&all=1&address=/people&name=again&change=add").await;
        let job = app.number("select max(id) from jobs").await;
        let (status, _) = app.form(Some(&token), "/do/close_job", &format!("job={job}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        jobs::run_due(&app.state).await.unwrap();
        app.form(Some(&token), "/do/see_jobs", &format!("jobs[0]={job}")).await;
        assert_eq!(said(&token).await, [job]);
        app.pass(5 * 60_000);
        assert!(said(&token).await.is_empty());
        app.form(Some(&token), "/do/tag_selected", "of=contact&all=1&address=/people&name=again&change=remove").await;
        jobs::run_due(&app.state).await.unwrap();
        let job = app.number("select max(id) from jobs").await;
        assert_eq!(said(&token).await, [job]);
        let (status, _) = app.form(Some(&token), "/do/close_job", &format!("job={job}")).await;
        assert!(status.is_success() || status.is_redirection());
        assert!(said(&token).await.is_empty());
        assert_eq!(app.number("select count(*) from jobs where state = 'done'").await, 4, "what happened is kept");
        assert_eq!(app.number("select max(seq) - count(*) from activity").await, 0);
    }

    async fn a_button_pressed_in_vain_without_scripts_says_how_the_job_ended_and_undoes_once(app: TestApp) {
        app.call("identify", &json!({"userId": "u1"})).await;
        let token = ada(&app).await;
        let contact = contact(&app, "u1").await;
        app.form(Some(&token), "/do/tag_selected", &format!("of=contact&selected[0]={contact}&address=/people&name=x&change=add")).await;
        jobs::run_due(&app.state).await.unwrap();
        let tagging = app.number("select id from jobs").await;
        app.form(Some(&token), "/do/undo_job", &format!("job={tagging}")).await;
        let undoing = app.number("select max(id) from jobs").await;
        let (_, page) = app.get(&token, "/people").await;
        assert!(page.contains("Undoing: waiting"), "{page}");
        jobs::run_due(&app.state).await.unwrap();
        // Another tab of hers shows the end of both; this one's buttons are as they were.
        app.form(Some(&token), "/do/see_jobs", &format!("jobs[0]={tagging}&jobs[1]={undoing}")).await;
        let ended = "Undoing: done, 1 person changed";
        for page in ["/people", "/companies"] {
            let said = pressed(&app, &token, page, "/do/cancel_job", &format!("job={undoing}")).await;
            assert!(said.contains(ended), "{page}: {said}");
        }
        let (_, page) = app.get(&token, "/people").await;
        assert!(!page.contains("Undoing"), "it is said once");
        // Given by hand since, it is not taken away by a second press.
        app.form(Some(&token), "/do/add_tag", &format!("owner=contact-{contact}&name=x")).await;
        let said = pressed(&app, &token, "/people", "/do/undo_job", &format!("job={tagging}")).await;
        assert!(said.contains(ended) && said.contains("Adding “x”: done, 1 person changed"), "{said}");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 1);
        assert_eq!(app.number("select count(*) from jobs where kind = 'undo'").await, 1);
        // What was closed is not told of again.
        let said = pressed(&app, &token, "/people", "/do/close_job", &format!("job={undoing}")).await;
        assert!(!said.contains("Undoing"), "{said}");
        let said = pressed(&app, &token, "/people", "/do/cancel_job", &format!("job={undoing}")).await;
        assert!(!said.contains("Undoing"), "{said}");
    }

    async fn a_job_that_lost_its_runner_goes_on_where_it_was_and_a_cancelled_one_does_not(app: TestApp) {
        let many: Vec<_> = (0..500).map(|n| json!({"type": "identify", "userId": format!("u{n}")})).collect();
        app.call("batch", &json!({"batch": many})).await;
        let token = ada(&app).await;
        app.form(Some(&token), "/do/tag_selected", "of=contact&all=1&address=/people&name=x&change=add").await;
        let job = app.number("select id from jobs").await;
        // A process took it, did nothing and died: nobody may touch it before its lease is over.
        write(&app, "update jobs set state = 'running', lease_until = 1772366460000").await;
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 0);
        app.pass(61_000);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 500);

        app.form(Some(&token), "/do/tag_selected", "of=contact&all=1&address=/people&name=y&change=add").await;
        let other = app.number("select max(id) from jobs").await;
        let (status, _) = app.form(Some(&token), "/do/cancel_job", &format!("job={other}")).await;
        assert_eq!(status, StatusCode::OK);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 500);
        let (status, _) = app.form(Some(&token), "/do/cancel_job", &format!("job={job}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "what is done cannot be cancelled");
    }

    async fn nobody_and_bad_names_begin_no_job_and_an_outsider_reaches_none(app: TestApp) {
        app.call("identify", &json!({"userId": "u"})).await;
        let token = ada(&app).await;
        let contact = app.number("select id from contacts").await;
        for form in ["of=contact&address=/people&name=x&change=add".to_owned(), format!("of=contact&selected[0]={contact}&address=/people&name=+&change=add"), format!("of=contact&selected[0]={contact}&address=/people&name=x&change=dance")] {
            let (status, body) = app.form(Some(&token), "/do/tag_selected", &form).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{form}: {body}");
        }
        assert_eq!(app.number("select count(*) from jobs").await, 0);
        rapport::workspace::create(&app.state.db, crate::support::new_workspace("eve@example.com"), crate::support::NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        app.form(Some(&eve), "/do/tag_selected", &format!("of=contact&selected[0]={contact}&address=/people&name=x&change=add")).await;
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 0, "numbers of another workspace mean nobody");
        app.form(Some(&token), "/do/tag_selected", &format!("of=contact&selected[0]={contact}&address=/people&name=x&change=add")).await;
        jobs::run_due(&app.state).await.unwrap();
        let job = app.number("select max(id) from jobs").await;
        for path in ["/do/undo_job", "/do/cancel_job"] {
            let (status, _) = app.form(Some(&eve), path, &format!("job={job}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
        }
    }

    async fn the_kept_count_is_the_counted_one(app: TestApp) {
        for n in 0..5 {
            app.call("page", &json!({"anonymousId": format!("a{n}")})).await;
        }
        app.call("identify", &json!({"userId": "u", "anonymousId": "a0"})).await;
        let workspace = rapport::id::WorkspaceId(app.number("select id from workspaces").await);
        let all = "select count(*) from contacts where merged_into = 0 and archived_at = 0";
        let person = |n: i64| format!("select id from contacts where merged_into = 0 order by id limit 1 offset {n}");
        for (n, standing) in [(0, Some(Standing::Archived)), (1, Some(Standing::Archived)), (1, Some(Standing::Unarchived)), (2, None), (0, None)] {
            let sql: &'static str = Box::leak(person(n).into_boxed_str());
            let id = rapport::id::ContactId(app.number(sql).await);
            let mut w = Write::begin(&app.state, workspace, rapport::id::TeammateId(0)).await.unwrap();
            match standing {
                Some(standing) => stand(&mut w, id, standing).await.unwrap(),
                None => erase(&mut w, id).await.unwrap(),
            }
            w.commit().await.unwrap();
            assert_eq!(app.number("select people from workspace_seq").await, app.number(all).await);
        }
    }

    async fn a_stream_pages_in_the_senders_order_and_folds_equal_events(app: TestApp) {
        for day in 1..=20 {
            let at = format!("2025-01-{day:02}T10:00:00Z");
            for _ in 0..3 {
                app.call("track", &json!({"userId": "u", "event": "Ordered", "timestamp": at})).await;
            }
        }
        let (token, contact) = (ada(&app).await, app.number("select id from contacts").await);
        let (mut before, mut lines, mut last) = (String::new(), 0, i64::MAX);
        loop {
            let (_, body) = app.get(&token, &format!("/do/stream?owner=contact-{contact}&facet=event&limit=7{before}")).await;
            let page: Page = serde_json::from_str(&body).unwrap();
            for line in page.days.iter().flat_map(|d| &d.folds).flat_map(|f| std::iter::once(&f.newest).chain(&f.rest)) {
                assert!(line.at.at.0 <= last);
                last = line.at.at.0;
                lines += 1;
            }
            let Some(older) = page.older else { break };
            before = format!("&place%5Bbefore%5D={older}");
        }
        assert_eq!(lines, 60);
        let (_, body) = app.get(&token, &format!("/do/stream?owner=contact-{contact}&facet=event&limit=500")).await;
        let page: Page = serde_json::from_str(&body).unwrap();
        assert_eq!(page.days.len(), 20);
        assert!(page.days.iter().all(|d| d.folds.len() == 1 && d.folds[0].rest.len() == 2));
        assert_eq!(page.days[0].title, "Monday 20 January 2025");
    }

    async fn a_profile_counts_events_and_shows_data(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace", "plan": "pro"}})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered", "timestamp": "2025-01-01T10:00:00Z"})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered", "timestamp": "2024-01-01T10:00:00Z"})).await;
        let (token, contact) = (ada(&app).await, app.number("select id from contacts").await);
        let (_, body) = app.get(&token, &format!("/do/profile?id={contact}")).await;
        let profile: Profile = serde_json::from_str(&body).unwrap();
        assert_eq!(profile.events[0].count, 2);
        assert_eq!(profile.events[0].first.exact, "1 January 2024, 10:00 UTC");
        assert_eq!((profile.data[0].value.name.as_str(), profile.data[0].value.text.as_str()), ("plan", "pro"));
        assert_eq!(app.number("select count(*) from event_days").await, 2);
        let (_, html) = app.get(&token, &format!("/contacts/{contact}")).await;
        for text in ["Grace", "Ordered", "plan", "pro"] {
            assert!(html.contains(text), "the page has {text} before any script");
        }
        assert!(!html.contains(" style="), "the policy forbids style attributes");
    }

    async fn bad_cursors_are_refused(app: TestApp) {
        app.call("identify", &json!({"userId": "u"})).await;
        let (token, contact) = (ada(&app).await, app.number("select id from contacts").await);
        for path in [
            "/do/people?address=/people?after%3Dx".to_owned(),
            "/do/people?address=/people?after%3DWzEsMl0%26sort%3Dname".to_owned(),
            format!("/do/stream?owner=contact-{contact}&limit=5&place%5Bbefore%5D=99"),
            format!("/do/stream?owner=contact-{contact}&limit=x"),
            "/do/profile?id=x".to_owned(),
        ] {
            let (status, body) = app.get(&token, &path).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {body}");
        }
    }
}
