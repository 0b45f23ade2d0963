//! Visits and sessions: a function of the set of visits, whatever their order.

use axum::http::StatusCode;
use rapport::contacts::GAP;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp};

const MINUTE: i64 = 60_000;

fn iso(millis: i64) -> String {
    let at = NOON.plus(millis);
    let days = at.0.div_euclid(86_400_000);
    let rest = at.0.rem_euclid(86_400_000) / 1000;
    // Days since the epoch to a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (d, m) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let y = yoe + era * 400 + i64::from(m <= 2);
    format!("{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Sessions by the definition, from all visits at once.
fn expected(mut times: Vec<i64>) -> Vec<(i64, i64, i64)> {
    times.sort_unstable();
    let mut out: Vec<(i64, i64, i64)> = Vec::new();
    for t in times {
        match out.last_mut() {
            Some(last) if t - last.1 <= GAP => last.1 = t,
            _ => out.push((t, t, out.last().map_or(0, |l| l.1))),
        }
    }
    out
}

async fn sessions(app: &TestApp, contact: i64) -> Vec<(i64, i64, i64)> {
    let sql = "select started_at, ended_at, previous_last_seen_at from sessions where contact_id = $1 order by started_at";
    let mut c = app.state.db.read().await.unwrap();
    let rows: Result<Vec<(i64, i64, i64)>, _> =
        rapport::run!(c, |x| sqlx::query_as::<_, (i64, i64, i64)>(sql).bind(contact).fetch_all(x));
    rows.unwrap()
}

on_both! {
    async fn sessions_are_the_same_in_whatever_order_visits_arrive(app: TestApp) {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move |n: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % n
        };
        app.call("group", &json!({"userId": "u", "groupId": "acme", "timestamp": iso(-400 * 24 * 60 * MINUTE)})).await;
        let mut times = Vec::new();
        for _ in 0..12 {
            let batch: Vec<_> = (0..=random(4)).map(|_| {
                let at = -(random(60 * 24) as i64) * MINUTE;
                times.push(NOON.plus(at).0);
                json!({"type": "page", "userId": "u", "timestamp": iso(at)})
            }).collect();
            let (status, _) = app.call("batch", &json!({"batch": batch})).await;
            assert_eq!(status, StatusCode::OK);
        }
        let contact = app.number("select id from contacts").await;
        let wanted = expected(times.clone());
        assert_eq!(sessions(&app, contact).await, wanted);
        assert_eq!(app.number("select session_count from contacts").await, wanted.len() as i64);
        assert_eq!(app.number("select session_count from companies").await, wanted.len() as i64);
        assert_eq!(app.number("select last_seen_at from contacts").await, *times.iter().max().unwrap());
        assert_eq!(app.number("select last_seen_at from companies").await, *times.iter().max().unwrap());
        assert_eq!(app.number("select first_seen_at from contacts").await, *times.iter().min().unwrap());
    }

    async fn only_pages_make_someone_seen(app: TestApp) {
        app.call("track", &json!({"userId": "u", "event": "x"})).await;
        app.call("identify", &json!({"userId": "u", "traits": {"a": 1}})).await;
        assert_eq!(app.number("select last_seen_at from contacts").await, 0);
        app.call("screen", &json!({"userId": "u", "name": "Home"})).await;
        assert_eq!(app.number("select last_seen_at from contacts").await, NOON.0);
        assert_eq!(app.number("select count(*) from activity where kind = 'session_started'").await, 1);
    }

    async fn a_visit_tells_the_browser_the_place_it_came_from_and_a_late_one_does_not(app: TestApp) {
        let agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
        let context = json!({"ip": "81.2.69.160", "userAgent": agent, "locale": "de-CH", "campaign": {"name": "spring", "source": "mail"},
            "page": {"url": "https://shop.example/pricing", "referrer": "https://search.example/"}});
        app.call("page", &json!({"userId": "u", "context": context})).await;
        app.call("page", &json!({"userId": "u", "timestamp": iso(-MINUTE), "context": {"locale": "fr", "ip": "1.1.1.1"}})).await;
        for (column, value) in [("browser", "Chrome"), ("os", "macOS"), ("browser_language", "de-CH"), ("utm_campaign", "spring"),
            ("utm_source", "mail"), ("last_page", "https://shop.example/pricing"), ("referrer", "https://search.example/"), ("last_seen_ip", "81.2.69.160")] {
            let sql: &'static str = Box::leak(format!("select {column} from contacts").into_boxed_str());
            assert_eq!(app.text(sql).await, value, "{column}");
        }
    }

    async fn the_address_of_the_last_visit_says_where_that_was(app: TestApp) {
        for (user, ip) in [("london", "81.2.69.160"), ("linkoping", "89.160.20.112"), ("japan", "2001:218::1"), ("home", "192.168.1.1"), ("nonsense", "x")] {
            app.call("page", &json!({"userId": user, "context": {"ip": ip}})).await;
        }
        let place = async |user: &str| {
            let sql = format!("select coalesce(location, '') || ' ' || country_code from contacts where external_id = '{user}'");
            app.text(Box::leak(sql.into_boxed_str())).await
        };
        assert!(place("london").await.contains("\"city\":\"London\"") && place("london").await.ends_with(" GB"));
        assert!(place("linkoping").await.contains("Europe/Stockholm"));
        assert!(place("japan").await.ends_with(" JP"), "IPv6 too");
        assert_eq!(place("home").await, " ", "a private address is nowhere");
        assert_eq!(place("nonsense").await, " ");
        app.call("track", &json!({"userId": "london", "event": "x", "context": {"ip": "89.160.20.112"}})).await;
        assert!(place("london").await.ends_with(" GB"), "only visits move people");
        app.pass(60_000);
        app.call("page", &json!({"userId": "london", "context": {"ip": "192.168.1.1"}})).await;
        assert_eq!(place("london").await, " ", "an unknown place is not the old one");
    }

    async fn a_browsers_own_address_counts_and_a_servers_never_does(app: TestApp) {
        use axum::body::Body;
        use axum::extract::ConnectInfo;
        use axum::http::Request;
        let send = async |user: &str, origin: Option<&str>| {
            let body = json!({"userId": user, "writeKey": app.keys.write_key}).to_string();
            let mut request = Request::post("/v1/page");
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let mut request = request.body(Body::from(body)).unwrap();
            let peer: std::net::SocketAddr = "81.2.69.160:1234".parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
            app.send(request).await.0
        };
        assert_eq!(send("browser", Some("https://shop.example")).await, StatusCode::OK);
        assert_eq!(send("server", None).await, StatusCode::OK);
        let known = "select count(*) from contacts where last_seen_ip is not null";
        assert_eq!(app.number(known).await, 1);
        assert_eq!(app.text("select external_id from contacts where last_seen_ip = '81.2.69.160'").await, "browser");
    }
}
