//! Nobody waits for another's message: messages take turns, the Messenger does not wait for mail, and what a tag sets off is there at once.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::{SinkExt as _, StreamExt as _};
use rapport::outbound::limits::{self, Limits};
use rapport::outbound::{self, Channel, Claim, Draft, State, Whom};
use rapport::segments;
use rapport::server::clock::Clock;
use rapport::server::db::Changed;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::messenger::{boot, get, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, save, start, tag, try_start, vip, write,
};
use crate::sending::Dice;
use crate::stop::served;
use crate::support::smtp::Smtp;
use crate::support::{Engine, TestApp};

const MINUTE: i64 = 60_000;

/// So many people with an address each.
async fn people(app: &TestApp, count: usize, address: impl Fn(usize) -> String) {
    let one = |n| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"name": "Grace", "email": address(n)}});
    let calls: Vec<Value> = (0..count).map(one).collect();
    for part in calls.chunks(250) {
        let (status, said) = app.call("batch", &json!({ "batch": part })).await;
        assert_eq!(status, StatusCode::OK, "{said}");
    }
}

/// What a server does with what it took.
async fn hand_out(app: &TestApp, claim: &Claim) {
    let done = match claim.channel {
        Channel::Email => outbound::mail(&app.state, claim).await,
        Channel::Chat | Channel::Post => outbound::deliver(&app.state, claim).await,
    };
    done.unwrap();
}

fn to(people: &[rapport::id::ContactId], draft: Draft) -> Draft {
    let people: Vec<_> = people.iter().map(ToString::to_string).collect();
    Draft { people: people.join(","), whom: Whom::Chosen, ..draft }
}

