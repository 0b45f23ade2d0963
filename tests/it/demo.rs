//! Made-up customers: the same every time, written once, by whichever path, with counts that are right.

use rapport::demo::{self, Made, Plan};
use rapport::id::{TeammateId, WorkspaceId};
use rapport::teammates::sign_in;
use rapport::tracking::{GROUP, accept_all, accept_new};
use rapport::workspace::{choose, create};

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

const SMALL: Plan = Plan { people: 130, events: 900 };

async fn workspace(app: &TestApp) -> WorkspaceId {
    choose(&app.state.db, Some(&app.keys.app_id)).await.unwrap()
}

async fn other(app: &TestApp) -> WorkspaceId {
    let keys = create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
    choose(&app.state.db, Some(&keys.app_id)).await.unwrap()
}

async fn begin(app: &TestApp, workspace: WorkspaceId) -> Made {
    demo::begin(&app.state, workspace, TeammateId(0), SMALL).await.unwrap()
}

async fn fill(app: &TestApp, workspace: WorkspaceId) {
    let mut made = begin(app, workspace).await;
    while demo::step(&app.state, workspace, &mut made).await.unwrap() {}
    assert!(made.is_done());
}

/// The rows that a statement answers as text for one workspace, sorted.
async fn rows(app: &TestApp, workspace: WorkspaceId, sql: &'static str) -> Vec<String> {
    let mut c = app.state.db.read().await.unwrap();
    let found: Result<Vec<(String,)>, _> =
        rapport::run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_all(x));
    let mut rows: Vec<_> = found.unwrap().into_iter().map(|(row,)| row).collect();
    rows.sort_unstable();
    rows
}

/// What tables hold but for the moment at which somebody was first heard of, with the customer's own names in place of our numbers.
const TABLES: [(&str, &str); 15] = [
    (
        "contacts",
        "select concat_ws('|', i.kind, i.value, p.role, p.external_id, p.external_key, p.name, p.name_key, p.email, p.email_key, p.phone, \
      p.owner_id, p.updated_at, p.signed_up_at, p.first_seen_at, p.last_seen_at, p.session_count, p.unsubscribed, \
      p.browser, p.browser_version, p.browser_language, p.os, p.referrer, p.utm_campaign, p.utm_medium, p.utm_source, p.last_page, \
      p.last_seen_ip, p.location, p.country_code, p.city_key, p.region_key, p.merged_into, p.archived_at, p.blocked_at) \
      from contacts p join contact_identities i on i.workspace_id = p.workspace_id and i.contact_id = p.id where p.workspace_id = $1",
    ),
    (
        "words",
        "select concat_ws('|', i.value, w.word) from contact_words w join contact_identities i \
      on i.workspace_id = w.workspace_id and i.contact_id = w.contact_id where w.workspace_id = $1",
    ),
    (
        "companies",
        "select concat_ws('|', company_id, company_key, name, name_key, plan, monthly_spend, size, website, industry, owner_id, \
      remote_created_at, created_at, updated_at, last_seen_at, session_count, user_count) from companies where workspace_id = $1",
    ),
    (
        "memberships",
        "select concat_ws('|', i.value, c.company_id, m.joined_at, m.left_at) from memberships m \
      join contact_identities i on i.workspace_id = m.workspace_id and i.contact_id = m.contact_id \
      join companies c on c.workspace_id = m.workspace_id and c.id = m.company_id where m.workspace_id = $1",
    ),
    (
        "sessions",
        "select concat_ws('|', i.value, s.started_at, s.ended_at, s.previous_last_seen_at) from sessions s \
      join contact_identities i on i.workspace_id = s.workspace_id and i.contact_id = s.contact_id where s.workspace_id = $1",
    ),
    (
        "attributes",
        "select concat_ws('|', subject, name, data_type, created_at, declared) from attributes where workspace_id = $1",
    ),
    (
        "values of people",
        "select concat_ws('|', i.value, a.name, v.number, v.text, v.text_key, v.updated_at) from attribute_values v \
      join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id \
      join contact_identities i on i.workspace_id = v.workspace_id and i.contact_id = v.subject_id \
      where v.workspace_id = $1 and v.subject = 'contact'",
    ),
    (
        "values of companies",
        "select concat_ws('|', c.company_id, a.name, v.number, v.text, v.text_key) from attribute_values v \
      join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id \
      join companies c on c.workspace_id = v.workspace_id and c.id = v.subject_id where v.workspace_id = $1 and v.subject = 'company'",
    ),
    (
        "event counts",
        "select concat_ws('|', i.value, n.name, e.count, e.first_at, e.last_at) from event_counts e \
      join event_names n on n.workspace_id = e.workspace_id and n.id = e.event_name_id \
      join contact_identities i on i.workspace_id = e.workspace_id and i.contact_id = e.contact_id where e.workspace_id = $1",
    ),
    (
        "event days",
        "select concat_ws('|', i.value, n.name, e.day, e.count) from event_days e \
      join event_names n on n.workspace_id = e.workspace_id and n.id = e.event_name_id \
      join contact_identities i on i.workspace_id = e.workspace_id and i.contact_id = e.contact_id where e.workspace_id = $1",
    ),
    ("message ids", "select message_id from message_ids where workspace_id = $1"),
    (
        "log",
        "select concat_ws('|', case when a.kind = 'contact_created' then 0 else a.occurred_at end, a.kind, i.value, c.company_id, a.actor_id, n.name, a.data) from activity a \
      left join contact_identities i on i.workspace_id = a.workspace_id and i.contact_id = a.contact_id \
      left join companies c on c.workspace_id = a.workspace_id and c.id = a.company_id \
      left join event_names n on n.workspace_id = a.workspace_id and n.id = a.ref_id where a.workspace_id = $1",
    ),
    (
        "streams of people",
        "select concat_ws('|', i.value, case when a.kind = 'contact_created' then 0 else s.occurred_at end, s.facet, a.kind, a.data) from stream s \
      join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
      join contact_identities i on i.workspace_id = s.workspace_id and i.contact_id = s.owner_id \
      where s.workspace_id = $1 and s.owner_kind = 'contact'",
    ),
    (
        "streams of companies",
        "select concat_ws('|', c.company_id, case when a.kind = 'contact_created' then 0 else s.occurred_at end, s.facet, a.kind, a.data) from stream s \
      join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
      join companies c on c.workspace_id = s.workspace_id and c.id = s.owner_id \
      where s.workspace_id = $1 and s.owner_kind = 'company'",
    ),
    ("sequence", "select concat_ws('|', n, people) from workspace_seq where workspace_id = $1"),
];

