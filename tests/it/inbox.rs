//! The inbox: its lists, what can be done with conversations, and undoing it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::conversations::{
    self, Counted, Done, Group, Line, Lines, PartKind, State, Thread, View, Views,
};
use rapport::error::Error;
use rapport::id::{ContactId, ConversationId, TeamId, TeammateId, WorkspaceId};
use rapport::live::Topic;
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::{Changed, Db, Write};
use rapport::server::state::AppState;
use rapport::stream::Kind;
use rapport::teammates::{Role, invite, join, sign_in};
use rapport::teams;
use rapport::time::Time;
use rapport::workspace::create;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

const HOUR: i64 = 60 * 60 * 1000;

async fn ada(app: &TestApp) -> String {
    sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap()
}

/// A second teammate with a session.
async fn bob(app: &TestApp) -> (String, TeammateId) {
    let mut w = write(app).await;
    let token = invite(&mut w, "bob@example.com", Role::Agent).await.unwrap();
    w.commit().await.unwrap();
    join(&app.state, &token, "Bob Byrne", "correct horse battery").await.unwrap();
    let session = sign_in(&app.state, "bob@example.com", "correct horse battery").await.unwrap();
    (session, TeammateId(app.number("select max(id) from teammates").await))
}

async fn person(app: &TestApp, name: &str) -> ContactId {
    app.call("identify", &json!({"userId": name, "traits": {"name": name}})).await;
    ContactId(app.number("select max(id) from contacts").await)
}

async fn write(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = TeammateId(app.number("select id from teammates order by id limit 1").await);
    Write::begin(&app.state, workspace, ada).await.unwrap()
}

/// What a person wrote, as a conversation of its own.
async fn asked(app: &TestApp, contact: ContactId, text: &str) -> ConversationId {
    let mut w = write(app).await;
    let id = conversations::receive(&mut w, contact, None, text, text).await.unwrap();
    w.commit().await.unwrap();
    app.pass(1);
    id
}