on_both! {
    async fn one_of_three_messages_waits_for_all_of_none_of_the_others(app: TestApp) {
        const PEOPLE: usize = 500;
        people(&app, PEOPLE, |n| format!("u{n}@example.com")).await;
        let grace = person(&app, "u7").await;
        let all = json!({"all": []});
        let first = save(&app, &draft(Whom::Now, all.clone(), "First to all")).await;
        try_start(&app, first, "500").await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        app.pass(1_000);
        let one = save(&app, &to(&[grace], draft(Whom::Chosen, all.clone(), "To one"))).await;
        try_start(&app, one, "").await.unwrap();
        app.pass(1_000);
        let last = save(&app, &draft(Whom::Now, all, "Last to all")).await;
        try_start(&app, last, "500").await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from conversations").await, 1_001);
        // One round of each other message at most is before it.
        let before = "select count(*) from parts where id < (select id from parts where body = 'To one')";
        assert!(app.number(before).await <= 400, "{} were before it", app.number(before).await);
        for id in [first, one, last] {
            assert_eq!(detail(&app, id).await.brief.state, State::Finished);
        }
    }

    async fn who_comes_to_match_last_is_not_behind_all_of_the_same_message(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        people(&app, 300, |n| format!("u{n}@example.com")).await;
        for part in (0..300).collect::<Vec<_>>().chunks(100) {
            let users: Vec<_> = part.iter().map(|n| json!({"user_id": format!("u{n}")})).collect();
            app.api("POST", "/tags", json!({"name": "vip", "users": users})).await;
        }
        let id = save(&app, &email(Whom::All, rule, "Hello", "Text")).await;
        try_start(&app, id, "300").await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        app.pass(1_000);
        app.call("identify", &json!({"userId": "late", "traits": {"email": "late@example.com"}})).await;
        app.api("POST", "/tags", json!({"name": "vip", "users": [{"user_id": "late"}]})).await;
        segments::run_due(&app.state).await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        let kept = smtp.kept();
        let place = kept.iter().position(|mail| mail.to == "late@example.com").unwrap();
        assert!(kept.len() == 301 && place < 100, "number {place} of {}", kept.len());
    }

    async fn a_slow_mail_server_holds_up_nobody_in_the_messenger(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        people(&app, 5, |n| format!("slow{n}@example.com")).await;
        let grace = person(&app, "u1").await;
        let all = json!({"all": []});
        let letters = save(&app, &email(Whom::Now, all.clone(), "Hello", "Text")).await;
        try_start(&app, letters, "5").await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        app.pass(1_000);
        let chat = save(&app, &to(&[grace], draft(Whom::Chosen, all, "Hello"))).await;
        try_start(&app, chat, "").await.unwrap();
        let said = async {
            while app.number("select count(*) from conversations").await == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            smtp.kept().len()
        };
        let (done, kept) = futures::join!(outbound::run_due(&app.state), said);
        done.unwrap();
        assert_eq!((kept, smtp.kept().len()), (0, 5));
        assert_eq!(detail(&app, letters).await.brief.counts.sent, 5);
    }

    async fn a_server_that_dies_forty_times_at_random_leaves_nobody_as_failed(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        people(&app, 60, |n| format!("u{n}@example.com")).await;
        let all = json!({"all": []});
        for message in [draft(Whom::Now, all.clone(), "Hello"), email(Whom::Now, all, "Hello", "Text")] {
            let id = save(&app, &message).await;
            try_start(&app, id, "60").await.unwrap();
        }
        segments::run_due(&app.state).await.unwrap();
        let (mut dice, mut died) = (Dice(36), 0);
        while died < 40 {
            let Some(claim) = outbound::claim(&app.state).await.unwrap() else {
                app.pass(10_000);
                continue;
            };
            // Whatever is under way: most of them at first, and one alone later on.
            if died == 0 || dice.below(2) == 0 {
                died += 1;
                if dice.below(2) == 0 {
                    app.pass(MINUTE + 1);
                } else {
                    outbound::free(&app.state.db).await.unwrap();
                    app.pass(1_000);
                }
            } else {
                hand_out(&app, &claim).await;
            }
            assert!(app.number("select count(*) from deliveries where state = 'waiting'").await > 0, "it dies while there is something to do");
        }
        for _ in 0..40 {
            outbound::run_due(&app.state).await.unwrap();
            app.pass(MINUTE);
        }
        assert_eq!(app.number("select count(*) from deliveries where state = 'sent'").await, 120);
        assert_eq!((app.number("select count(*) from conversations").await, smtp.kept().len()), (60, 60), "each once");
    }

    async fn what_a_server_dies_of_is_given_up_and_holds_up_nobody(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        people(&app, 9, |n| format!("u{n}@example.com")).await;
        let (all, bane) = (json!({"all": []}), person(&app, "u4").await);
        let mut ids = Vec::new();
        for message in [draft(Whom::Now, all.clone(), "Hello"), email(Whom::Now, all, "Hello", "Text")] {
            ids.push(save(&app, &message).await);
            try_start(&app, *ids.last().unwrap(), "9").await.unwrap();
        }
        segments::run_due(&app.state).await.unwrap();
        let (mut died, mut late) = (0, 0);
        for _ in 0..200 {
            match outbound::claim(&app.state).await.unwrap() {
                Some(claim) if claim.keys.iter().any(|key| key.contact == bane) => {
                    died += 1;
                    outbound::free(&app.state.db).await.unwrap();
                    // Who opens a page meanwhile does not bring it down either: it goes alone, and not while a page waits for its answer.
                    assert!(read_by(&app, "u4").await.is_empty());
                }
                Some(claim) => {
                    hand_out(&app, &claim).await;
                    // Of what is given up nothing is taken.
                    if !claim.keys.is_empty() {
                        late = died;
                    }
                }
                None => app.pass(MINUTE),
            }
        }
        assert!(late <= 4, "the others have it after two deaths of each message: {late}");
        assert_eq!(died, 18, "nine of each message: once with the others, and eight times alone");
        for id in ids {
            let now = detail(&app, id).await.brief;
            assert_eq!((now.counts.sent, now.counts.failed, now.counts.waiting), (8, 1, 0));
        }
        let given_up = "select count(*) from deliveries where state = 'failed' and reason = 'killed' and sent_at = 0";
        assert_eq!((app.number(given_up).await, smtp.kept().len()), (2, 8));
    }

    async fn a_server_that_dies_once_it_may_have_sent_says_so(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        let grace = person(&app, "grace").await;
        let id = save(&app, &to(&[grace], email(Whom::Chosen, json!({"all": []}), "Hello", "Text"))).await;
        try_start(&app, id, "").await.unwrap();
        let claim = outbound::claim(&app.state).await.unwrap().unwrap();
        assert_eq!(outbound::take(&app.state, &claim).await.unwrap().letters.len(), 1);
        outbound::free(&app.state.db).await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        let ended = "select count(*) from deliveries where state = 'unknown' and attempts = 1";
        assert_eq!((app.number(ended).await, smtp.kept().len()), (1, 0), "that is never made again by itself");
    }

    async fn what_the_database_refuses_each_time_is_given_up_after_eight_tries(app: TestApp) {
        let grace = person(&app, "grace").await;
        let id = save(&app, &to(&[grace], draft(Whom::Chosen, json!({"all": []}), "Hello"))).await;
        try_start(&app, id, "").await.unwrap();
        // As where something is broken: nothing can be said to anybody.
        let broken: &[&str] = match app.engine {
            Engine::Sqlite => &["create trigger broken before insert on parts begin select raise(abort, 'broken'); end"],
            Engine::Postgres => &[
                "create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$",
                "create trigger broken before insert on parts for each row execute function broken()",
            ],
        };
        let mut c = app.state.db.begin().await.unwrap();
        for sql in broken {
            let done: Result<Changed, _> = rapport::run!(c, |x| sqlx::query(*sql).execute(x));
            done.unwrap();
        }
        c.commit().await.unwrap();
        for tries in 1..=8 {
            outbound::run_due(&app.state).await.unwrap();
            assert_eq!(app.number("select attempts from deliveries where state = 'waiting'").await, tries);
            let due = app.number("select due_at from deliveries").await;
            app.pass(due - app.state.clock.now().0);
        }
        outbound::run_due(&app.state).await.unwrap();
        let now = detail(&app, id).await.brief;
        assert_eq!((now.state, now.counts.failed, now.counts.sent), (State::Finished, 1, 0));
    }

    async fn a_message_whose_end_has_come_takes_nobody_on(app: TestApp) {
        let people = [person(&app, "grace").await, person(&app, "alan").await];
        let dated = Draft { stops: "2026-03-02T12:00".into(), ..draft(Whom::Chosen, json!({"all": []}), "Soon") };
        let id = save(&app, &to(&people, dated)).await;
        try_start(&app, id, "").await.unwrap();
        app.pass(24 * 60 * MINUTE);
        // As who is in the middle of sending finds it, before anybody has stopped it.
        assert_eq!(outbound::claim(&app.state).await.unwrap(), None);
        outbound::run_due(&app.state).await.unwrap();
        let over = detail(&app, id).await.brief;
        assert_eq!((over.state, over.counts.waiting, over.counts.sent), (State::Stopped, 2, 0));
        assert!(read_by(&app, "grace").await.is_empty());
        let told = app.number("select count(*) from activity where kind = 'setting' and data like '%message_stopped%'").await;
        assert_eq!(told, 1, "it is ended once");
    }

    async fn a_limit_of_emails_a_minute_leaves_room_for_what_only_a_few_get(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        people(&app, 75, |n| format!("u{n}@example.com")).await;
        let mut w = write(&app).await;
        limits::save_limits(&mut w, &Limits { minute: 20, ..Limits::default() }).await.unwrap();
        w.commit().await.unwrap();
        start(&app, &email(Whom::Now, json!({"all": []}), "To all", "Text")).await;
        start(&app, &email(Whom::Later, rule, "To one", "Text")).await;
        assert_eq!(smtp.kept().len(), 20, "this minute's are out");
        tag(&app, "users", "u3", "vip", true).await;
        assert_eq!(smtp.kept().len(), 20);
        app.pass(MINUTE);
        outbound::run_due(&app.state).await.unwrap();
        let to_one = || smtp.kept().iter().filter(|mail| mail.words().contains("Subject: To one")).count();
        assert_eq!((smtp.kept().len(), to_one()), (39, 1), "18 of the one that goes to many, and it");
        // At the beginning of a later minute there is room at once.
        app.pass(MINUTE);
        tag(&app, "users", "u4", "vip", true).await;
        assert_eq!((smtp.kept().len(), to_one()), (58, 2));
        for _ in 0..2 {
            app.pass(MINUTE);
            outbound::run_due(&app.state).await.unwrap();
        }
        assert_eq!(smtp.kept().len(), 77);
    }
}

