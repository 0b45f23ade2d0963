//! Companies as teammates see them: how they stand, who is in them, and what is said of them all.

use axum::http::StatusCode;
use rapport::companies::list::Companies;
use rapport::companies::{self, Health, Members, Profile, Thresholds};
use rapport::error::Error;
use rapport::id::{CompanyId, ContactId, SegmentId, TeammateId, WorkspaceId};
use rapport::live::Topic;
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp};

const DAY: i64 = 86_400_000;

pub async fn ada(app: &TestApp) -> String {
    sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap()
}

async fn workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces order by id limit 1").await)
}

async fn write(app: &TestApp) -> Write<'_> {
    Write::begin(&app.state, workspace(app).await, TeammateId(0)).await.unwrap()
}

pub async fn group(app: &TestApp, user: &str, company: &str, traits: serde_json::Value) {
    let (status, _) =
        app.call("group", &json!({"userId": user, "groupId": company, "traits": traits})).await;
    assert_eq!(status, StatusCode::OK);
}

pub async fn visit(app: &TestApp, user: &str) {
    assert_eq!(app.call("page", &json!({"userId": user})).await.0, StatusCode::OK);
}

pub async fn profile(app: &TestApp, token: &str, id: i64) -> Profile {
    let (status, body) = app.get(token, &format!("/do/company?id={id}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Of how many people, and of how many merged companies, earlier history is still on its way.
pub async fn arriving(app: &TestApp, token: &str, id: i64) -> (i64, i64) {
    let arriving = profile(app, token, id).await.arriving;
    (arriving.people, arriving.companies)
}

/// Whether the page of a company's stream says that more is to come.
pub async fn says_more_comes(app: &TestApp, token: &str, id: i64) -> bool {
    let (status, page) = app.get(token, &format!("/companies/{id}?view=stream")).await;
    assert_eq!(status, StatusCode::OK);
    page.contains("is still coming in")
}

async fn list(app: &TestApp, token: &str, query: &str) -> Companies {
    let address = query.replace('&', "%26").replace('=', "%3D").replace(' ', "%20");
    let (status, body) =
        app.get(token, &format!("/do/companies?address=/companies%3F{address}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn titles(companies: &Companies) -> Vec<&str> {
    companies.rows.iter().map(|r| r.title.as_str()).collect()
}

/// Health, counts, sessions by day, and who was last seen when, of every company, computed from scratch.
pub async fn check(app: &TestApp) {
    type Kept = (i64, String, i64, i64, i64, i64, i64);
    let kept = "select c.id, c.health, c.session_count, c.user_count, c.last_seen_at, coalesce(c.remote_created_at, c.created_at), \
                coalesce((select cast(sum(sessions) as bigint) from company_days d where d.workspace_id = c.workspace_id and d.company_id = c.id), 0) \
                from companies c where c.merged_into = 0 order by c.id";
    let counted = "select (select count(*) from memberships m join sessions s on s.workspace_id = m.workspace_id and s.contact_id = m.contact_id \
                   and s.started_at >= m.joined_at and (m.left_at = 0 or s.started_at < m.left_at) where m.company_id = $1), \
                   (select count(*) from memberships m where m.company_id = $1 and m.left_at = 0), \
                   coalesce((select max(p.last_seen_at) from memberships m join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id \
                   where m.company_id = $1 and m.left_at = 0), 0)";
    let wrong = "select count(*) from companies c where c.merged_into = 0 and c.last_seen_contact_id <> 0 and not exists \
                 (select 1 from memberships m join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id \
                 where m.company_id = c.id and m.left_at = 0 and p.id = c.last_seen_contact_id and p.last_seen_at = c.last_seen_at)";
    assert_eq!(app.number(wrong).await, 0, "who was seen last is one of those who were seen then");
    let nobody =
        "select count(*) from companies where (last_seen_at = 0) <> (last_seen_contact_id = 0)";
    assert_eq!(app.number(nobody).await, 0, "whoever was seen has a name");
    let by_day = "select day, sessions from company_days where company_id = $1 and sessions <> 0 order by day";
    let each_day = "select s.started_at / 86400000, count(*) from memberships m join sessions s on s.workspace_id = m.workspace_id \
                    and s.contact_id = m.contact_id and s.started_at >= m.joined_at and (m.left_at = 0 or s.started_at < m.left_at) \
                    where m.company_id = $1 group by s.started_at / 86400000 order by 1";
    let mut c = app.state.db.read().await.unwrap();
    let days = companies::thresholds(&mut c, workspace(app).await).await.unwrap();
    let rows: Result<Vec<Kept>, _> =
        rapport::run!(c, |x| sqlx::query_as::<_, Kept>(kept).fetch_all(x));
    for (id, health, sessions, users, seen, since, in_days) in rows.unwrap() {
        let found: Result<(i64, i64, i64), _> = rapport::run!(c, |x| {
            sqlx::query_as::<_, (i64, i64, i64)>(counted).bind(id).fetch_one(x)
        });
        assert_eq!((sessions, users, seen), found.unwrap(), "company {id}");
        assert_eq!(in_days, sessions, "days of company {id}");
        let mut read = async |sql: &'static str| -> Vec<(i64, i64)> {
            let found: Result<Vec<(i64, i64)>, _> = rapport::run!(c, |x| {
                sqlx::query_as::<_, (i64, i64)>(sql).bind(id).fetch_all(x)
            });
            found.unwrap()
        };
        assert_eq!(read(by_day).await, read(each_day).await, "days of company {id}");
        let time = rapport::time::Time;
        let verdict = Health::of(time(since), time(seen), &days, app.state.clock.now());
        assert_eq!(health, verdict.health.word(), "health of company {id}");
    }
}

enum End {
    Merge(CompanyId, CompanyId),
    Delete(CompanyId),
}

/// Merges or deletes, and again where the database let another go first; what is not possible any more is not done.
async fn end(app: &TestApp, end: End) {
    for _ in 0..5 {
        let mut w = write(app).await;
        let done = match end {
            End::Merge(from, into) => companies::end::merge(&mut w, from, into).await.map(|_| ()),
            End::Delete(company) => companies::end::delete(&mut w, company).await,
        };
        match done {
            Ok(()) => {
                if w.commit().await.is_ok() {
                    return;
                }
            }
            Err(Error::Internal) => {}
            Err(Error::NotFound | Error::Conflict(_) | Error::Invalid { .. }) => return,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("it never came to its end");
}

async fn attach(app: &TestApp, user: &str, company: CompanyId) {
    for _ in 0..5 {
        let mut w = write(app).await;
        let Ok(who) = companies::known_as(&mut w.conn, w.workspace, user).await else { return };
        let now = w.now;
        match companies::join(&mut w, who, company, now).await {
            Ok(()) if w.commit().await.is_ok() => return,
            Err(Error::NotFound) => return,
            _ => {}
        }
    }
    panic!("it never came to its end");
}

on_both! {
    async fn health_follows_visits_and_time_and_says_why(app: TestApp) {
        let mut token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy", "createdAt": "2024-01-01T00:00:00Z"})).await;
        let id = app.number("select id from companies").await;
        let p = profile(&app, &token, id).await;
        assert_eq!(p.health, Some(Health::NeverSeen));
        assert_eq!(p.customer.as_deref(), Some("Customer for 2 years 2 months, since 1 January 2024"));
        app.pass(1_000);
        visit(&app, "grace").await;
        let p = profile(&app, &token, id).await;
        assert_eq!((p.health, p.why.as_str()), (Some(Health::Active), "Someone was seen within the last day"));
        assert_eq!(p.seen.unwrap().who.unwrap().1, "grace");
        assert_eq!(p.company.session_count, 1);
        assert!(p.spark.starts_with("M89 "), "{}", p.spark);
        for (days, health, words) in [(29, Health::Active, "29 days ago"), (12, Health::SlippingAway, "No one seen for 41 days; slipping away begins at 30"), (30, Health::Inactive, "inactive begins at 60")] {
            app.pass(days * DAY);
            companies::sweep(&app.state).await.unwrap();
            // Her session has ended meanwhile.
            token = ada(&app).await;
            let p = profile(&app, &token, id).await;
            assert_eq!(p.health, Some(health));
            assert!(p.why.contains(words), "{}", p.why);
        }
        assert_eq!(companies::sweep(&app.state).await, Ok(0), "nothing is due any more");
        visit(&app, "grace").await;
        let p = profile(&app, &token, id).await;
        assert_eq!(p.health, Some(Health::Active), "a visit wakes it at once");
        let turns: Vec<_> = p.turns.iter().map(|t| t.health).collect();
        assert_eq!(turns, [Health::Active, Health::Inactive, Health::SlippingAway, Health::Active]);
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{id}&facet=segment&limit=10")).await;
        assert!(stream.contains("slipping away") && stream.contains("No one seen for 41 days"), "{stream}");
        // What happens to its people afterwards does not hide what happened to it.
        rapport::segments::run_due(&app.state).await.unwrap();
        for n in 0..10 {
            let who = format!("sailor{n}");
            group(&app, &who, "navy", json!({})).await;
            visit(&app, &who).await;
        }
        rapport::segments::run_due(&app.state).await.unwrap();
        let entered = "select count(*) from stream where owner_kind = 'company' and facet = 'segment'";
        assert!(app.number(entered).await >= 14, "each entered Active");
        let p = profile(&app, &token, id).await;
        assert_eq!(p.turns.iter().map(|t| t.health).collect::<Vec<_>>(), turns);
        // Not even where they came and went by the thousand.
        let crowd = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                     with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000) \
                     select c.workspace_id, 'company', c.id, c.health_at + n.i, 1000000 + n.i, 'segment' from n cross join companies c";
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query(crowd).execute(x));
        assert_eq!(done.unwrap().0, 3_000);
        c.commit().await.unwrap();
        let p = profile(&app, &token, id).await;
        assert_eq!(p.turns.iter().map(|t| t.health).collect::<Vec<_>>(), turns);
        // Turns of a version that did not write down which came before are found still.
        let mut c = app.state.db.begin().await.unwrap();
        let old = "update activity set data = replace(data, '\"before\":', '\"earlier\":') where kind = 'company_health_changed'";
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query(old).execute(x));
        assert_eq!(done.unwrap().0, 4);
        c.commit().await.unwrap();
        let p = profile(&app, &token, id).await;
        assert_eq!(p.turns.iter().map(|t| t.health).collect::<Vec<_>>(), turns);
        check(&app).await;
    }

    async fn more_companies_than_a_call_may_name_are_refused(app: TestApp) {
        let named = |n: usize| (0..n).map(|n| json!({"id": format!("c{n}")})).collect::<Vec<_>>();
        let (status, body) = app.call("identify", &json!({"userId": "grace", "traits": {"companies": named(51)}})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(body.to_string().contains("traits.companies"), "{body}");
        assert_eq!(app.number("select count(*) from companies").await, 0, "nothing is half done");
        let (status, body) = app.call("identify", &json!({"userId": "grace", "traits": {"companies": named(50)}})).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(app.number("select count(*) from companies").await, 50);
    }

    async fn new_lasts_a_day_and_future_dates_are_not_new_yet(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "a", "fresh", json!({})).await;
        group(&app, "b", "later", json!({"createdAt": "2026-03-05T00:00:00Z", "monthlySpend": -20})).await;
        let (fresh, later) = (
            app.number("select id from companies where company_id = 'fresh'").await,
            app.number("select id from companies where company_id = 'later'").await,
        );
        assert_eq!(profile(&app, &token, fresh).await.health, Some(Health::New));
        let p = profile(&app, &token, later).await;
        assert_eq!((p.health, p.customer.as_deref()), (Some(Health::NeverSeen), Some("Customer from 5 March 2026 on")));
        assert_eq!(p.company.monthly_spend, Some(-20.0), "a refund is a spend below nothing");
        app.pass(DAY);
        companies::sweep(&app.state).await.unwrap();
        assert_eq!(profile(&app, &token, fresh).await.health, Some(Health::NeverSeen));
        app.pass(3 * DAY);
        companies::sweep(&app.state).await.unwrap();
        assert_eq!(profile(&app, &token, later).await.health, Some(Health::New));
        check(&app).await;
    }

    async fn how_a_company_stands_is_the_segment_of_that_name(app: TestApp) {
        let old = json!({"createdAt": "2024-01-01T00:00:00Z"});
        for company in ["early", "late", "never"] {
            group(&app, company, company, old.clone()).await;
        }
        visit(&app, "early").await;
        for (pass, fresh) in [(0, "one"), (20, "two"), (31, "three"), (35, "four")] {
            app.pass(pass * DAY);
            group(&app, fresh, fresh, json!({})).await;
            if pass == 20 {
                visit(&app, "late").await;
            }
            crate::segments::settle(&app).await;
            let mut all = 0;
            for (health, word, name, _) in Health::ALL {
                let mut c = app.state.db.read().await.unwrap();
                let kept = "select id from companies where health = $1";
                let kept: Result<Vec<(i64,)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(kept).bind(word).fetch_all(x));
                let segment = "select id from segments where subject = 'company' and name = $1";
                let segment: Result<(SegmentId,), _> = rapport::run!(c, |x| sqlx::query_as::<_, (SegmentId,)>(segment).bind(name).fetch_one(x));
                drop(c);
                let kept: std::collections::BTreeSet<_> = kept.unwrap().into_iter().map(|(id,)| id).collect();
                assert_eq!(crate::segments::members(&app, segment.unwrap().0).await, kept, "{health:?} after {pass} more days");
                all += kept.len();
            }
            assert_eq!(all as i64, app.number("select count(*) from companies").await, "each stands in one");
        }
    }

    async fn an_admin_moves_the_thresholds_and_every_company_is_judged_again(app: TestApp) {
        let token = ada(&app).await;
        for n in 0..3 {
            group(&app, &format!("u{n}"), &format!("c{n}"), json!({"createdAt": "2024-01-01T00:00:00Z"})).await;
            visit(&app, &format!("u{n}")).await;
        }
        app.pass(10 * DAY);
        companies::sweep(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from companies where health = 'active'").await, 3);
        let (status, _) = app.form(Some(&token), "/do/set_health", "new=1&active=7&slipping=7").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let (status, body) = app.form(Some(&token), "/do/set_health", "new=1&active=7&slipping=20").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        companies::sweep(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from companies where health = 'slipping_away'").await, 3);
        assert_eq!(app.number("select count(*) from activity where kind = 'setting'").await, 1);
        let mut c = app.state.db.read().await.unwrap();
        let days = companies::thresholds(&mut c, workspace(&app).await).await.unwrap();
        assert_eq!(days, Thresholds { new: 1, active: 7, slipping: 20 });
        drop(c);
        check(&app).await;
    }

    async fn counts_and_health_are_right_after_any_changes_at_once(app: TestApp) {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move |n: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % n
        };
        for round in 0..12 {
            let mut calls = Vec::new();
            for _ in 0..12 {
                let user = format!("u{}", random(5));
                let company = format!("c{}", random(6));
                let at = NOON.plus((round * 20 + random(20) as i64) * DAY).0;
                let iso = jiff::Timestamp::from_millisecond(at).unwrap().to_string();
                calls.push(match random(4) {
                    0 => ("group", json!({"userId": user, "groupId": company, "timestamp": iso})),
                    1 => ("page", json!({"anonymousId": format!("a{}", random(3)), "timestamp": iso})),
                    2 => ("identify", json!({"userId": user, "anonymousId": format!("a{}", random(3))})),
                    _ => ("page", json!({"userId": user, "timestamp": iso})),
                });
            }
            app.pass(20 * DAY);
            let known: Vec<i64> = {
                let mut c = app.state.db.read().await.unwrap();
                let sql = "select id from companies order by id";
                let found: Result<Vec<(i64,)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_all(x));
                found.unwrap().into_iter().map(|(id,)| id).collect()
            };
            let mut one = || known.get(random(known.len().max(1) as u64) as usize).copied().unwrap_or(0);
            let merges = [(one(), one()), (one(), one())];
            let (deleted, attached) = (one(), one());
            let sent = futures::future::join_all(calls.iter().map(|(kind, body)| app.call(kind, body)));
            let merged = async {
                for (from, into) in merges {
                    end(&app, End::Merge(CompanyId(from), CompanyId(into))).await;
                }
            };
            let gone = async {
                if round % 2 == 1 {
                    end(&app, End::Delete(CompanyId(deleted))).await;
                }
                attach(&app, "u1", CompanyId(attached)).await;
            };
            let (sent, (), ()) = tokio::join!(sent, merged, gone);
            for (status, body) in sent {
                assert_eq!(status, StatusCode::OK, "{body}");
            }
            let left: Vec<(i64, i64)> = {
                let mut c = app.state.db.read().await.unwrap();
                let sql = "select contact_id, company_id from memberships where left_at = 0 order by contact_id, company_id limit 1";
                let found: Result<Vec<(i64, i64)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64, i64)>(sql).fetch_all(x));
                found.unwrap()
            };
            for (contact, company) in left {
                let mut w = write(&app).await;
                companies::leave(&mut w, ContactId(contact), CompanyId(company)).await.unwrap();
                w.commit().await.unwrap();
            }
            rapport::jobs::run_due(&app.state).await.unwrap();
            companies::sweep(&app.state).await.unwrap();
            check(&app).await;
        }
    }

    async fn a_person_is_attached_and_detached_on_their_own_page(app: TestApp) {
        let token = ada(&app).await;
        for (id, name) in [("navy", "US Navy"), ("fleet", "Fleet")] {
            group(&app, "x", id, json!({"name": name})).await;
        }
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper"}})).await;
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        let attach = async |company: &str| app.form(Some(&token), "/do/attach_to", &format!("contact={grace}&company={company}")).await;
        for (company, says) in [("nothing", "no company has this name or id"), ("", "no company"), ("FLEET+", "")] {
            let (status, body) = attach(company).await;
            assert_eq!(status.is_success(), says.is_empty(), "{company}: {body}");
            assert!(body.contains(says), "{company}: {body}");
        }
        assert!(attach("us+navy").await.0.is_success(), "by its name, in any case");
        assert!(attach("us+navy").await.0.is_success(), "twice is once");
        let (_, page) = app.get(&token, &format!("/contacts/{grace}")).await;
        assert!(page.contains("Detach from US Navy") && page.contains("Detach from Fleet"), "each has a way out");
        let navy = app.number("select id from companies where company_id = 'navy'").await;
        app.form(Some(&token), "/do/detach", &format!("company={navy}&contact={grace}")).await;
        let (_, page) = app.get(&token, &format!("/contacts/{grace}")).await;
        assert!(!page.contains("Detach from US Navy") && page.contains("Detach from Fleet"));
        group(&app, "x", "third", json!({"name": "Same"})).await;
        group(&app, "x", "fourth", json!({"name": "same"})).await;
        let (status, body) = attach("same").await;
        assert!(status == StatusCode::BAD_REQUEST && body.contains("more than one has this name"), "{body}");
        check(&app).await;
    }

    async fn people_are_attached_found_tagged_and_detached(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper", "email": "grace@navy.mil"}})).await;
        app.call("identify", &json!({"userId": "ada", "traits": {"name": "Ada Byron", "email": "ada@navy.mil"}})).await;
        app.call("track", &json!({"userId": "ada", "event": "Order completed"})).await;
        let id = app.number("select id from companies").await;
        for (who, status) in [("nobody@navy.mil", StatusCode::BAD_REQUEST), ("", StatusCode::BAD_REQUEST), ("ADA@navy.mil", StatusCode::OK), ("ada", StatusCode::OK)] {
            let (found, body) = app.form(Some(&token), "/do/attach", &format!("company={id}&who={who}")).await;
            assert_eq!(found, status, "{who}: {body}");
        }
        let members = async |query: &str| -> Members {
            let (status, body) = app.get(&token, &format!("/do/company_members?company={id}&{query}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            serde_json::from_str(&body).unwrap()
        };
        let all = members("find=&order=name&page=0").await;
        assert_eq!(all.rows.iter().map(|m| m.title.as_str()).collect::<Vec<_>>(), ["Ada Byron", "Grace Hopper"]);
        let back = members("find=&order=name&reversed=true&page=0").await;
        assert_eq!(back.rows.iter().map(|m| m.title.as_str()).collect::<Vec<_>>(), ["Grace Hopper", "Ada Byron"]);
        let (_, html) = app.get(&token, &format!("/companies/{id}?view=people&order=name")).await;
        let link = format!("/companies/{id}?view=people&amp;find=&amp;order=name&amp;reversed=1&amp;page=0");
        assert!(html.contains(&link), "the order that it has is turned round by its own link");
        let link = format!("/companies/{id}?view=people&amp;find=&amp;order=sessions&amp;page=0");
        assert!(html.contains(&link), "another is a link too");
        assert_eq!(members("find=hop&order=last_seen&page=0").await.total, 1);
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{id}&limit=50")).await;
        assert!(stream.contains("Order completed") && stream.contains("Ada Byron"), "history comes along: {stream}");
        let grace = all.rows[1].id;
        let (_, hers) = app.get(&token, &format!("/do/stream?owner=company-{id}&person={grace}&limit=50")).await;
        assert!(!hers.contains("Order completed") && hers.contains("Grace Hopper"), "{hers}");
        // Without a script: whose entries are shown, how to show everybody's, and how to find somebody else.
        let (_, page) = app.get(&token, &format!("/companies/{id}?view=stream&person={grace}&show=change")).await;
        for text in ["Only entries of", "Show everybody’s", "Choose somebody else"] {
            assert!(page.contains(text), "the page has {text}");
        }
        assert!(!page.contains("Order completed"));
        assert!(page.contains(&format!("href=\"/companies/{id}?view=stream&amp;show=change\"")), "the way back keeps the type");
        let (_, page) = app.get(&token, &format!("/companies/{id}?view=stream&who=byr")).await;
        let byron = all.rows[0].id;
        assert!(page.contains(&format!("/companies/{id}?view=stream&amp;person={byron}")), "who is found is offered");
        assert!(!page.contains("Only entries of"));
        let (_, page) = app.get(&token, &format!("/companies/{id}?view=stream&person=999999999")).await;
        assert!(page.contains("someone who was deleted"));
        let (status, _) = app.get(&token, &format!("/do/company_person?company={id}&person=999999999")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // Whom no message reaches is marked.
        app.form(Some(&token), "/do/stand", &format!("contact={byron}&action=block")).await;
        let marked = members("find=&order=name&page=0").await;
        let why: Vec<_> = marked.rows.iter().map(|m| m.left_out).collect();
        assert_eq!(why, [Some(rapport::outbound::Reason::Blocked), None]);
        let (_, page) = app.get(&token, &format!("/companies/{id}?view=people")).await;
        assert!(page.contains("Blocked: messages to people of the company leave them out"));
        app.form(Some(&token), "/do/stand", &format!("contact={byron}&action=unblock")).await;

        app.form(Some(&token), "/do/tag_members", &format!("company={id}&all=1&find=&name=crew&change=add")).await;
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings where owner_kind = 'contact'").await, 2);
        app.form(Some(&token), "/do/main_contact", &format!("company={id}&contact={grace}")).await;
        assert_eq!(profile(&app, &token, id).await.main_contact.unwrap().1, "Grace Hopper");
        let (status, _) = app.form(Some(&token), "/do/main_contact", &format!("company={id}&contact=999")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        app.form(Some(&token), "/do/detach", &format!("company={id}&contact={grace}")).await;
        let p = profile(&app, &token, id).await;
        assert_eq!((p.company.user_count, p.main_contact), (1, None));
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{id}&limit=50")).await;
        assert!(stream.contains("Grace Hopper"), "what she did stays");
        check(&app).await;
    }

    async fn a_long_history_comes_along_in_steps_the_newest_first_and_once(app: TestApp) {
        let token = ada(&app).await;
        for day in 0..4 {
            let at = jiff::Timestamp::from_millisecond(NOON.plus((day - 9) * DAY).0).unwrap().to_string();
            let calls: Vec<_> = (0..400).map(|_| json!({"type": "track", "userId": "grace", "event": format!("Day {day}"), "timestamp": at})).collect();
            app.call("batch", &json!({ "batch": calls })).await;
        }
        let (status, body) = app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@navy.mil"}})).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        group(&app, "alan", "navy", json!({"name": "US Navy"})).await;
        let id = app.number("select id from companies").await;
        let hers = "select count(*) from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
                    where s.owner_kind = 'company' and a.kind = 'event'";
        let missing = "select count(*) from stream s where owner_kind = 'contact' and owner_id = (select id from contacts where external_id = 'grace') \
                       and not exists (select 1 from stream k where k.workspace_id = s.workspace_id and k.owner_kind = 'company' \
                       and k.occurred_at = s.occurred_at and k.seq = s.seq)";
        let (status, body) = app.form(Some(&token), "/do/attach", &format!("company={id}&who=grace")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let at_once = app.number(hers).await;
        assert!((400..=500).contains(&at_once), "a part comes at once: {at_once}");
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{id}&facet=event&limit=5")).await;
        assert!(stream.contains("Day 3") && !stream.contains("Day 0"), "the newest of it: {stream}");
        let (_, jobs) = app.get(&token, "/do/jobs").await;
        assert!(jobs.contains("Bringing history into US Navy"), "{jobs}");
        // Who reads the stream hears that it is not whole yet, without a script too.
        assert_eq!(arriving(&app, &token, id).await, (1, 0));
        assert!(says_more_comes(&app, &token, id).await);
        let job = app.number("select max(id) from jobs").await;
        let (status, _) = app.form(Some(&token), "/do/cancel_job", &format!("job={job}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "who joined has a history: it cannot be stopped half way");
        // What happens meanwhile stands in it once; what happens after they left does not.
        app.call("track", &json!({"userId": "grace", "event": "Meanwhile"})).await;
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        app.form(Some(&token), "/do/detach", &format!("company={id}&contact={grace}")).await;
        let late = jiff::Timestamp::from_millisecond(NOON.plus(-30 * DAY).0).unwrap().to_string();
        app.call("track", &json!({"userId": "grace", "event": "Late", "timestamp": late})).await;
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!((app.number(hers).await, app.number(missing).await), (1_601, 1), "all but what came after she had left");
        assert_eq!(app.number("select count(*) from jobs where kind = 'bring_history' and state = 'done'").await, 1);
        assert_eq!(arriving(&app, &token, id).await, (0, 0));
        assert!(!says_more_comes(&app, &token, id).await);
        // A program that was killed before it wrote down how far it was does it again: nothing is missing, nothing doubles.
        let mut c = app.state.db.begin().await.unwrap();
        let gone = "delete from stream where owner_kind = 'company' and seq in (select a.seq from activity a join event_names e \
                    on e.workspace_id = a.workspace_id and e.id = a.ref_id where a.kind = 'event' and e.name = 'Day 0')";
        let killed = "update jobs set state = 'running', lease_until = 0, cursor = '{\"next\":0,\"changed\":0,\"from_seq\":0}' \
                      where kind = 'bring_history'";
        for (sql, rows) in [(gone, 400), (killed, 1)] {
            let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query(sql).execute(x));
            assert_eq!(done.unwrap().0, rows);
        }
        c.commit().await.unwrap();
        assert_eq!(app.number(hers).await, 1_201);
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!((app.number(hers).await, app.number(missing).await), (1_601, 1));
        check(&app).await;
    }

    async fn who_moves_takes_nothing_away_and_loses_nothing(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        group(&app, "alan", "fleet", json!({"name": "Fleet"})).await;
        let (navy, fleet) = (
            app.number("select id from companies where company_id = 'navy'").await,
            app.number("select id from companies where company_id = 'fleet'").await,
        );
        let grace = ContactId(app.number("select id from contacts where external_id = 'grace'").await);
        let did = async |event: &str| {
            app.pass(60_000);
            app.call("track", &json!({"userId": "grace", "event": event})).await;
        };
        let said = async |text: &str| {
            app.pass(60_000);
            let mut w = write(&app).await;
            rapport::conversations::receive(&mut w, grace, None, text, text).await.unwrap();
            w.commit().await.unwrap();
        };
        did("Sailed").await;
        said("Ahoy").await;
        app.pass(60_000);
        app.form(Some(&token), "/do/detach", &format!("company={navy}&contact={grace}")).await;
        did("Rested").await;
        app.pass(60_000);
        group(&app, "grace", "fleet", json!({})).await;
        did("Commanded").await;
        said("Steady").await;
        app.pass(60_000);
        group(&app, "grace", "navy", json!({})).await;
        did("Returned").await;
        rapport::jobs::run_due(&app.state).await.unwrap();
        for (owner, there, elsewhere) in [
            (format!("contact-{grace}"), ["Sailed", "Rested", "Commanded", "Returned", "Ahoy", "Steady"].as_slice(), [].as_slice()),
            // Coming back brings what was said meanwhile.
            (format!("company-{navy}"), &["Sailed", "Returned", "Ahoy", "Steady"], &["Rested", "Commanded"]),
            // A second company hears what was said before, and all that happens from then on.
            (format!("company-{fleet}"), &["Commanded", "Returned", "Ahoy", "Steady"], &["Sailed", "Rested"]),
        ] {
            let (_, stream) = app.get(&token, &format!("/do/stream?owner={owner}&limit=100")).await;
            for text in there {
                assert!(stream.contains(text), "{owner} has {text}: {stream}");
            }
            for text in elsewhere {
                assert!(!stream.contains(text), "{owner} has not {text}");
            }
        }
        let again = profile(&app, &token, navy).await;
        assert_eq!(again.company.user_count, 1);
        let (_, page) = app.get(&token, &format!("/contacts/{grace}")).await;
        assert!(page.contains("US Navy") && page.contains("Fleet"), "she is in both");
        check(&app).await;
    }

    async fn odd_facts_of_a_company_are_taken_or_refused_by_name(app: TestApp) {
        let token = ada(&app).await;
        // One id in any case, from many at once, is one company.
        let ids = ["Größe", "GRÖßE", " größe ", "gRöße"];
        let calls: Vec<_> = (0..12).map(|n| json!({"userId": format!("u{n}"), "groupId": ids[n % 4], "traits": {"name": "Größe AG"}})).collect();
        for (status, body) in futures::future::join_all(calls.iter().map(|call| app.call("group", call))).await {
            assert_eq!(status, StatusCode::OK, "{body}");
        }
        assert_eq!(app.number("select count(*) from companies").await, 1);
        assert_eq!(app.number("select user_count from companies").await, 12);
        let id = app.number("select id from companies").await;
        // Less than nothing is a refund, text may be a number, and customers may be older than computers.
        group(&app, "u0", "größe", json!({"monthlySpend": "-20.5", "employees": "40", "createdAt": "1950-01-01"})).await;
        let p = profile(&app, &token, id).await;
        assert_eq!((p.spends.as_deref(), p.company.size), (Some("-20.50 a month"), Some(40)));
        assert_eq!(p.customer.as_deref(), Some("Customer for 76 years 2 months, since 1 January 1950"));
        for (traits, field) in [
            (json!({"monthlySpend": 1e300}), "traits.monthlySpend"),
            (json!({"monthlySpend": "a lot"}), "traits.monthlySpend"),
            (json!({"monthlySpend": "NaN"}), "traits.monthlySpend"),
            (json!({"employees": -1}), "traits.employees"),
            (json!({"employees": 9_007_199_254_740_994_i64}), "traits.employees"),
            (json!({"createdAt": "1850-01-01"}), "traits.createdAt"),
        ] {
            let (status, body) = app.call("group", &json!({"userId": "u0", "groupId": "größe", "traits": traits})).await;
            assert!(status == StatusCode::BAD_REQUEST && body.to_string().contains(field), "{field}: {body}");
        }
        for (field, value) in [("monthly_spend", json!(1e300)), ("size", json!(9_007_199_254_740_994_i64))] {
            let (status, body) = app.api("POST", "/companies", json!({"company_id": "größe", field: value})).await;
            assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{body}");
        }
        let q = profile(&app, &token, id).await;
        assert_eq!((q.spends, q.company.size, q.customer), (p.spends, p.company.size, p.customer), "nothing half-done");
        // Null takes away, as it does with text.
        group(&app, "u0", "größe", json!({"monthlySpend": null, "employees": null, "createdAt": null, "name": null})).await;
        let p = profile(&app, &token, id).await;
        assert_eq!((p.spends, p.company.size, p.customer, p.company.name), (None, None, None, None));
        check(&app).await;
    }

    async fn a_company_without_people_shows_and_says_so(app: TestApp) {
        let token = ada(&app).await;
        let (_, made) = app.api("POST", "/companies", json!({"company_id": "empty", "name": "Empty Ltd"})).await;
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(titles(&list(&app, &token, "").await), ["Empty Ltd"]);
        let (status, page) = app.get(&token, &format!("/companies/{id}")).await;
        assert_eq!(status, StatusCode::OK);
        for text in ["Nobody is in this company", "no people", "no sessions"] {
            assert!(page.contains(text), "the page has {text}");
        }
        assert!(!page.contains("/message?all=1"), "nobody is written to");
        let (_, page) = app.get(&token, &format!("/companies/{id}/delete")).await;
        assert!(page.contains("Nobody is in it.") && !page.contains("Conversations with them"));
        assert!(!page.contains("about it") && !page.contains("of its own"), "only what there is goes");
    }

    async fn the_name_and_the_parts_stay_beside_what_scrolls(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper"}})).await;
        let company = app.number("select id from companies").await;
        let person = app.number("select id from contacts").await;
        for (path, name, parts) in [
            (format!("/companies/{company}"), "US Navy", "Parts of the company"),
            (format!("/companies/{company}?view=stream"), "US Navy", "Parts of the company"),
            (format!("/companies/{company}?view=facts"), "US Navy", "Parts of the company"),
            (format!("/contacts/{person}"), "Grace Hopper", "Parts of the profile"),
        ] {
            let (status, page) = app.get(&token, &path).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(page.matches("profile-kept").count(), 1, "{path}");
            assert!(page.contains(&format!("data-name=\"{name}\"")), "{path}");
            // What stays ends with what it is in: the parts are beside the list and the facts, and in neither.
            let before = page.split_once("profile-main").unwrap().0;
            assert!(before.contains(parts), "{path}");
        }
        let (_, page) = app.get(&token, &format!("/companies/{company}")).await;
        assert!(page.contains("data-word=\"New\""), "with how it stands");
    }

    async fn the_map_has_a_dot_a_place_the_largest_first(app: TestApp) {
        let token = ada(&app).await;
        for (user, ip) in [("a", "89.160.20.112"), ("b", "81.2.69.160"), ("c", "81.2.69.142"), ("d", "192.168.1.1")] {
            group(&app, user, "navy", json!({"name": "US Navy"})).await;
            app.call("page", &json!({"userId": user, "context": {"ip": ip}})).await;
        }
        let id = app.number("select id from companies").await;
        let places = async || -> Vec<(String, i64)> {
            let (status, body) = app.get(&token, &format!("/do/company_places?company={id}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let places: companies::Places = serde_json::from_str(&body).unwrap();
            places.dots.into_iter().map(|dot| (dot.words, dot.people)).collect()
        };
        let all = places().await;
        assert_eq!(all.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 1], "{all:?}");
        assert!(all[0].0.contains("London") && all[1].0.contains("Sweden"), "{all:?}");
        let gone = app.number("select id from contacts where external_id = 'a'").await;
        app.form(Some(&token), "/do/detach", &format!("company={id}&contact={gone}")).await;
        assert_eq!(places().await.len(), 1, "of those who are in it now");
    }

    async fn the_page_hears_of_the_end_of_a_history_even_of_one_that_had_come_whole(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "alan", "navy", json!({"name": "US Navy"})).await;
        let id = app.number("select id from companies").await;
        app.call("identify", &json!({"userId": "grace"})).await;
        let hers = "select count(*) from stream where owner_kind = 'contact' and owner_id = (select id from contacts where external_id = 'grace')";
        // As many as come along at once, so that nothing is left for the job.
        let calls: Vec<_> = (app.number(hers).await..500).map(|_| json!({"type": "track", "userId": "grace", "event": "e"})).collect();
        assert_eq!(app.call("batch", &json!({ "batch": calls })).await.0, StatusCode::OK);
        assert_eq!(app.number(hers).await, 500);
        group(&app, "grace", "navy", json!({})).await;
        assert_eq!(arriving(&app, &token, id).await, (1, 0));
        app.pass(10 * 60_000);
        let (place, topic) = (workspace(&app).await, Topic::Company(CompanyId(id)));
        let told = || app.state.hub.touched_lately(place, topic, app.state.clock.now());
        assert!(!told());
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert!(told(), "whoever looks at it asks again");
        assert_eq!(arriving(&app, &token, id).await, (0, 0));
    }

    async fn a_second_company_is_told_what_was_said_only_and_a_merged_lead_loses_nothing(app: TestApp) {
        let calls: Vec<_> = (0..700).map(|n| json!({"type": "track", "anonymousId": "visitor", "event": format!("e{}", n % 3)})).collect();
        for part in calls.chunks(350) {
            app.call("batch", &json!({ "batch": part })).await;
        }
        group(&app, "alan", "navy", json!({"name": "US Navy"})).await;
        let id = app.number("select id from companies").await;
        let visitor = app.number("select id from contacts where role = 'lead'").await;
        let mut w = write(&app).await;
        let now = w.now;
        companies::join(&mut w, ContactId(visitor), CompanyId(id), now).await.unwrap();
        w.commit().await.unwrap();
        let events = "select count(*) from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
                      where s.owner_kind = 'company' and a.kind = 'event'";
        assert!(app.number(events).await <= 500);
        // The visitor turns out to be alan while the rest is under way.
        app.call("identify", &json!({"userId": "alan", "anonymousId": "visitor"})).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into > 0").await, 1);
        assert_eq!(app.number(events).await, 700, "nothing is lost on the way");
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number(events).await, 700);
        group(&app, "alan", "fleet", json!({"name": "Fleet"})).await;
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number(events).await, 700, "a second company is told of no events");
        check(&app).await;
    }

    async fn the_company_has_tags_notes_data_and_details_of_its_own(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy", "plan": "pro"})).await;
        let id = app.number("select id from companies").await;
        let owner = format!("owner=company-{id}");
        for (path, form) in [
            ("/do/add_tag", format!("{owner}&name=key+account")),
            ("/do/set_attribute", format!("{owner}&name=seats&value=12")),
            ("/do/set_attribute", format!("{owner}&name=seats&value=13")),
            ("/do/add_note", format!("{owner}&body=Renews+in+May")),
            ("/do/set_company", format!("company={id}&name=Navy&website=https://navy.mil&industry=Ships&plan=team&owner=0")),
        ] {
            let (status, body) = app.form(Some(&token), path, &form).await;
            assert!(status.is_success(), "{path}: {body}");
        }
        // A form that was drawn before somebody else changed the plan leaves the plan alone.
        group(&app, "grace", "navy", json!({"plan": "enterprise"})).await;
        let drawn = "was[0]=Navy&was[1]=https://navy.mil&was[2]=Ships&was[3]=team&was[4]=0";
        let form = format!("company={id}&name=Navy&website=https://navy.mil&industry=Fleets&plan=team&owner=0&{drawn}");
        let (status, body) = app.form(Some(&token), "/do/set_company", &form).await;
        assert!(status.is_success(), "{body}");
        let p = profile(&app, &token, id).await;
        assert_eq!((p.company.plan.as_deref(), p.company.industry.as_deref()), (Some("enterprise"), Some("Fleets")));
        assert_eq!(p.company.title(), "Navy");
        assert_eq!(p.tags[0].name, "key account");
        assert_eq!(p.data[0].value.text, "13");
        let (_, history) = app.get(&token, &format!("/do/attribute_history?{owner}&name=seats")).await;
        assert!(history.contains("\"12\"") && history.contains("Ada Lovelace"), "{history}");
        let (_, page) = app.get(&token, &format!("/companies/{id}?view=stream")).await;
        for text in ["Navy", "Renews in May", "key account", "seats", "Customer for less than a day"] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        // What is known as a number or a day is written as text, refused by its name, and taken away by an empty field.
        let at = "name=Navy&website=https://navy.mil&industry=Fleets&plan=team&owner=0";
        let set = async |rest: &str| app.form(Some(&token), "/do/set_company", &format!("company={id}&{at}&{rest}")).await;
        for (rest, field) in [("size=many", "size: "), ("spend=much", "monthly spend: "), ("since=soon", "customer since: ")] {
            let (status, body) = set(rest).await;
            assert!(status == StatusCode::BAD_REQUEST && body.contains(field), "{body}");
        }
        assert!(set("size=120&spend=49.5&since=2024-01-01").await.0.is_success());
        let p = profile(&app, &token, id).await;
        assert_eq!((p.company.size, p.company.monthly_spend), (Some(120), Some(49.5)));
        assert_eq!(p.customer.as_deref(), Some("Customer for 2 years 2 months, since 1 January 2024"));
        assert_eq!(p.customer_day.as_deref(), Some("2024-01-01"));
        let (_, page) = app.get(&token, &format!("/companies/{id}")).await;
        for text in ["120 people work there", "spends 49.50 a month", "team plan", "Customer for 2 years 2 months", "1 January 2024 (2 years 2 months)", "Monthly spend"] {
            assert!(page.contains(text), "the page has {text}");
        }
        assert!(set("size=150&since=2024-01-01").await.0.is_success());
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{id}&facet=change&limit=20")).await;
        assert!(stream.contains("120 → 150") && stream.contains("12 → 13"), "numbers say what they were: {stream}");
        assert!(set("size=150&spend=&since=").await.0.is_success(), "what no form held is not taken away");
        assert_eq!(profile(&app, &token, id).await.company.monthly_spend, Some(49.5));
        let held = "was[0]=Navy&was[1]=https://navy.mil&was[2]=Fleets&was[3]=team&was[4]=0&was[5]=120&was[6]=49.5&was[7]=2024-01-01";
        assert!(set(&format!("size=120&spend=&since=&{held}")).await.0.is_success());
        let p = profile(&app, &token, id).await;
        assert_eq!((p.company.size, p.company.monthly_spend, p.customer), (Some(150), None, None), "what stands as it was drawn stays, what was emptied is gone");
        let today = rapport::server::dates::Dates::new("UTC", app.state.clock.now()).date(app.state.clock.now());
        assert!(set(&format!("since={today}")).await.0.is_success());
        assert_eq!(profile(&app, &token, id).await.customer.as_deref(), Some("Customer since today"));
        // An owner is named, also to who does not work here any more, and a main contact too.
        let me = app.number("select id from teammates where email = 'ada@example.com'").await;
        let owned = at.replace("owner=0", &format!("owner={me}"));
        assert!(app.form(Some(&token), "/do/set_company", &format!("company={id}&{owned}")).await.0.is_success());
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Zqx Hopper"}})).await;
        app.form(Some(&token), "/do/main_contact", &format!("company={id}&contact={grace}")).await;
        let changes = async || app.get(&token, &format!("/do/stream?owner=company-{id}&facet=change&limit=20")).await.1;
        let said = changes().await;
        assert!(said.contains("nobody → Ada Lovelace") && said.contains("nobody → Zqx Hopper"), "{said}");
        assert_eq!(app.number("select count(*) from activity where kind = 'company_changed' and data like '%Zqx%'").await, 0, "names of people are not kept in the log of a company");
        let tag = p.tags[0].id;
        app.form(Some(&token), "/do/remove_tag", &format!("{owner}&tag={tag}")).await;
        assert!(profile(&app, &token, id).await.tags.is_empty());
    }

    async fn the_list_finds_filters_sorts_and_pages(app: TestApp) {
        let token = ada(&app).await;
        for n in 0..60 {
            let traits = json!({"name": format!("Company {n:02}"), "plan": if n % 2 == 0 { "Free" } else { "Team" }, "monthlySpend": n * 10, "employees": n, "createdAt": "2024-01-01T00:00:00Z", "website": format!("https://c{n}.example")});
            group(&app, &format!("u{n}"), &format!("id-{n}"), traits).await;
        }
        visit(&app, "u7").await;
        let all = list(&app, &token, "").await;
        assert_eq!((all.total, all.rows.len()), (60, 50));
        assert_eq!(titles(&all)[0], "Company 07", "last seen first");
        let next = list(&app, &token, &format!("after={}", all.next.unwrap())).await;
        assert_eq!((next.rows.len(), next.next), (10, None));
        for sort in ["name", "spend", "people", "sessions", "since", "last_seen"] {
            for reversed in ["", "&reversed=1"] {
                let first = list(&app, &token, &format!("sort={sort}{reversed}")).await;
                let after = first.next.clone().unwrap();
                let rest = list(&app, &token, &format!("sort={sort}{reversed}&after={after}")).await;
                let mut every: Vec<_> = titles(&first).into_iter().chain(titles(&rest)).collect();
                assert_eq!(every.len(), 60);
                every.sort_unstable();
                every.dedup();
                assert_eq!(every.len(), 60, "by {sort}: each once");
            }
        }
        assert_eq!(titles(&list(&app, &token, "sort=spend").await)[0], "Company 59");
        for (query, total) in [("find=company 07", 1), ("find=id-3", 11), ("health=active", 1), ("health=never_seen", 59), ("plan=Team", 30), ("spend=500", 10), ("spend_most=90", 10), ("spend=100&spend_most=190", 10), ("size=58", 2), ("size_most=9", 10), ("size=3&size_most=4", 2), ("seen=7", 1), ("plan=None", 0)] {
            assert_eq!(list(&app, &token, query).await.total, total, "{query}");
        }
        // The tabs count what the other filters leave.
        let counts = async |query: &str| -> Vec<(Health, i64)> {
            let (status, body) = app.get(&token, &format!("/do/company_counts?address=/companies{query}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let counts: Vec<(Health, i64)> = serde_json::from_str(&body).unwrap();
            counts.into_iter().filter(|(_, n)| *n > 0).collect()
        };
        assert_eq!(counts("").await, [(Health::Active, 1), (Health::NeverSeen, 59)]);
        assert_eq!(counts("%3Fplan%3DTeam%26health%3Dactive").await, [(Health::Active, 1), (Health::NeverSeen, 29)]);
        assert_eq!(counts("%3Fsize_most%3D5").await, [(Health::NeverSeen, 6)]);
        // What the fields offer is asked for by itself: it is the same whatever is typed.
        let (status, body) = app.get(&token, "/do/company_options").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let options: companies::list::Options = serde_json::from_str(&body).unwrap();
        assert_eq!(options.plans, ["Free", "Team"]);
        let some: Vec<_> = all.rows[..2].iter().map(|row| row.id.to_string()).collect();
        let (status, file) = app.get(&token, &format!("/companies/export.csv?only={}", some.join("%2C"))).await;
        assert_eq!((status, file.lines().count()), (StatusCode::OK, 3), "those that are ticked: {file}");
        assert!(file.contains("Company 07"));
        let (status, _) = app.get(&token, "/do/companies?address=/companies%3Fafter%3Dnonsense").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        app.form(Some(&token), "/do/tag_selected", "of=company&all=1&address=/companies?plan=Team&name=paying&change=add").await;
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings where owner_kind = 'company'").await, 30);
        let job = app.number("select max(id) from jobs").await;
        let (_, page) = app.get(&token, "/companies").await;
        assert!(page.contains("30 companies changed") && page.contains("Undo"), "what was done to companies is taken back by a button");
        app.form(Some(&token), "/do/undo_job", &format!("job={job}")).await;
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings where owner_kind = 'company'").await, 0);
        let (_, page) = app.get(&token, "/companies").await;
        assert!(page.contains("Undoing: done, 30 companies changed"));
        let from = app.number("select min(id) from companies").await;
        let into = app.number("select max(id) from companies").await;
        for (change, tagged) in [("add", 1), ("remove", 0)] {
            let form = format!("of=company&selected[0]={from}&address=/companies&name=kept&change={change}");
            app.form(Some(&token), "/do/tag_selected", &form).await;
            if change == "add" {
                end(&app, End::Merge(CompanyId(from), CompanyId(into))).await;
            }
            rapport::jobs::run_due(&app.state).await.unwrap();
            let count = app.number("select count(*) from taggings where owner_kind = 'company' and owner_id = (select max(id) from companies)").await;
            assert_eq!(count, tagged, "{change}: the survivor stands for who was merged meanwhile");
        }
        let (_, page) = app.get(&token, "/companies?health=active").await;
        assert!(page.contains("Company 07") && page.contains("1 company"), "the list is there before any script");
    }

    async fn open_conversations_lead_to_those_of_its_people_in_the_inbox(app: TestApp) {
        let token = ada(&app).await;
        for (user, company) in [("grace", "navy"), ("alan", "fleet"), ("joan", "navy")] {
            group(&app, user, company, json!({"name": format!("The {company}")})).await;
            app.call("identify", &json!({"userId": user, "traits": {"name": format!("Zqx {user}")}})).await;
        }
        let id = app.number("select id from companies where company_id = 'navy'").await;
        for (user, sql) in [("grace", "select id from contacts where external_id = 'grace'"), ("alan", "select id from contacts where external_id = 'alan'"), ("joan", "select id from contacts where external_id = 'joan'")] {
            let contact = ContactId(app.number(sql).await);
            let mut w = write(&app).await;
            rapport::conversations::receive(&mut w, contact, None, "Hello", user).await.unwrap();
            w.commit().await.unwrap();
        }
        let joan = app.number("select id from contacts where external_id = 'joan'").await;
        assert_eq!(profile(&app, &token, id).await.open, 2);
        let (_, page) = app.get(&token, &format!("/companies/{id}")).await;
        assert!(page.contains(&format!("href=\"/inbox?in=company-{id}\"")) && page.contains("2 open conversations"));
        let inbox = async |query: &str| app.get(&token, &format!("/inbox?in=company-{id}{query}")).await.1;
        let page = inbox("").await;
        assert!(page.contains("Zqx grace") && page.contains("Zqx joan") && !page.contains("Zqx alan"), "{page}");
        assert!(page.contains("People of The navy"));
        for query in ["&order=waiting", "&order=oldest", "&find=zqx"] {
            let page = inbox(query).await;
            assert!(page.contains("Zqx grace") && !page.contains("Zqx alan"), "{query}");
        }
        app.form(Some(&token), "/do/detach", &format!("company={id}&contact={joan}")).await;
        assert!(!inbox("").await.contains("Zqx joan"), "who has left is none of its people");
    }

    async fn many_open_a_company_at_once(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        visit(&app, "grace").await;
        let id = app.number("select id from companies").await;
        let address = format!("/companies/{id}");
        let pages = (0..40).map(|_| app.get(&token, &address));
        // More than there are connections to the database: no page waits for one that another keeps and does not use.
        let pages = tokio::time::timeout(std::time::Duration::from_secs(120), futures::future::join_all(pages));
        for (status, body) in pages.await.expect("the pages come to their end") {
            assert!(status == StatusCode::OK && body.contains("US Navy"), "{status}");
        }
    }

    async fn an_outsider_finds_no_company(app: TestApp) {
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        let id = app.number("select id from companies").await;
        app.outsider().await;
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        for path in [format!("/do/company?id={id}"), format!("/do/company_members?company={id}&find=&order=name&page=0"), format!("/do/company_places?company={id}"), format!("/do/stream?owner=company-{id}&limit=5"), format!("/companies/{id}")] {
            let (status, body) = app.get(&eve, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(!body.contains("US Navy"));
        }
        let contact = app.number("select id from contacts").await;
        for (path, form) in [("/do/attach", format!("company={id}&who=grace")), ("/do/detach", format!("company={id}&contact={contact}")), ("/do/main_contact", format!("company={id}&contact={contact}")), ("/do/add_tag", format!("owner=company-{id}&name=x")), ("/do/set_company", format!("company={id}&name=x&website=&industry=&plan=&owner=0")), ("/do/tag_members", format!("company={id}&all=1&find=&name=x&change=add"))] {
            let (status, _) = app.form(Some(&eve), path, &form).await;
            assert!([StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&status), "{path}: {status}");
        }
        assert_eq!(app.number("select user_count from companies").await, 1);
        assert_eq!(app.number("select count(*) from taggings").await, 0);
    }
    async fn a_website_leads_somewhere_and_refunds_are_filtered_for(app: TestApp) {
        let token = ada(&app).await;
        for (id, site, spend) in [("named", "navy.example/fleet", -20.5), ("whole", "http://army.example", 0.0), ("odd", "javascript:alert(1)", 5.0)] {
            group(&app, "grace", id, json!({"name": id, "website": site, "monthlySpend": spend})).await;
        }
        for (id, link) in [("named", Some("https://navy.example/fleet")), ("whole", Some("http://army.example")), ("odd", None)] {
            let found = list(&app, &token, &format!("find={id}")).await;
            let (_, page) = app.get(&token, &format!("/companies/{}", found.rows[0].id)).await;
            let links = page.matches("rel=\"noopener noreferrer nofollow\"").count();
            assert_eq!(links, if link.is_some() { 2 } else { 0 }, "{id}: at the top and among the facts");
            assert!(!page.contains("href=\"javascript:"), "{id}");
            assert!(link.is_none_or(|link| page.matches(&format!("href=\"{link}\"")).count() == 2), "{id}");
        }
        let refunds = list(&app, &token, "spend_most=-1").await;
        assert_eq!((refunds.total, refunds.rows[0].title.as_str()), (1, "named"));
        let (_, page) = app.get(&token, "/companies").await;
        let field = |name: &str| {
            let from = page.find(&format!("name=\"{name}\"")).unwrap();
            page[from..].split_once('>').unwrap().0.to_owned()
        };
        assert!(!field("spend_most").contains("min=") && field("size_most").contains("min=\"0\""), "a form without a script takes it");
    }
}
