//! The tracking specification's official client for Python, pointed at Rapport by its host alone.

use std::time::Duration;

use rapport::server::http;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::on_both;
use crate::support::TestApp;

/// Fails where the client does: it is told to raise what goes wrong.
const SCRIPT: &str = "
import sys, datetime
from segment.analytics.client import Client
host, key = sys.argv[1:]
failed = []
for packed in (False, True):
    client = Client(write_key=key, host=host, gzip=packed, debug=True, on_error=lambda error, batch: failed.append(error))
    user = 'packed' if packed else 'plain'
    client.identify(user, {'name': 'Grace Hopper', 'email': 'grace@navy.mil', 'createdAt': datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)})
    client.group(user, 'navy', {'name': 'US Navy', 'employees': 330000})
    client.page(user, name='Pricing', properties={'url': 'https://shop.example/pricing'})
    client.screen(user, name='Home')
    client.alias('before-' + user, user)
    for n in range(150):
        client.track(user, 'Purchase', {'value': 1.25, 'n': n}, timestamp=datetime.datetime(1997, 1, 1, tzinfo=datetime.timezone.utc))
    client.shutdown()
sys.exit(str(failed) if failed else 0)
";

on_both! {
    async fn the_official_client_works_by_setting_the_host_plain_and_packed(app: TestApp) {
        let python = std::env::var("RAPPORT_TEST_PYTHON")
            .expect("RAPPORT_TEST_PYTHON names a Python with segment-analytics-python; bin/test makes one");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(http::serve(app.state.clone(), listener, std::future::pending(), Duration::ZERO));
        let run = Command::new(python).args(["-c", SCRIPT, &host, &app.keys.write_key]).output();
        let done = tokio::time::timeout(Duration::from_secs(60), run).await.unwrap().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(app.number("select count(*) from contacts where email = 'grace@navy.mil' and session_count > 0").await, 2);
        assert_eq!(app.number("select cast(sum(count) as bigint) from event_counts").await, 300);
        assert_eq!(app.number("select user_count from companies where company_id = 'navy'").await, 2);
        for user in ["plain", "packed"] {
            let (_, found) = app.api("GET", &format!("/contacts/find_by_external_id/{user}"), serde_json::Value::Null).await;
            assert_eq!((&found["name"], &found["signed_up_at"]), (&json!("Grace Hopper"), &json!(1_714_521_600)));
        }
    }
}