/// What must be nothing, in any workspace: folds that differ from what they fold.
const WRONG: [(&str, &str); 13] = [
    (
        "event counts",
        "select count(*) from event_counts e where (count, first_at, last_at) not in (select count(*), min(occurred_at), max(occurred_at) \
      from activity a where a.workspace_id = e.workspace_id and a.contact_id = e.contact_id and a.ref_id = e.event_name_id and a.kind = 'event')",
    ),
    (
        "events without a count",
        "select count(*) from activity a where kind = 'event' and not exists (select 1 from event_counts e \
      where e.workspace_id = a.workspace_id and e.contact_id = a.contact_id and e.event_name_id = a.ref_id)",
    ),
    (
        "event days",
        "select count(*) from event_days e where count <> (select count(*) from activity a where a.workspace_id = e.workspace_id \
      and a.contact_id = e.contact_id and a.ref_id = e.event_name_id and a.kind = 'event' and a.occurred_at / 86400000 = e.day)",
    ),
    (
        "sessions of people",
        "select count(*) from contacts p where session_count <> (select count(*) from sessions s \
      where s.workspace_id = p.workspace_id and s.contact_id = p.id)",
    ),
    (
        "last seen",
        "select count(*) from contacts p where last_seen_at <> coalesce((select max(ended_at) from sessions s \
      where s.workspace_id = p.workspace_id and s.contact_id = p.id), 0)",
    ),
    (
        "people of companies",
        "select count(*) from companies c where user_count <> (select count(*) from memberships m \
      where m.workspace_id = c.workspace_id and m.company_id = c.id and m.left_at = 0)",
    ),
    (
        "sessions of companies",
        "select count(*) from companies c where session_count <> (select count(*) from memberships m join sessions s \
      on s.workspace_id = m.workspace_id and s.contact_id = m.contact_id and s.started_at >= m.joined_at \
      where m.workspace_id = c.workspace_id and m.company_id = c.id)",
    ),
    (
        "companies last seen",
        "select count(*) from companies c where last_seen_at <> coalesce((select max(p.last_seen_at) from memberships m \
      join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id \
      where m.workspace_id = c.workspace_id and m.company_id = c.id), 0)",
    ),
    (
        "numbers",
        "select count(*) from workspace_seq w where n <> (select count(*) from activity a where a.workspace_id = w.workspace_id) \
      or n <> coalesce((select max(seq) from activity a where a.workspace_id = w.workspace_id), 0) \
      or people <> (select count(*) from contacts p where p.workspace_id = w.workspace_id and archived_at = 0 and merged_into = 0)",
    ),
    (
        "streams of people",
        "select count(*) from activity a where contact_id > 0 and not exists (select 1 from stream s \
      where s.workspace_id = a.workspace_id and s.owner_kind = 'contact' and s.owner_id = a.contact_id and s.seq = a.seq)",
    ),
    (
        "streams of companies",
        "select count(*) from activity a join memberships m on m.workspace_id = a.workspace_id and m.contact_id = a.contact_id \
      where not exists (select 1 from stream s where s.workspace_id = a.workspace_id and s.owner_kind = 'company' \
      and s.owner_id = m.company_id and s.seq = a.seq)",
    ),
    (
        "newest parts",
        "select count(*) from conversations c where last_part_id <> (select max(id) from parts p \
      where p.workspace_id = c.workspace_id and p.conversation_id = c.id)",
    ),
    (
        "what lies ahead",
        "select count(*) from activity a join workspaces w on w.id = a.workspace_id where occurred_at > 1772366400000",
    ),
];