/// What is out is written down, also where the database fails at first: nobody is to be told that it may have been sent.
#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_an_email_is_written_down_though_the_database_fails_at_first() {
    let (app, smtp) = mailing(Engine::Postgres).await;
    people(&app, 3, |n| format!("u{n}@example.com")).await;
    let pool = sqlx::PgPool::connect(&app.url).await.unwrap();
    // A number that is taken stays taken, whatever becomes of the transaction.
    for sql in [
        "create sequence failures",
        "create function fail() returns trigger language plpgsql as $$ begin \
         if nextval('failures') <= 2 then raise exception 'deadlock detected'; end if; return new; end $$",
        "create trigger fail before update on deliveries for each row when (old.state = 'sending' and new.state = 'sent') execute function fail()",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    let id = start(&app, &email(Whom::Now, json!({"all": []}), "Hello", "Text")).await;
    let now = detail(&app, id).await.brief.counts;
    assert_eq!((now.sent, now.unknown, smtp.kept().len()), (3, 0, 3));
    drop(pool);
}

/// That a tag brings its message into the person's open Messenger, and its e-mail to the mail server, because each who has a part in it is
/// told of it: whoever else looks by themselves now and then rests for a day here, so that a word which is missed is never made up for. How long it
/// takes is said and not judged: that depends on what else the machine does.
async fn at_once(engine: Engine) {
    let name = match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let rounds: usize =
        std::env::var("RAPPORT_TAGS").ok().and_then(|n| n.parse().ok()).unwrap_or(60).min(250);
    let smtp = Smtp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(engine, folder, |state| {
        state.clock = Clock::System;
        state.mail = Some(smtp.mailer());
        state.rest = Duration::from_secs(86_400);
    })
    .await;
    let rule = vip(&app).await;
    people(&app, rounds, |n| format!("u{n}@example.com")).await;
    let (addr, stop, end) = served(&app, Duration::from_secs(5)).await;
    for message in
        [draft(Whom::Later, rule.clone(), "Welcome"), email(Whom::Later, rule, "Welcome", "Text")]
    {
        let id = save(&app, &message).await;
        try_start(&app, id, "").await.unwrap();
    }
    // Everybody was looked at once: from here on it is changes alone.
    let begun = Instant::now();
    while app
        .number(
            "select count(*) from segments where message_id > 0 and (judged = '' or filling <> '')",
        )
        .await
        > 0
    {
        assert!(begun.elapsed() < Duration::from_secs(60), "the audiences are not found out");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (mut shown, mut mailed) = (Vec::new(), Vec::new());
    for n in 0..rounds {
        let (token, _) = boot(&app, None, proved(&app, &format!("u{n}"))).await;
        let mut socket = open(addr, &token).await;
        // The word comes at another moment of the server's look each time.
        tokio::time::sleep(Duration::from_millis((n as u64 * 37) % 211)).await;
        let began = Instant::now();
        let (status, said) = app
            .api("POST", "/tags", json!({"name": "vip", "users": [{"user_id": format!("u{n}")}]}))
            .await;
        assert_eq!(status, StatusCode::OK, "{said}");
        loop {
            changed(&mut socket).await;
            let (_, home) = get(&app, "home", &token).await;
            if home["conversations"][0]["text"] == "Welcome" {
                break;
            }
        }
        shown.push(began.elapsed().as_millis());
        let address = format!("u{n}@example.com");
        while !smtp.kept().iter().any(|mail| mail.to == address) {
            assert!(began.elapsed() < Duration::from_secs(20), "{address} has nothing");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        mailed.push(began.elapsed().as_millis());
    }
    stop.send(()).unwrap();
    let _ = tokio::time::timeout(Duration::from_secs(10), end).await;
    for (what, mut all) in [("shown in the Messenger", shown), ("mailed", mailed)] {
        all.sort_unstable();
        let (middle, slowest) = (all[rounds / 2], all[rounds - 1]);
        println!("# {name}: {rounds} tags, {what} after {middle} ms (median), {slowest} at most");
    }
}

type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// The socket of an open Messenger, which knows everything so far.
async fn open(addr: SocketAddr, token: &str) -> Socket {
    let mut request = format!("ws://{addr}/messenger/live").into_client_request().unwrap();
    request.headers_mut().insert("origin", format!("http://{addr}").parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = json!({ "hello": { "token": token, "since": 0 } });
    socket.send(Message::text(hello.to_string())).await.unwrap();
    changed(&mut socket).await;
    socket
}

/// Waits until the Messenger is told that something changed.
async fn changed(socket: &mut Socket) {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
        match next.expect("something changes").unwrap().unwrap() {
            Message::Text(text) if text.as_str().contains("changed") => return,
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_brings_its_messages_at_once_sqlite() {
    at_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_brings_its_messages_at_once_postgres() {
    at_once(Engine::Postgres).await;
}
