//! What fails, or brings the server down, is counted by itself: nobody who was taken with it pays for it, and it does not go on for ever.

use rapport::id::ContactId;
use rapport::outbound::{self, State, Whom};
use rapport::server::db::Changed;
use serde_json::{Value, json};

use crate::messenger::{boot, post, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, save, settle, start, tag, try_start, vip, write,
};
use crate::support::{Engine, TestApp};

/// Breaks something in the database.
async fn broken(app: &TestApp, statements: &[&'static str]) {
    let mut c = app.state.db.begin().await.unwrap();
    for sql in statements.iter().copied() {
        let done: Result<Changed, _> = rapport::run!(c, |x| sqlx::query(sql).execute(x));
        done.unwrap();
    }
    c.commit().await.unwrap();
}

/// As when a server dies while somebody opens a page: what waited for them was taken.
async fn dies_on_arrival(app: &TestApp, contact: ContactId) {
    let mut w = write(app).await;
    assert!(!outbound::expected(&mut w, contact).await.unwrap().is_empty());
    w.commit().await.unwrap();
    outbound::free(&app.state.db).await.unwrap();
}

async fn said(app: &TestApp, state: &'static str) -> i64 {
    match state {
        "waiting" => app.number("select count(*) from deliveries where state = 'waiting'").await,
        "tries" => {
            app.number(
                "select count(*) from deliveries where state = 'failed' and reason = 'tries'",
            )
            .await
        }
        _ => {
            app.number(
                "select count(*) from deliveries where state = 'failed' and reason = 'killed'",
            )
            .await
        }
    }
}

on_both! {
    async fn one_that_cannot_be_said_is_no_try_of_those_who_were_taken_with_it(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let one = |n| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"email": format!("u{n}@example.com")}});
        let calls: Vec<Value> = (0..40).map(one).collect();
        app.call("batch", &json!({ "batch": calls })).await;
        let statements: &[&str] = match app.engine {
            Engine::Sqlite => &[
                "create trigger unsaid before insert on conversations begin select raise(abort, 'broken') \
                 where new.contact_id = (select id from contacts where external_id = 'u7'); end",
                "create trigger unsent before update on deliveries begin select raise(abort, 'broken') \
                 where new.state = 'sending' and new.contact_id = (select id from contacts where external_id = 'u7'); end",
            ],
            Engine::Postgres => &[
                "create function broken() returns trigger language plpgsql as $$ begin \
                 if new.contact_id = (select id from contacts where external_id = 'u7') then raise exception 'broken'; end if; return new; end $$",
                "create trigger unsaid before insert on conversations for each row execute function broken()",
                "create trigger unsent before update on deliveries for each row when (new.state = 'sending') execute function broken()",
            ],
        };
        broken(&app, statements).await;
        let all = json!({"all": []});
        let mut ids = Vec::new();
        for message in [draft(Whom::Now, all.clone(), "Hello"), email(Whom::Now, all, "Hello", "Text")] {
            ids.push(save(&app, &message).await);
            try_start(&app, *ids.last().unwrap(), "40").await.unwrap();
        }
        settle(&app).await;
        assert_eq!((app.number("select count(*) from conversations").await, smtp.kept().len()), (39, 39), "the others have it at once");
        assert_eq!(said(&app, "waiting").await, 2);
        assert_eq!(app.number("select max(attempts) from deliveries where state = 'waiting'").await, 1);
        let others = "select max(d.attempts) from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
                      where d.state = 'sent' and m.channel = 'chat'";
        assert_eq!(app.number(others).await, 0, "what failed was none of theirs");
        for tries in 2..=8 {
            let due = app.number("select max(due_at) from deliveries where state = 'waiting'").await;
            app.pass(due - app.state.clock.now().0);
            outbound::run_due(&app.state).await.unwrap();
            assert_eq!(app.number("select max(attempts) from deliveries where state = 'waiting'").await, tries);
        }
        app.pass(24 * 60 * 60_000);
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!((said(&app, "waiting").await, said(&app, "tries").await), (0, 2));
        for id in ids {
            let now = detail(&app, id).await.brief;
            assert_eq!((now.state, now.counts.sent, now.counts.failed), (State::Finished, 39, 1));
        }
    }

    async fn what_a_server_dies_of_as_somebody_arrives_is_given_up_and_their_messenger_is_there(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        let bane = start(&app, &draft(Whom::All, rule.clone(), "Bane")).await;
        tag(&app, "users", "grace", "vip", true).await;
        dies_on_arrival(&app, grace).await;
        // Whatever else is for her comes as she does.
        start(&app, &draft(Whom::All, rule, "Hello")).await;
        assert_eq!(read_by(&app, "grace").await, ["Hello"]);
        let mut died = 1;
        for _ in 0..40 {
            match outbound::claim(&app.state).await.unwrap() {
                Some(claim) if claim.keys.is_empty() => {}
                Some(claim) => {
                    assert_eq!((claim.message, claim.keys.len(), claim.alone), (bane, 1, true));
                    died += 1;
                    outbound::free(&app.state.db).await.unwrap();
                    assert_eq!(read_by(&app, "grace").await, ["Hello"], "her page is not what it dies of any more");
                }
                None => app.pass(60 * 60_000),
            }
        }
        assert_eq!((died, said(&app, "killed").await, said(&app, "waiting").await), (9, 1, 0), "eight times alone");
        let now = detail(&app, bane).await.brief.counts;
        assert_eq!((now.sent, now.failed, now.waiting), (0, 1, 0));
    }

    async fn what_was_on_its_way_as_a_server_died_for_another_reason_comes_all_the_same(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        start(&app, &draft(Whom::All, rule, "Hello")).await;
        tag(&app, "users", "grace", "vip", true).await;
        dies_on_arrival(&app, grace).await;
        // Nobody is at work on it, and nobody tells her of it while she is not there.
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from conversations").await, 0);
        assert!(read_by(&app, "grace").await.is_empty(), "not while her page waits for its answer");
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!(read_by(&app, "grace").await, ["Hello"]);
        assert_eq!(app.number("select count(*) from deliveries where state = 'sent' and attempts = 1").await, 1);
        // One whose server went away with another beside it: its lease ends by itself.
        let alan = person(&app, "alan").await;
        tag(&app, "users", "alan", "vip", true).await;
        let mut w = write(&app).await;
        assert_eq!(outbound::expected(&mut w, alan).await.unwrap().len(), 1);
        w.commit().await.unwrap();
        assert!(read_by(&app, "alan").await.is_empty(), "somebody is at it");
        app.pass(60_001);
        read_by(&app, "alan").await;
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!(read_by(&app, "alan").await, ["Hello"]);
    }

    async fn what_cannot_be_said_as_somebody_arrives_costs_them_neither_the_page_nor_the_rest(app: TestApp) {
        let rule = vip(&app).await;
        person(&app, "grace").await;
        let statements: &[&str] = match app.engine {
            Engine::Sqlite => &["create trigger unsaid before insert on parts begin select raise(abort, 'broken') where new.body = 'Broken'; end"],
            Engine::Postgres => &[
                "create function broken() returns trigger language plpgsql as $$ begin \
                 if new.body = 'Broken' then raise exception 'broken'; end if; return new; end $$",
                "create trigger unsaid before insert on parts for each row execute function broken()",
            ],
        };
        broken(&app, statements).await;
        let id = start(&app, &draft(Whom::All, rule.clone(), "Broken")).await;
        start(&app, &draft(Whom::All, rule, "Hello")).await;
        tag(&app, "users", "grace", "vip", true).await;
        assert_eq!(read_by(&app, "grace").await, ["Hello"]);
        let tries = "select attempts from deliveries where state = 'waiting' and due_at = 9007199254740991 and lease_until = 0";
        assert_eq!(app.number(tries).await, 1, "it waits for her, a try the poorer");
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        for tries_now in 3..=8 {
            post(&app, "ping", &token, json!({})).await;
            assert_eq!(app.number(tries).await, tries_now);
        }
        post(&app, "ping", &token, json!({})).await;
        let now = detail(&app, id).await.brief.counts;
        assert_eq!((now.failed, now.waiting, said(&app, "tries").await), (1, 0, 1));
    }
}