on_both! {
    async fn made_up_customers_are_written_once_and_counted_right(app: TestApp) {
        let here = workspace(&app).await;
        // Two begin at once, and both are stopped and go on several times.
        let (mut one, mut two) = (begin(&app, here).await, begin(&app, here).await);
        assert_eq!(one, two);
        demo::step(&app.state, here, &mut one).await.unwrap();
        demo::step(&app.state, here, &mut two).await.unwrap();
        assert_eq!(one, two, "the second found the first step done");
        fill(&app, here).await;
        assert_eq!(app.number("select count(*) from contacts").await, SMALL.people);
        assert_eq!(app.number("select count(*) from companies").await, SMALL.companies());
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, SMALL.events);
        assert_eq!(app.number("select count(*) from conversations").await, SMALL.conversations());
        for (what, sql) in WRONG {
            assert_eq!(app.number(sql).await, 0, "{what}");
        }
        for (what, sql) in [
            ("types", "select count(distinct data_type) - 5 from attributes"),
            ("authors of notes", "select cast(case when count(distinct author_id) >= 3 then 0 else 1 end as bigint) from notes"),
            ("actors", "select cast(case when count(distinct actor_id) >= 4 then 0 else 1 end as bigint) from activity where kind = 'message_sent'"),
            ("customers act as themselves", "select count(*) from activity where kind = 'message_received' and actor_id <> 0"),
            ("closed", "select cast(case when count(*) > 20 then 0 else 1 end as bigint) from conversations where state = 'closed'"),
            ("unanswered", "select cast(case when count(*) > 1 then 0 else 1 end as bigint) from conversations where state = 'open' and waiting_since > 0"),
            ("waiting", "select cast(case when count(*) > 0 then 0 else 1 end as bigint) from conversations where state = 'open' and waiting = 1"),
            ("snoozed", "select cast(case when count(*) > 0 then 0 else 1 end as bigint) from conversations where state = 'snoozed'"),
            ("given to teams", "select cast(case when count(distinct team_id) = 3 then 0 else 1 end as bigint) from conversations"),
            ("tags", "select 3 - count(distinct owner_kind) from taggings"),
            ("notes", "select 2 - count(distinct owner_kind) from notes"),
            ("companies without a past", "select count(*) from companies c where health <> 'new' and not exists (select 1 from activity a \
              where a.workspace_id = c.workspace_id and a.company_id = c.id and a.kind = 'company_health_changed')"),
            ("where a past ends", "select count(*) from companies c where health_at <> (select max(occurred_at) from activity a \
              where a.workspace_id = c.workspace_id and a.company_id = c.id and a.kind = 'company_health_changed')"),
            ("people heard of after they came", "select count(*) from contacts where created_at > first_seen_at or created_at > signed_up_at"),
            ("everybody heard of at once", "select cast(case when count(distinct created_at) > 100 then 0 else 1 end as bigint) from contacts"),
            ("what the log says of people", "select count(*) from activity a join contacts p on p.workspace_id = a.workspace_id and p.id = a.contact_id \
              join stream s on s.workspace_id = a.workspace_id and s.owner_kind = 'contact' and s.owner_id = p.id and s.seq = a.seq \
              where a.kind = 'contact_created' and (a.occurred_at <> p.created_at or s.occurred_at <> p.created_at)"),
            ("what the log says of companies", "select count(*) from activity a join companies c on c.workspace_id = a.workspace_id and c.id = a.company_id \
              join stream s on s.workspace_id = a.workspace_id and s.owner_kind = 'company' and s.owner_id = c.id and s.seq = a.seq \
              where a.kind = 'company_created' and (a.occurred_at <> c.created_at or s.occurred_at <> c.created_at)"),
            ("companies heard of after they began", "select count(*) from companies where created_at > remote_created_at"),
            ("slipped away and came back", "select cast(case when count(*) > 0 then 0 else 1 end as bigint) from activity \
              where kind = 'company_health_changed' and data like '%\"from\":\"slipping_away\"%' and data like '%\"to\":\"active\"%'"),
        ] {
            assert_eq!(app.number(sql).await, 0, "{what}");
        }
        let (before, parts) = (app.number("select n from workspace_seq").await, app.number("select count(*) from parts").await);
        let bigger = Plan { people: 500, events: 0 };
        let mut again = demo::begin(&app.state, here, TeammateId(0), bigger).await.unwrap();
        assert_eq!((again.plan, again.is_done()), (SMALL, true), "what is there stays, whatever is asked for");
        assert!(!demo::step(&app.state, here, &mut again).await.unwrap());
        assert_eq!(app.number("select n from workspace_seq").await, before);
        assert_eq!(app.number("select count(*) from parts").await, parts);
    }

    async fn writing_many_at_once_comes_to_the_same_as_one_after_the_other(app: TestApp) {
        let (here, there) = (workspace(&app).await, other(&app).await);
        for from in (0..SMALL.people).step_by(40) {
            let until = (from + 40).min(SMALL.people);
            let people: Vec<_> = (from..until).map(|n| demo::calls(SMALL, n, NOON).unwrap()).collect();
            let all = people.concat();
            assert_eq!(accept_new(&app.state, here, &people).await.unwrap(), all.len());
            for group in all.chunks(GROUP) {
                accept_all(&app.state, there, group).await.unwrap();
            }
        }
        for (table, sql) in TABLES {
            let (one, two) = (rows(&app, here, sql).await, rows(&app, there, sql).await);
            assert!(!one.is_empty(), "{table}");
            if let Some((a, b)) = one.iter().zip(&two).find(|(a, b)| a != b) {
                panic!("{table}:\n{a}\n{b}");
            }
            assert_eq!(one.len(), two.len(), "{table}");
        }
        for (what, sql) in WRONG {
            assert_eq!(app.number(sql).await, 0, "{what}");
        }
        // Known people, and known calls, are taken as ever.
        let people: Vec<_> = (120..140).map(|n| demo::calls(SMALL, n, NOON).unwrap()).collect();
        let new: usize = people[10..].iter().map(Vec::len).sum();
        assert_eq!(accept_new(&app.state, here, &people).await.unwrap(), new);
        assert_eq!(app.number("select max(people) from workspace_seq").await, 140);
    }

    async fn two_workspaces_are_filled_alike_and_apart(app: TestApp) {
        let (here, there) = (workspace(&app).await, other(&app).await);
        fill(&app, here).await;
        fill(&app, there).await;
        for (table, sql) in [TABLES[1], TABLES[3], TABLES[4], TABLES[6], TABLES[8], TABLES[12], TABLES[14]] {
            if table != "streams of people" {
                assert_eq!(rows(&app, here, sql).await, rows(&app, there, sql).await, "{table}");
            }
        }
        let bodies = "select p.body from parts p where p.workspace_id = $1";
        assert_eq!(rows(&app, here, bodies).await, rows(&app, there, bodies).await);
    }

    async fn made_up_teammates_cannot_sign_in(app: TestApp) {
        let here = workspace(&app).await;
        begin(&app, here).await;
        assert_eq!(app.number("select count(*) from teammates").await, 6);
        let email = app.text("select email from teammates where name = 'Mina Park'").await;
        for password in ["", "correct horse battery"] {
            assert!(sign_in(&app.state, &email, password).await.is_err(), "{password}");
        }
        assert!(sign_in(&app.state, "ada@example.com", "correct horse battery").await.is_ok());
    }
}