async fn list(app: &TestApp, token: &str, query: &str) -> Vec<Line> {
    let query = query.replace('=', "%3D").replace('&', "%26").replace(' ', "%20");
    let (status, body) = app.get(token, &format!("/do/conversations?query={query}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str::<Lines>(&body).unwrap().lines
}

async fn ids(app: &TestApp, token: &str, query: &str) -> Vec<ConversationId> {
    list(app, token, query).await.into_iter().map(|line| line.id).collect()
}

async fn act(app: &TestApp, token: &str, ids: &[ConversationId], rest: &str) -> Done {
    let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let (status, body) =
        app.form(Some(token), "/do/act", &format!("ids={ids}&change={rest}")).await;
    assert_eq!(status, StatusCode::OK, "{rest}: {body}");
    serde_json::from_str(&body).unwrap()
}

async fn undo(app: &TestApp, token: &str, done: &Done) {
    let changes = serde_json::to_string(&done.undo).unwrap();
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("changes", &changes)
        .finish();
    let (status, body) = app.form(Some(token), "/do/undo", &form).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

async fn thread(app: &TestApp, token: &str, id: ConversationId) -> Thread {
    let (_, body) = app.get(token, &format!("/do/conversation?id={id}")).await;
    serde_json::from_str(&body).unwrap()
}

async fn views(app: &TestApp, token: &str) -> Views {
    let (_, body) = app.get(token, "/do/inbox_views").await;
    serde_json::from_str(&body).unwrap()
}

async fn count(app: &TestApp, token: &str, name: &str) -> i64 {
    let views = views(app, token).await.views;
    views.into_iter().find(|v| v.name == name).unwrap_or_else(|| panic!("a view {name}")).count
}

on_both! {
    async fn lists_have_what_they_say(app: TestApp) {
        let (ada, (bob, bob_id)) = (ada(&app).await, bob(&app).await);
        let (grace, noor) = (person(&app, "Grace Hopper").await, person(&app, "Noor Din").await);
        let (a, b, c) = (asked(&app, grace, "one").await, asked(&app, noor, "two").await, asked(&app, grace, "three").await);
        let mut w = write(&app).await;
        let team = teams::make(&mut w, "Support").await.unwrap();
        w.commit().await.unwrap();
        act(&app, &ada, &[a], &format!("assign:{bob_id}")).await;
        act(&app, &ada, &[b], &format!("team:{team}")).await;
        act(&app, &ada, &[c], "tag&tag=Billing").await;
        let tag = app.number("select id from tags").await;
        assert_eq!(ids(&app, &ada, "").await, [c, b, a], "newest first");
        assert_eq!(ids(&app, &ada, "order=oldest").await, [a, b, c]);
        assert_eq!(ids(&app, &bob, "in=mine").await, [a]);
        assert_eq!(ids(&app, &ada, "in=mine").await, []);
        assert_eq!(ids(&app, &ada, "in=unassigned").await, [c, b]);
        assert_eq!(ids(&app, &ada, &format!("in=teammate-{bob_id}")).await, [a]);
        assert_eq!(ids(&app, &ada, &format!("in=team-{team}")).await, [b]);
        assert_eq!(ids(&app, &ada, &format!("in=tag-{tag}")).await, [c]);
        assert_eq!(ids(&app, &ada, "find=hop").await, [c, a], "by the beginning of a word");
        assert_eq!(ids(&app, &ada, "find=hop gra&in=unassigned").await, [c]);
        assert_eq!(ids(&app, &ada, "find=nobody").await, []);
        assert_eq!(ids(&app, &ada, &format!("find=grace&in=tag-{tag}")).await, [c]);
        for (name, expected) in [("Mine", 0), ("Unassigned", 2), ("All", 3), ("Mentions", 0), ("Support", 1), ("Bob Byrne", 1), ("Billing", 1)] {
            assert_eq!(count(&app, &ada, name).await, expected, "{name}");
        }
        let line = &list(&app, &ada, &format!("in=team-{team}")).await[0];
        assert_eq!((line.team.as_deref(), line.assignee.as_deref(), line.title.as_str()), (Some("Support"), None, "Noor Din"));
        assert_eq!(list(&app, &ada, "find=hop").await[0].tags[0].1, "Billing");
    }

    async fn the_people_of_a_segment_are_a_list_however_many_they_are(app: TestApp) {
        let ada = ada(&app).await;
        let (grace, noor, ida) = (person(&app, "Grace").await, person(&app, "Noor").await, person(&app, "Ida").await);
        let (a, b, c, d) = (asked(&app, grace, "one").await, asked(&app, noor, "two").await, asked(&app, grace, "three").await, asked(&app, ida, "four").await);
        act(&app, &ada, &[b], "close").await;
        // Few people first, whose conversations are looked for; then so many that the list is walked.
        for (segment, more) in [(5_i64, 0), (6, 3_000)] {
            let subjects = [grace.0, noor.0].into_iter().chain(900_000_000..900_000_000 + more);
            let rows = serde_json::to_string(&subjects.map(|id| [id]).collect::<Vec<_>>()).unwrap();
            let sql = "insert into segment_members (workspace_id, segment_id, subject_id, entered_at) \
                       select $1, $2, cast(value ->> 0 as bigint), 1 from json_each($3)";
            let mut w = write(&app).await;
            let _: rapport::server::db::Changed =
                rapport::run!(w.conn, |x| sqlx::query(sql).bind(w.workspace).bind(segment).bind(&rows).execute(x)).unwrap();
            w.commit().await.unwrap();
            let list = |rest: &str| format!("in=segment-{segment}{rest}");
            assert_eq!(ids(&app, &ada, &list("")).await, [c, a], "newest first");
            assert_eq!(ids(&app, &ada, &list("&order=oldest")).await, [a, c]);
            assert_eq!(ids(&app, &ada, &list("&order=waiting")).await, [a, c]);
            assert_eq!(ids(&app, &ada, &list("&state=closed")).await, [b]);
            assert_eq!(ids(&app, &ada, &list("&find=grace")).await, [c, a]);
            assert_eq!(ids(&app, &ada, &list("&find=ida")).await, []);
        }
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert_eq!(ids(&app, &eve, "in=segment-5").await, []);
        assert!(d.0 > 0);
    }

    async fn segments_are_counted_together_through_all_that_is_open(app: TestApp) {
        let ada = ada(&app).await;
        let (grace, noor) = (person(&app, "Grace").await, person(&app, "Noor").await);
        let first = [asked(&app, grace, "one").await, asked(&app, grace, "two").await];
        // More than two steps of others' conversations are newer than hers, and both segments have too many people to begin with them.
        let sql = "insert into conversations (workspace_id, id, contact_id, state, channel, created_at, updated_at) \
                   with recursive n(i) as (select 1 union all select i + 1 from n where i < 41000) \
                   select $1, 900000000 + i, $2, 'open', 'chat', 1, 9000000000000 + i / 7 from n";
        let mut w = write(&app).await;
        let _: Changed =
            rapport::run!(w.conn, |x| sqlx::query(sql).bind(w.workspace).bind(noor).execute(x)).unwrap();
        for (segment, name, who) in [(5_i64, "Graces", grace), (6, "Noors", noor)] {
            let made = "insert into segments (workspace_id, id, subject, name, name_key, rule, members, created_by, created_at, updated_at) \
                        values ($1, $2, 'contact', $3, $3, '{\"all\":[]}', 3001, 0, 1, 1)";
            let _: Changed =
                rapport::run!(w.conn, |x| sqlx::query(made).bind(w.workspace).bind(segment).bind(name).execute(x)).unwrap();
            let held = "insert into segment_members (workspace_id, segment_id, subject_id, entered_at) \
                        with recursive n(i) as (select 0 union all select i + 1 from n where i < 3000) \
                        select $1, $2, case when i = 0 then $3 else 900000000 + i end, 1 from n";
            let _: Changed = rapport::run!(w.conn, |x| {
                sqlx::query(held).bind(w.workspace).bind(segment).bind(who).execute(x)
            })
            .unwrap();
        }
        w.commit().await.unwrap();
        for (name, expected) in [("Graces", 2), ("Noors", 1_000), ("All", 1_000)] {
            assert_eq!(count(&app, &ada, name).await, expected, "{name}");
        }
        act(&app, &ada, &first[..1], "close").await;
        assert_eq!(count(&app, &ada, "Graces").await, 1);
    }

    async fn mentions_are_a_list_until_the_conversation_is_closed(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let (a, b) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await);
        let mut w = write(&app).await;
        let sql = "insert into mentions (workspace_id, teammate_id, conversation_id, part_id, created_at) \
                   select workspace_id, $1, id, last_part_id, updated_at from conversations";
        let _: rapport::server::db::Changed = rapport::run!(w.conn, |x| sqlx::query(sql).bind(w.actor).execute(x)).unwrap();
        w.commit().await.unwrap();
        for order in ["newest", "oldest", "waiting"] {
            let expected = if order == "newest" { [b, a] } else { [a, b] };
            assert_eq!(ids(&app, &ada, &format!("in=mentions&order={order}")).await, expected);
        }
        assert_eq!(ids(&app, &ada, "in=mentions&find=grace").await, [b, a]);
        act(&app, &ada, &[a], "read").await;
        assert_eq!(app.number("select count(*) from mentions where seen_at > 0").await, 1, "who has read it has seen it");
        act(&app, &ada, &[a], "close").await;
        assert_eq!(ids(&app, &ada, "in=mentions").await, [b]);
    }

    async fn what_is_answered_first_is_a_list_of_its_own(app: TestApp) {
        let (ada, (bobs, bob)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        let (a, b, c) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await, asked(&app, grace, "three").await);
        assert_eq!((ids(&app, &ada, "priority=1").await, count(&app, &ada, "Priority").await), (vec![], 0));
        act(&app, &ada, &[a, c], "priority:on").await;
        assert_eq!(count(&app, &bobs, "Priority").await, 2, "it is everybody's");
        for (order, expected) in [("newest", [c, a]), ("oldest", [a, c]), ("waiting", [a, c])] {
            assert_eq!(ids(&app, &bobs, &format!("priority=1&order={order}")).await, expected, "{order}");
        }
        assert_eq!(ids(&app, &ada, "").await, [c, b, a], "the others are where they were");
        act(&app, &ada, &[a], "priority:off").await;
        assert_eq!((ids(&app, &ada, "priority=1").await, count(&app, &ada, "Priority").await), (vec![c], 1));
        let done = act(&app, &ada, &[c], "priority:off").await;
        assert_eq!(ids(&app, &ada, "priority=1").await, []);
        undo(&app, &ada, &done).await;
        assert_eq!((ids(&app, &ada, "priority=1").await, count(&app, &ada, "Priority").await), (vec![c], 1));
        act(&app, &ada, &[a, b, c], "priority:on").await;

        // In any state, and together with whose they are.
        act(&app, &ada, &[b], "close").await;
        act(&app, &ada, &[a], "snooze:tomorrow").await;
        assert_eq!((ids(&app, &ada, "priority=1").await, count(&app, &ada, "Priority").await), (vec![c], 1));
        assert_eq!(ids(&app, &ada, "priority=1&state=closed").await, [b]);
        assert_eq!(ids(&app, &ada, "priority=1&state=snoozed").await, [a]);
        act(&app, &ada, &[a, b], "open").await;
        act(&app, &ada, &[a], "priority:off").await;
        act(&app, &ada, &[a, b], &format!("assign:{bob}")).await;
        assert_eq!(ids(&app, &bobs, "priority=1&in=mine").await, [b]);
        assert_eq!(ids(&app, &ada, &format!("priority=1&in=teammate-{bob}")).await, [b]);
        assert_eq!(ids(&app, &ada, "priority=1&in=unassigned").await, [c]);
        assert_eq!(ids(&app, &ada, "priority=1&find=gra").await, [b, c]);
        assert_eq!(ids(&app, &ada, "priority=1&find=noor").await, []);
        act(&app, &ada, &[a, b], "tag&tag=Billing").await;
        let tag = app.number("select id from tags").await;
        assert_eq!(ids(&app, &ada, &format!("priority=1&in=tag-{tag}")).await, [b]);
        let (status, _) = app.form(Some(&ada), "/do/save_view", "query=in%3Dunassigned%26priority%3D1&name=Urgent").await;
        assert_eq!((status, count(&app, &ada, "Urgent").await), (StatusCode::OK, 1));
        act(&app, &ada, &[c], "priority:off").await;
        assert_eq!(count(&app, &ada, "Urgent").await, 0);
        let (_, page) = app.get(&ada, "/inbox?priority=1&state=closed").await;
        assert!(page.contains("Nothing here has priority"));
        let (_, sentence) = app.get(&ada, "/do/inbox_sentence?query=priority%3D1").await;
        assert_eq!(sentence, "\"Open priority conversations, newest first\"");

        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        for query in ["priority=1", "priority=1&in=unassigned", "priority=1&order=waiting"] {
            assert_eq!(ids(&app, &eve, query).await, [], "{query}");
        }
        assert_eq!(count(&app, &eve, "Priority").await, 0);
    }

    async fn what_is_answered_first_is_a_list_however_much_it_is(app: TestApp) {
        let (ada, (bobs, bob)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        let (a, b) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await);
        act(&app, &ada, &[a, b], &format!("assign:{bob}")).await;
        act(&app, &ada, &[b], "tag&tag=Billing").await;
        let tag = app.number("select id from tags").await;
        act(&app, &ada, &[b], "priority:on").await;
        // Few first, with which each list begins; then so many that a list with an order of its own is walked instead.
        for (first, more) in [(900_000_000_i64, 4_000_i64), (900_100_000, 2_000)] {
            let sql = "insert into conversations (workspace_id, id, contact_id, state, channel, priority, created_at, updated_at, waiting_since) \
                       with recursive n(i) as (select 1 union all select i + 1 from n where i < $4) \
                       select $1, $2 + i, $3, 'open', 'messenger', 1, 1, 1000 + i, 1000 + i from n";
            let mut w = write(&app).await;
            let _: Changed =
                rapport::run!(w.conn, |x| sqlx::query(sql).bind(w.workspace).bind(first).bind(grace).bind(more).execute(x)).unwrap();
            w.touch(Topic::Inbox);
            w.commit().await.unwrap();
            for order in ["newest", "oldest", "waiting"] {
                let list = |rest: &str| format!("priority=1&order={order}{rest}");
                assert_eq!(ids(&app, &bobs, &list("&in=mine")).await, [b], "{order}");
                assert_eq!(ids(&app, &ada, &list(&format!("&in=teammate-{bob}"))).await, [b], "{order}");
                assert_eq!(ids(&app, &ada, &list(&format!("&in=tag-{tag}"))).await, [b], "{order}");
                assert_eq!(ids(&app, &ada, &list("&in=mine")).await, [], "{order}");
                assert_eq!(ids(&app, &ada, &list("&in=unassigned")).await.len(), 50, "{order}");
                assert_eq!(ids(&app, &ada, &list("&in=team-5")).await, [], "{order}");
            }
            assert_eq!(ids(&app, &ada, "priority=1").await[0], b, "it was touched last");
            assert_eq!(count(&app, &ada, "Priority").await, 1_000);
        }
    }

    async fn who_waits_longest_comes_first(app: TestApp) {
        let (ada, (_, bob)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        let (a, b, c) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await, asked(&app, grace, "three").await);
        act(&app, &ada, &[b], &format!("assign:{bob}")).await;
        let mut w = write(&app).await;
        conversations::receive(&mut w, grace, Some(a), "still there?", "again").await.unwrap();
        conversations::say(&mut w, c, PartKind::Message, "Hello", "answer").await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(ids(&app, &ada, "order=waiting").await, [a, b], "since the first message; the answered one waits no more");
        assert_eq!(ids(&app, &ada, "order=waiting&in=unassigned").await, [a]);
        assert!(list(&app, &ada, "order=waiting").await[0].waits.is_some());
    }

    async fn pages_have_every_conversation_once_in_any_order(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let mut all = BTreeSet::new();
        let mut w = write(&app).await;
        for n in 0..120 {
            all.insert(conversations::receive(&mut w, grace, None, &format!("Number {n}"), &format!("m-{n}")).await.unwrap());
        }
        w.commit().await.unwrap();
        let tag = act(&app, &ada, &all.iter().copied().collect::<Vec<_>>(), "tag&tag=all").await;
        assert_eq!(tag.said, "120 conversations tagged");
        act(&app, &ada, &all.iter().copied().collect::<Vec<_>>(), "priority:on").await;
        let tag = app.number("select id from tags").await;
        for query in ["".to_owned(), "order%3Doldest".into(), "order%3Dwaiting".into(), "in%3Dunassigned".into(), format!("in%3Dtag-{tag}"), "find%3Dgra".into(), "priority%3D1".into(), "priority%3D1%26order%3Dwaiting".into(), "priority%3D1%26in%3Dunassigned".into()] {
            let (mut path, mut seen, mut pages) = (format!("/do/conversations?query={query}"), BTreeSet::new(), 0);
            loop {
                let (_, body) = app.get(&ada, &path).await;
                let lines: Lines = serde_json::from_str(&body).unwrap();
                pages += 1;
                for line in lines.lines {
                    assert!(seen.insert(line.id), "{query}: once");
                }
                let Some(next) = lines.next else { break };
                path = format!("/do/conversations?query={query}&before={next}");
            }
            assert_eq!((seen == all, pages), (true, 3), "{query}");
        }
        // A page that is read again between its two cursors has what came there meanwhile.
        let (_, body) = app.get(&ada, "/do/conversations").await;
        let first: Lines = serde_json::from_str(&body).unwrap();
        let end = first.next.unwrap();
        app.pass(1_000);
        let new = asked(&app, grace, "new").await;
        let (_, body) = app.get(&ada, &format!("/do/conversations?until={end}")).await;
        let again: Lines = serde_json::from_str(&body).unwrap();
        assert_eq!((again.lines.len(), again.lines[0].id, again.next), (51, new, Some(end)));
        let (status, _) = app.get(&ada, "/do/conversations?before=x").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn what_is_put_off_wakes_in_time_and_once(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let (a, b) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await);
        // Noon on a Sunday in UTC.
        let done = act(&app, &ada, &[a], "snooze:later").await;
        assert_eq!(done.said, "Conversation snoozed until 15:00");
        assert_eq!(act(&app, &ada, &[a], "snooze:tomorrow").await.said, "Conversation snoozed until Monday 2 March, 09:00");
        assert_eq!(act(&app, &ada, &[a], "snooze:monday").await.undo, [], "that is the same moment");
        assert_eq!(act(&app, &ada, &[a], "snooze:at&at=2026-03-01T13:30").await.said, "Conversation snoozed until 13:30");
        act(&app, &ada, &[b], "snooze:reply").await;
        for wrong in ["snooze:at&at=2026-02-30T13:30", "snooze:at&at=2026-03-01T11:00", "snooze:at", "snooze:soon"] {
            let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={a}&change={wrong}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        assert_eq!(ids(&app, &ada, "").await, []);
        let snoozed = list(&app, &ada, "state=snoozed").await;
        assert_eq!(snoozed.iter().map(|l| l.snoozed.as_deref().unwrap()).collect::<Vec<_>>(), ["Until they write", "Until 13:30"]);
        app.pass(HOUR);
        assert_eq!(conversations::wake_due(&app.state).await, Ok(0), "not yet");
        app.pass(HOUR);
        let (first, second) = tokio::join!(conversations::wake_due(&app.state), conversations::wake_due(&app.state));
        assert_eq!(first.unwrap() + second.unwrap(), 1, "two processes wake it once");
        assert_eq!(ids(&app, &ada, "").await, [a]);
        assert_eq!(app.number("select count(*) from activity where kind = 'conversation_woken'").await, 1);
        let mut w = write(&app).await;
        conversations::receive(&mut w, grace, Some(b), "here I am", "m").await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(ids(&app, &ada, "").await, [b, a], "who writes wakes it");
        let kinds: Vec<_> = thread(&app, &ada, a).await.happened.into_iter().map(|h| (h.line.kind, h.line.actor.is_some())).collect();
        assert_eq!(kinds, [(Kind::ConversationSnoozed, true), (Kind::ConversationSnoozed, true), (Kind::ConversationSnoozed, true), (Kind::ConversationWoken, false)]);
        let (_, page) = app.get(&ada, &format!("/inbox/{a}")).await;
        assert!(page.contains("its time has come"), "the thread says so");
    }

    async fn everything_can_be_undone_unless_others_went_on(app: TestApp) {
        let (ada, (bob, bob_id)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        let (a, b) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await);
        let mut w = write(&app).await;
        let team = teams::make(&mut w, "Support").await.unwrap();
        w.commit().await.unwrap();
        let before = ids(&app, &ada, "order=waiting").await;
        let stood = thread(&app, &ada, a).await.line;
        for change in ["close".into(), "snooze:tomorrow".into(), "snooze:reply".into(), format!("assign:{bob_id}"), format!("team:{team}"), "priority:on".into(), "tag&tag=Urgent".into()] {
            let done = act(&app, &ada, &[a, b], &change).await;
            assert_eq!(done.undo.len(), 2, "{change}");
            assert!(thread(&app, &ada, a).await.line.differs(&stood), "{change}");
            app.pass(1_000);
            undo(&app, &ada, &done).await;
            assert!(!thread(&app, &ada, a).await.line.differs(&stood), "{change} is undone");
            assert_eq!(ids(&app, &ada, "order=waiting").await, before, "{change}: places too");
        }
        assert_eq!(app.number("select count(*) from tags").await, 0, "a tag made by mistake is gone");
        act(&app, &ada, &[a], "tag&tag=Kept").await;
        let tag = app.number("select id from tags").await;
        let done = act(&app, &ada, &[a], &format!("untag:{tag}")).await;
        assert_eq!(thread(&app, &ada, a).await.line.tags, []);
        undo(&app, &ada, &done).await;
        assert_eq!(thread(&app, &ada, a).await.line.tags[0].1, "Kept");
        // Bob went on with one of the two: his change stays, the rest is undone.
        let done = act(&app, &ada, &[a, b], "close").await;
        act(&app, &bob, &[b], "open").await;
        act(&app, &bob, &[b], "snooze:reply").await;
        undo(&app, &ada, &done).await;
        assert_eq!(thread(&app, &ada, a).await.line.state, State::Open);
        assert_eq!(thread(&app, &ada, b).await.line.state, State::Snoozed);
        let (status, _) = app.form(Some(&ada), "/do/undo", "changes=nonsense").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn unread_is_each_teammates_own(app: TestApp) {
        let (ada, (bob, _)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        let a = asked(&app, grace, "one").await;
        async fn unread(app: &TestApp, token: &str) -> bool {
            list(app, token, "").await[0].unread
        }
        assert!(unread(&app, &ada).await && unread(&app, &bob).await);
        let (status, _) = app.form(Some(&ada), "/do/mark_read", &format!("conversation={a}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!unread(&app, &ada).await && unread(&app, &bob).await);
        let done = act(&app, &ada, &[a], "unread").await;
        assert!(unread(&app, &ada).await);
        undo(&app, &ada, &done).await;
        assert!(!unread(&app, &ada).await);
        let form = format!("conversation={a}&kind=message&body=Hello&client_id=c");
        app.form(Some(&ada), "/do/say", &form).await;
        assert!(!unread(&app, &ada).await, "one's own words are read");
        act(&app, &ada, &[a], "unread").await;
        assert!(unread(&app, &ada).await, "but may be kept for later");
        assert_eq!(app.number("select count(*) from activity where kind like 'conversation%'").await, 0, "reading is nobody's affair");
    }

    async fn many_change_together_or_not_at_all(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let (a, b) = (asked(&app, grace, "one").await, asked(&app, grace, "two").await);
        let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={a},{b},999999999&change=close")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(ids(&app, &ada, "").await.len(), 2, "nothing changed");
        for form in ["change=close".to_owned(), format!("ids={a}&change=explode"), format!("ids={a}&change=tag&tag=+"), format!("ids={a}&change=team:5")] {
            let (status, _) = app.form(Some(&ada), "/do/act", &form).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{form}");
        }
        // Boxes that a page without JavaScript ticks, and the same one twice.
        let form = format!("conversations%5B%5D={a}&conversations%5B%5D={b}&ids={a}&change=close");
        let (status, body) = app.form(Some(&ada), "/do/act", &form).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("2 conversations closed"), "{body}");
        assert_eq!(act(&app, &ada, &[a, b], "close").await.said, "Nothing changed");
        let many = (1..=501).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={many}&change=close")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn later_today_is_offered_as_long_as_it_is_today_where_the_workspace_is(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let a = asked(&app, grace, "one").await;
        let offered = async |app: &TestApp| {
            let (status, page) = app.get(&ada, &format!("/inbox/{a}")).await;
            assert_eq!(status, StatusCode::OK);
            let there = page.contains("value=\"snooze:later\"");
            assert_eq!(there, views(app, &ada).await.later_today, "the page says what the answer says");
            assert!(page.contains("value=\"snooze:tomorrow\""));
            there
        };
        // Noon in UTC.
        assert!(offered(&app).await);
        app.pass(9 * HOUR - 1_000);
        assert!(offered(&app).await, "20:59:59");
        assert_eq!(act(&app, &ada, &[a], "snooze:later").await.said, "Conversation snoozed until 23:59");
        act(&app, &ada, &[a], "open").await;
        app.pass(1_000);
        assert!(!offered(&app).await, "21:00: in three hours it is tomorrow");
        // Whose page is older than that is told what it is.
        assert_eq!(act(&app, &ada, &[a], "snooze:later").await.said, "Conversation snoozed until Monday 2 March, 00:00");
        act(&app, &ada, &[a], "open").await;
        app.pass(3 * HOUR);
        assert!(offered(&app).await, "midnight");
        // Eight in the evening in New York when it is one in the morning in UTC, and ten when it is three.
        let mut w = write(&app).await;
        let sql = "update workspaces set time_zone = 'America/New_York'";
        let set: Result<Changed, _> = rapport::run!(w.conn, |c| sqlx::query(sql).execute(c));
        assert_eq!(set.unwrap().0, 1);
        w.commit().await.unwrap();
        app.pass(HOUR);
        assert!(offered(&app).await);
        app.pass(2 * HOUR);
        assert!(!offered(&app).await);
    }

    async fn views_are_kept_for_oneself_or_the_team(app: TestApp) {
        let (ada, (bob, _)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        asked(&app, grace, "one").await;
        for (name, shared) in [("Grace's", ""), ("Everybody's Grace", "&shared=1")] {
            let (status, _) = app.form(Some(&ada), "/do/save_view", &format!("query=find%3Dgrace&name={name}{shared}")).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!((count(&app, &ada, "Grace's").await, count(&app, &bob, "Everybody's Grace").await), (1, 1));
        assert!(views(&app, &bob).await.views.iter().all(|v| v.name != "Grace's"), "it is Ada's own");
        let (status, _) = app.form(Some(&ada), "/do/save_view", "query=&name=+").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let own = app.number("select min(id) from inbox_views where owner_id > 0").await;
        let (status, _) = app.form(Some(&bob), "/do/delete_view", &format!("view={own}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, gone) = app.form(Some(&ada), "/do/delete_view", &format!("view={own}")).await;
        assert_eq!(status, StatusCode::OK);
        // What it was is what it takes to keep it again.
        let gone: View = serde_json::from_str(&gone).unwrap();
        assert_eq!((gone.name.as_str(), gone.group, gone.filter.query().as_str()), ("Grace's", Group::Kept, "find=grace"));
        let (_, sentence) = app.get(&ada, "/do/inbox_sentence?query=find%3Dgrace%26in%3Dmine").await;
        assert_eq!(sentence, "\"Open conversations that you look after with \\\"grace\\\", newest first\"");
    }

    async fn counts_stop_at_a_thousand(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let id = asked(&app, grace, "one").await;
        for n in 0..10 {
            let mut w = write(&app).await;
            let sql = "insert into conversations (workspace_id, id, contact_id, state, channel, created_at, updated_at) \
                       select $1, $2 + 1 + j.n, $3, 'open', 'messenger', $2 + j.n, $2 + j.n from \
                       (select cast(value ->> 0 as bigint) as n from json_each($4)) j";
            let rows = serde_json::to_string(&(0..100).map(|n| [n]).collect::<Vec<_>>()).unwrap();
            let _: rapport::server::db::Changed = rapport::run!(w.conn, |x| {
                sqlx::query(sql).bind(w.workspace).bind(1_000_000_000 + n * 1000).bind(grace).bind(&rows).execute(x)
            }).unwrap();
            w.touch(Topic::Inbox);
            w.commit().await.unwrap();
            if n == 8 {
                let all = views(&app, &ada).await.views.into_iter().find(|v| v.name == "All").unwrap();
                assert_eq!((all.count, all.counted()), (901, "901".into()));
            }
        }
        let all = views(&app, &ada).await.views.into_iter().find(|v| v.name == "All").unwrap();
        assert_eq!((all.count, all.counted()), (1_000, "999+".into()));
        assert!(id.0 > 0);
    }

    async fn counts_that_are_kept_are_those_of_counting_anew(app: TestApp) {
        let (ada, (bobs, bob)) = (ada(&app).await, bob(&app).await);
        let (grace, noor) = (person(&app, "Grace").await, person(&app, "Noor").await);
        let state = async || AppState::new(Db::open(&app.url).await.unwrap(), Clock::Fixed(NOON.0.into()), false);
        // Another process on the same database, which hears of nothing.
        let elsewhere = state().await;
        let (workspace, viewer) = { let w = write(&app).await; (w.workspace, w.actor) };
        let dates = Dates::new("UTC", NOON);
        let mut before = Vec::new();
        let mut same = async |step: &str, moves: bool| {
            let mut fresh = state().await;
            fresh.counted = Counted::default();
            let counted = conversations::views(&fresh, &dates, workspace, viewer).await.unwrap().views;
            for kept in [&app.state, &elsewhere] {
                assert_eq!(conversations::views(kept, &dates, workspace, viewer).await.unwrap().views, counted, "{step}");
            }
            assert_eq!(counted != before, moves, "{step}");
            before = counted;
        };
        same("at first", true).await;
        let a = asked(&app, grace, "one").await;
        same("somebody wrote", true).await;
        let b = asked(&app, noor, "two").await;
        same("another wrote", true).await;
        let done = act(&app, &ada, &[a], &format!("assign:{bob}")).await;
        same("given to somebody", true).await;
        undo(&app, &ada, &done).await;
        same("taken back", true).await;
        act(&app, &ada, &[a, b], "tag&tag=Billing").await;
        same("tagged", true).await;
        let done = act(&app, &ada, &[a, b], "priority:on").await;
        same("answered first", true).await;
        undo(&app, &ada, &done).await;
        same("in their turn again", true).await;
        act(&app, &ada, &[b], "close").await;
        same("closed", true).await;
        app.form(Some(&bobs), "/do/say", &format!("conversation={a}&kind=note&body=@Ada%20Lovelace&client_id=n")).await;
        same("a note names somebody", true).await;
        app.form(Some(&ada), "/do/mark_read", &format!("conversation={a}")).await;
        same("read", false).await;
        let named = json!({"field": "name", "op": "is", "value": "Grace"});
        crate::segments::make(&app, Subject::Contact, "Graces", named).await.unwrap();
        crate::segments::settle(&app).await;
        same("a segment is filled", true).await;
        app.call("identify", &json!({"userId": "Grace", "traits": {"name": "Grace Hopper"}})).await;
        crate::segments::settle(&app).await;
        same("somebody left a segment", true).await;
        let tag = app.number("select id from tags").await;
        let (status, body) = app.api("DELETE", &format!("/tags/{tag}"), json!(null)).await;
        assert!(status.is_success(), "{body}");
        same("no such tag any more", true).await;
        app.call("identify", &json!({"anonymousId": "x", "traits": {"name": "Somebody"}})).await;
        let lead = ContactId(app.number("select max(id) from contacts").await);
        asked(&app, lead, "three").await;
        same("a lead wrote", true).await;
        app.call("identify", &json!({"anonymousId": "x", "userId": "Noor"})).await;
        crate::segments::settle(&app).await;
        same("a lead became a user", false).await;
        let mut w = write(&app).await;
        rapport::contacts::erase(&mut w, grace).await.unwrap();
        w.commit().await.unwrap();
        same("somebody is forgotten", true).await;
    }

    async fn teams_are_made_filled_and_put_away(app: TestApp) {
        let (ada, (bob, bob_id)) = (ada(&app).await, bob(&app).await);
        let grace = person(&app, "Grace").await;
        let a = asked(&app, grace, "one").await;
        assert_eq!(app.form(Some(&ada), "/do/make_team", "name=+Support++desk").await.0, StatusCode::OK);
        assert_eq!(app.form(Some(&ada), "/do/make_team", "name=support+DESK").await.0, StatusCode::CONFLICT);
        assert_eq!(app.form(Some(&ada), "/do/make_team", "name=+").await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.form(Some(&bob), "/do/make_team", "name=Mine").await.0, StatusCode::FORBIDDEN);
        let team = app.number("select id from teams").await;
        let form = format!("team={team}&name=Support&members%5B%5D={bob_id}&members%5B%5D=999999");
        assert_eq!(app.form(Some(&ada), "/do/change_team", &form).await.0, StatusCode::OK);
        assert_eq!(app.number("select count(*) from team_members").await, 1, "strangers are left out");
        let (_, page) = app.get(&bob, "/settings/teams").await;
        assert!(page.contains("Support") && page.contains("Bob Byrne") && page.contains("Only admins"));
        act(&app, &ada, &[a], &format!("team:{team}")).await;
        assert_eq!(app.form(Some(&ada), "/do/archive_team", &format!("team={team}&archived=true")).await.0, StatusCode::OK);
        assert_eq!(thread(&app, &ada, a).await.line.team.as_deref(), Some("Support"), "it keeps what it has");
        let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={a}&change=team:{team}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "nothing more is given to it");
        assert_eq!(app.form(Some(&ada), "/do/archive_team", &format!("team={team}&archived=false")).await.0, StatusCode::OK);
        let mut w = write(&app).await;
        assert_eq!(teams::rename(&mut w, TeamId(7), "x").await, Err(Error::NotFound));
    }

    async fn another_workspace_reaches_nothing(app: TestApp) {
        let ada = ada(&app).await;
        let grace = person(&app, "Grace").await;
        let a = asked(&app, grace, "secret").await;
        act(&app, &ada, &[a], "tag&tag=hidden").await;
        let tag = app.number("select id from tags").await;
        let mut w = write(&app).await;
        let team = teams::make(&mut w, "Support").await.unwrap();
        w.commit().await.unwrap();
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        for change in ["close", "open", "snooze:tomorrow", "priority:on", "tag&tag=x", "read", "unread", "assign:0", "team:0", &format!("untag:{tag}"), &format!("team:{team}")] {
            let (status, _) = app.form(Some(&eve), "/do/act", &format!("ids={a}&change={change}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{change}");
        }
        let mut w = write(&app).await;
        let moved = conversations::close(&mut w, a).await.unwrap();
        drop(w);
        let stood = serde_json::to_string(&[conversations::Undo::Stood(a, Box::new((moved.now, moved.was)))]).unwrap();
        for undo in [stood, format!("[{{\"read\":[{a},5]}}]"), format!("[{{\"tagged\":[{a},{tag}]}}]")] {
            let form: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("changes", &undo).finish();
            assert_eq!(app.form(Some(&eve), "/do/undo", &form).await.0, StatusCode::NOT_FOUND, "{undo}");
        }
        assert_eq!(app.form(Some(&eve), "/do/mark_read", &format!("conversation={a}")).await.0, StatusCode::NOT_FOUND);
        for query in ["", &format!("in=team-{team}"), &format!("in=tag-{tag}"), "find=grace", "order=waiting"] {
            assert_eq!(ids(&app, &eve, query).await, [], "{query}");
        }
        let seen = views(&app, &eve).await;
        assert!(seen.views.iter().all(|v| v.count == 0 && v.name != "Support" && v.name != "hidden"));
        assert_eq!(app.form(Some(&eve), "/do/archive_team", &format!("team={team}&archived=true")).await.0, StatusCode::NOT_FOUND);
        let line = thread(&app, &ada, a).await.line;
        assert_eq!((line.state, line.priority), (State::Open, false));
        let mut w = write(&app).await;
        let past = conversations::snooze(&mut w, a, Some(Time(NOON.0 - 1))).await;
        assert!(matches!(past, Err(Error::Invalid { .. })));
    }
}
