//! Two-step sign-in, a forgotten password, and one's own sessions.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use rapport::error::Error;
use rapport::teammates::{Account, Entered, SecondStep, enter, sign_in, viewer_of};
use rapport::ui::flash::Flash;
use totp_rs::{Algorithm, Secret, TOTP};
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::smtp::Smtp;
use crate::support::{Engine, TestApp, new_workspace};

const MINUTE: i64 = 60_000;
const PASSWORD: &str = "correct horse battery";

/// Posts a form as a browser without scripts does, with these cookies.
async fn post(app: &TestApp, cookies: &str, path: &str, form: &str) -> Response<Body> {
    let request = Request::post(path)
        .header(header::HOST, "rapport.example")
        .header(header::ORIGIN, "https://rapport.example")
        .header(header::REFERER, "https://rapport.example/settings/account")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(
            header::USER_AGENT,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .header(header::COOKIE, cookies)
        .body(Body::from(form.to_owned()))
        .unwrap();
    app.routes().oneshot(request).await.unwrap()
}

fn location(response: &Response<Body>) -> &str {
    response.headers()[header::LOCATION].to_str().unwrap()
}

/// The whole line that sets a cookie.
fn line(response: &Response<Body>, name: &str) -> Option<String> {
    let lines = response.headers().get_all(header::SET_COOKIE).iter();
    lines.map(|l| l.to_str().unwrap().to_owned()).find(|l| l.starts_with(&format!("{name}=")))
}

/// `NAME=VALUE` of a cookie that was set.
fn cookie(response: &Response<Body>, name: &str) -> String {
    let line = line(response, name)
        .unwrap_or_else(|| panic!("no cookie {name}: {:?}", response.headers()));
    line.split(';').next().unwrap().to_owned()
}

fn flash(app: &TestApp, response: &Response<Body>) -> Flash {
    let mut headers = axum::http::HeaderMap::new();
    headers.insert(header::COOKIE, cookie(response, "rapport_flash").parse().unwrap());
    app.state.flashes.take(&headers).unwrap()
}

fn shown(flash: &Flash, name: &str) -> String {
    flash.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

async fn account(app: &TestApp, token: &str) -> Account {
    serde_json::from_str(&app.get(token, "/do/account").await.1).unwrap()
}

/// What the app on the phone shows, some steps from now.
fn code(app: &TestApp, secret: &str, steps: i64) -> String {
    let bytes = Secret::Encoded(secret.replace(' ', "")).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 0, 30, bytes, None, String::new()).unwrap();
    totp.generate((app.state.clock.now().0 / 1000 + steps * 30) as u64)
}

/// Switches Ada's second step on; answers the secret and the recovery codes.
async fn switch_on(app: &TestApp, ada: &str) -> (String, Vec<String>) {
    app.form(Some(ada), "/do/set_up_second_step", "").await;
    let SecondStep::Pending { secret, .. } = account(app, ada).await.second_step else { panic!() };
    let cookies = format!("rapport_session={ada}");
    let proved =
        post(app, &cookies, "/do/prove_second_step", &format!("code={}", code(app, &secret, 0)))
            .await;
    let codes = shown(&flash(app, &proved), "codes");
    app.pass(MINUTE);
    (secret, codes.lines().map(str::to_owned).collect())
}

async fn begin(app: &TestApp) -> String {
    match enter(&app.state, "ada@example.com", PASSWORD, "").await.unwrap() {
        Entered::SecondStep(begun) => begun,
        Entered::Session(_) => panic!("no second step was asked for"),
    }
}

on_both! {
    async fn the_second_step_counts_once_a_code_has_proved_it(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        assert_eq!(account(&app, &ada).await.second_step, SecondStep::Off);
        let (status, _) = app.form(Some(&ada), "/do/prove_second_step", "code=123456").await;
        assert_eq!(status, StatusCode::CONFLICT, "there is no key");
        app.form(Some(&ada), "/do/set_up_second_step", "").await;
        let SecondStep::Pending { secret, qr } = account(&app, &ada).await.second_step else { panic!() };
        assert!(qr.size >= 21 && qr.path.len() > 1000);
        assert!(sign_in(&app.state, "ada@example.com", PASSWORD).await.is_ok(), "a key that nobody proved asks for nothing");
        let (status, _) = app.form(Some(&ada), "/do/prove_second_step", "code=000000").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let good = code(&app, &secret, 0);
        let (status, _) = app.form(Some(&ada), "/do/prove_second_step", &format!("code={good}")).await;
        assert!(status.is_success() || status.is_redirection());
        assert_eq!(account(&app, &ada).await.second_step, SecondStep::On { recovery_codes: 10 });
        let stored = app.text("select value from teammate_settings where name = 'recovery_codes'").await;
        assert_eq!(stored.matches('"').count(), 20, "ten hashes: {stored}");
        let (status, _) = app.form(Some(&ada), "/do/set_up_second_step", "").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(sign_in(&app.state, "ada@example.com", PASSWORD).await, Err(Error::Unauthorized));
        let begun = begin(&app).await;
        let used = rapport::teammates::second::finish(&app.state, &begun, &good, "").await;
        assert!(matches!(used, Err(Error::Invalid { .. })), "the code that proved the key is used up");
    }

    async fn signing_in_asks_for_a_code_that_works_once(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        let (secret, _) = switch_on(&app, &ada).await;
        let form = "email=ada%40example.com&password=correct+horse+battery&next=%2Finbox";
        let first = post(&app, "", "/do/sign_in", form).await;
        assert_eq!(location(&first), "/sign-in/code?next=%2Finbox");
        assert!(line(&first, "rapport_session").is_none(), "the password alone opens nothing");
        let begun = cookie(&first, "rapport_second_step");
        for path in ["/do/team", "/do/people?address=/people"] {
            let request = Request::get(path).header(header::COOKIE, &begun).body(Body::empty()).unwrap();
            assert_eq!(app.send(request).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
        let session = begun.replace("rapport_second_step", "rapport_session");
        let token = session.rsplit('.').next().unwrap();
        assert_eq!(viewer_of(&app.state, token).await.unwrap(), None);
        let wrong = post(&app, &begun, "/do/second_step", "code=000000&next=%2Finbox").await;
        assert!(line(&wrong, "rapport_session").is_none());
        let good = format!("code={}&next=%2Finbox", code(&app, &secret, -1));
        let done = post(&app, &begun, "/do/second_step", &good).await;
        assert_eq!(location(&done), "/inbox", "a clock may be one step behind");
        let session = cookie(&done, "rapport_session");
        let (_, token) = session.split_once('=').unwrap();
        assert!(viewer_of(&app.state, token).await.unwrap().is_some());
        let again = post(&app, &begun, "/do/second_step", &format!("code={}", code(&app, &secret, 0))).await;
        assert!(line(&again, "rapport_session").is_none(), "what was begun ends with the sign-in");
        let begun = begin(&app).await;
        let finish = async |code: &str| rapport::teammates::second::finish(&app.state, &begun, code, "").await;
        let used = finish(&code(&app, &secret, -1)).await;
        assert!(matches!(used, Err(Error::Invalid { .. })), "once");
        assert!(finish(&code(&app, &secret, 1)).await.is_ok(), "or one ahead");
    }

    async fn the_second_step_does_not_wait_for_ever_and_cannot_be_guessed(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        let (secret, _) = switch_on(&app, &ada).await;
        let begun = begin(&app).await;
        app.pass(11 * MINUTE);
        let finish = async |begun: &str, code: &str| rapport::teammates::second::finish(&app.state, begun, code, "").await;
        assert!(matches!(finish(&begun, &code(&app, &secret, 0)).await, Err(Error::Invalid { .. })));
        for nonsense in ["", "1.2", "1.2.x", "x.y.z"] {
            assert!(matches!(finish(nonsense, "123456").await, Err(Error::Invalid { .. })), "{nonsense}");
        }
        let begun = begin(&app).await;
        assert_eq!(app.number("select count(*) from teammate_settings where name like 'second_step:%'").await, 1, "the old one is swept away");
        let mut held = 0;
        for _ in 0..8 {
            held += i32::from(finish(&begun, "000000").await == Err(Error::TooMany));
        }
        assert!(held >= 3, "five tries, one of which proved the key, then one a minute: {held}");
        assert_eq!(finish(&begun, &code(&app, &secret, 0)).await, Err(Error::TooMany), "a right one is held too");
    }

    async fn a_recovery_code_stands_in_once(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        let (_, codes) = switch_on(&app, &ada).await;
        assert_eq!(codes.len(), 10);
        let begun = begin(&app).await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        assert!(rapport::teammates::second::finish(&app.state, &begun, &typed, "").await.is_ok());
        let begun = begin(&app).await;
        assert!(rapport::teammates::second::finish(&app.state, &begun, &codes[3], "").await.is_err());
        assert_eq!(account(&app, &ada).await.second_step, SecondStep::On { recovery_codes: 9 });
        let cookies = format!("rapport_session={ada}");
        let (status, _) = app.form(Some(&ada), "/do/replace_recovery_codes", "current_password=wrong").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let made = post(&app, &cookies, "/do/replace_recovery_codes", "current_password=correct+horse+battery").await;
        let new = shown(&flash(&app, &made), "codes");
        assert!(new.lines().count() == 10 && !new.contains(&codes[0]));
        let begun = begin(&app).await;
        assert!(rapport::teammates::second::finish(&app.state, &begun, &codes[0], "").await.is_err(), "the old ones ended");
        let log = app.text("select max(data) from activity where data like '%recovery_code_used%'").await;
        assert!(log.contains("\"left\":9"), "{log}");
    }

    async fn it_is_switched_off_with_the_password_or_by_an_admin(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        switch_on(&app, &ada).await;
        let (status, _) = app.form(Some(&ada), "/do/switch_off_second_step", "current_password=wrong").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(sign_in(&app.state, "ada@example.com", PASSWORD).await.is_err());
        let me = app.number("select id from teammates").await;
        let (status, _) = app.form(Some(&ada), "/do/switch_off_second_step_of", &format!("teammate={me}")).await;
        assert_eq!(status, StatusCode::CONFLICT, "one's own wants the password");
        let (status, _) = app.form(Some(&ada), "/do/switch_off_second_step", "current_password=correct+horse+battery").await;
        assert!(status.is_success() || status.is_redirection());
        assert!(sign_in(&app.state, "ada@example.com", PASSWORD).await.is_ok());
        assert_eq!(app.number("select count(*) from teammate_settings where name = 'recovery_codes'").await, 0);
        assert_eq!(app.number("select count(*) from activity where data like '%\"second_step_o%'").await, 2, "on and off are in the log");
        app.pass(MINUTE);
        switch_on(&app, &ada).await;
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), app.state.clock.now()).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", PASSWORD).await.unwrap();
        let (status, _) = app.form(Some(&eve), "/do/switch_off_second_step_of", &format!("teammate={me}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "another workspace's admin does not");
    }

    async fn sessions_are_listed_and_ended(app: TestApp) {
        let form = "email=ada%40example.com&password=correct+horse+battery";
        let done = post(&app, "", "/do/sign_in", form).await;
        let pair = cookie(&done, "rapport_session");
        let there = pair.split_once('=').unwrap().1.to_owned();
        let here = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        app.pass(10 * MINUTE);
        let list = account(&app, &here).await.sessions;
        assert_eq!(list.iter().map(|s| (s.name.as_str(), s.here, s.used.ago.as_str())).collect::<Vec<_>>(), [
            ("Unknown browser", true, "just now"),
            ("Firefox on Linux", false, "10 minutes ago"),
        ]);
        assert_eq!(app.number("select max(last_used_at) from teammate_sessions").await, crate::support::NOON.0, "no request waits for it");
        app.state.used.write(&app.state).await.unwrap();
        assert_eq!(app.number("select max(last_used_at) from teammate_sessions").await, app.state.clock.now().0);
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), app.state.clock.now()).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", PASSWORD).await.unwrap();
        let form = format!("session={}", list[1].id);
        for nobody in [Some(eve.as_str()), Some(here.as_str())] {
            let (status, _) = app.form(nobody, "/do/end_session", if nobody == Some(&here) { "session=0" } else { &form }).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
        }
        assert!(viewer_of(&app.state, &there).await.unwrap().is_some());
        app.form(Some(&here), "/do/end_session", &form).await;
        assert!(viewer_of(&app.state, &there).await.unwrap().is_none());
        assert!(viewer_of(&app.state, &here).await.unwrap().is_some());
    }

    async fn who_was_removed_does_not_come_back_under_another_name(app: TestApp) {
        let sql = "insert into teammates (workspace_id, id, name, email, email_key, role, password_hash, created_at, removed_at) \
                   select workspace_id, 999, name, email, 'removed:999', role, password_hash, created_at, 1 from teammates";
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query(sql).execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        assert!(sign_in(&app.state, "removed:999", PASSWORD).await.is_err());
    }

    async fn cookies_are_out_of_reach_of_scripts_and_other_sites(app: TestApp) {
        let form = "email=ada%40example.com&password=correct+horse+battery";
        let done = post(&app, "", "/do/sign_in", form).await;
        let set = line(&done, "rapport_session").unwrap();
        for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=2592000"] {
            assert!(set.contains(part), "{set}");
        }
        assert!(!set.contains("Secure"), "over http it would not come back");
        let folder = tempfile::tempdir().unwrap();
        let safe = TestApp::with(app.engine, folder, |state| state.secure = true).await;
        let done = post(&safe, "", "/do/sign_in", form).await;
        assert!(line(&done, "rapport_session").unwrap().contains("; Secure"));
        let wrong = post(&safe, "", "/do/sign_in", "email=ada%40example.com&password=wrong").await;
        assert!(line(&wrong, "rapport_flash").unwrap().contains("; HttpOnly; SameSite=Lax"));
        assert!(line(&wrong, "rapport_session").is_none());
    }

    async fn who_signs_in_stays_on_this_site(app: TestApp) {
        // Browsers leave tabs and line ends out of addresses, and a header may have none of the latter.
        for next in ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example", ""] {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair("email", "ada@example.com").append_pair("password", PASSWORD).append_pair("next", next);
            let done = post(&app, "", "/do/sign_in", &form.finish()).await;
            assert_eq!((done.status(), location(&done)), (StatusCode::FOUND, "/people"), "{next:?}");
            assert!(line(&done, "rapport_session").is_some(), "{next:?}");
        }
        let form = format!("email=ada%40example.com&password={}&next=%2Fpeople%3Ffind%3DZo%25C3%25AB", PASSWORD.replace(' ', "+"));
        let done = post(&app, "", "/do/sign_in", &form).await;
        assert_eq!(location(&done), "/people?find=Zo%C3%AB");
    }
}

async fn with_mail(engine: Engine) -> (TestApp, Smtp) {
    let smtp = Smtp::start().await;
    let mailer = smtp.mailer();
    let app = TestApp::with(engine, tempfile::tempdir().unwrap(), |state| {
        state.mail = Some(mailer);
        state.public_url = "https://inbox.example".into();
    });
    (app.await, smtp)
}

on_both! {
    async fn a_link_by_mail_sets_a_password_once(app: TestApp) {
        let (app, smtp) = with_mail(app.engine).await;
        let old = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        for address in ["Ada%40example.com", "nobody%40example.com"] {
            let asked = post(&app, "", "/do/forgot_password", &format!("email={address}")).await;
            assert_eq!(location(&asked), "/forgot-password", "the same for both");
        }
        let mail = smtp.wait(1).await.remove(0);
        assert_eq!(mail.to, "ada@example.com");
        let words = mail.words();
        assert!(words.contains("From: Rapport <rapport@example.com>") || words.contains("From: \"Rapport\" <rapport@example.com>"), "{words}");
        for part in ["Subject: Set a new password", "text/plain", "text/html", "https://inbox.example/reset-password/", "Message-ID: "] {
            assert!(words.contains(part), "{part}: {words}");
        }
        let token = mail.token("/reset-password/");
        assert_eq!(app.number("select count(*) from password_resets where length(token_hash) = 64").await, 1, "only a hash is kept");
        let (status, page) = app.get("", &format!("/reset-password/{token}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("ada@example.com"));
        let (status, _) = app.form(None, "/do/reset_password", &format!("token={token}&new_password=short")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let done = post(&app, "", "/do/reset_password", &format!("token={token}&new_password=another+long+one")).await;
        assert_eq!(location(&done), "/sign-in");
        assert!(viewer_of(&app.state, &old).await.unwrap().is_none(), "every session ends");
        assert!(sign_in(&app.state, "ada@example.com", "another long one").await.is_ok());
        let (status, _) = app.form(None, "/do/reset_password", &format!("token={token}&new_password=yet+another+one")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "once");
        assert_eq!(app.number("select count(*) from activity where data like '%\"password_reset\"%'").await, 1);
        assert_eq!(smtp.kept().len(), 1, "nobody got a mail for an unknown address");
    }

    async fn a_link_is_good_for_an_hour_and_leaves_the_second_step(app: TestApp) {
        let (app, smtp) = with_mail(app.engine).await;
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        switch_on(&app, &ada).await;
        for _ in 0..2 {
            post(&app, "", "/do/forgot_password", "email=ada%40example.com").await;
        }
        let mails = smtp.wait(2).await;
        app.pass(59 * MINUTE);
        let token = mails[0].token("/reset-password/");
        post(&app, "", "/do/reset_password", &format!("token={token}&new_password=another+long+one")).await;
        assert_eq!(sign_in(&app.state, "ada@example.com", "another long one").await, Err(Error::Unauthorized), "the code is asked for still");
        let other = mails[1].token("/reset-password/");
        assert_eq!(app.get("", &format!("/do/resets?token={other}")).await.0, StatusCode::NOT_FOUND, "the others end with the first");
        post(&app, "", "/do/forgot_password", "email=ada%40example.com").await;
        let late = smtp.wait(3).await[2].token("/reset-password/");
        app.pass(61 * MINUTE);
        assert_eq!(app.get("", &format!("/do/resets?token={late}")).await.0, StatusCode::NOT_FOUND);
        let (status, _) = app.form(None, "/do/reset_password", &format!("token={late}&new_password=yet+another+one")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = app.form(None, "/do/forgot_password", "email=ada%40example.com").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "an address is not flooded");
        for n in 0..4 {
            let (status, _) = app.form(None, "/do/forgot_password", "email=nobody%40example.com").await;
            assert_eq!(status == StatusCode::TOO_MANY_REQUESTS, n == 3, "one without an account is held just so");
        }
    }

    async fn without_mail_the_operator_sets_it(app: TestApp) {
        let (_, page) = app.get("", "/forgot-password").await;
        assert!(page.contains("rapport admin reset-password") && !page.contains("/do/forgot_password"), "{page}");
        let (status, _) = app.form(None, "/do/forgot_password", "email=ada%40example.com").await;
        assert_eq!(status, StatusCode::CONFLICT);
    }

    async fn an_invitation_goes_by_mail_and_is_shown_too(app: TestApp) {
        let (app, smtp) = with_mail(app.engine).await;
        let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        let cookies = format!("rapport_session={ada}");
        let invited = post(&app, &cookies, "/do/invite", "email=grace%40example.com&role=agent").await;
        let mail = smtp.wait(1).await.remove(0);
        assert_eq!(mail.to, "grace@example.com");
        assert!(mail.words().contains("Ada Lovelace invites you to join Analytical Engines"), "{}", mail.words());
        let flash = flash(&app, &invited);
        assert_eq!(shown(&flash, "mailed"), "yes");
        assert!(shown(&flash, "link").ends_with(&mail.token("https://inbox.example/join/")));
        let refused = post(&app, &cookies, "/do/invite", "email=refused%40example.com&role=agent").await;
        let word = shown(&self::flash(&app, &refused), "mailed");
        assert_eq!(word, "failed", "the link is there to be sent by hand");
        assert_eq!(app.number("select count(*) from invitations").await, 2);
    }
}
