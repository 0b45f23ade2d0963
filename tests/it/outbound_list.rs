//! Finding a message in the list by its name and subject, its state and its kind.

use axum::http::StatusCode;
use rapport::outbound::{Channel, Draft, Messages, Whom};
use serde_json::json;

use crate::companies::ada;
use crate::on_both;
use crate::outbound::{draft, email, mailing, person, save, settle, try_start};
use crate::support::TestApp;

on_both! {
    async fn messages_are_found_by_name_and_subject_state_and_kind(plain: TestApp) {
        let (app, _smtp) = mailing(plain.engine).await;
        let token = ada(&app).await;
        let (_, page) = app.get(&token, "/outbound?find=anything").await;
        assert!(page.contains("No messages yet"), "there is nothing that could be found: {page}");
        assert!(!page.contains("Find messages") && !page.contains("name=\"kind\""), "nor anything to look with");
        let named = |name: &str, draft: Draft| Draft { name: name.into(), ..draft };
        let all = json!({"all": []});
        let grace = person(&app, "grace").await;
        let to_one = Draft { people: grace.to_string(), ..draft(Whom::Chosen, all.clone(), "Hi") };
        let sent = save(&app, &named("Grüße an VIPs", to_one)).await;
        try_start(&app, sent, "").await.unwrap();
        settle(&app).await;
        save(&app, &named("Spring news", email(Whom::Now, all.clone(), "Was im März neu ist", "Hi"))).await;
        save(&app, &named("Spring post", Draft { channel: Channel::Post, ..draft(Whom::Later, all, "Hi") })).await;
        for (query, names) in [
            ("", vec!["Spring post", "Spring news", "Grüße an VIPs"]),
            ("find=SPRING", vec!["Spring post", "Spring news"]),
            ("find=news+spring", vec!["Spring news"]),
            ("find=m%C3%84rz", vec!["Spring news"]),
            ("find=gr%C3%BC%C3%9Fe", vec!["Grüße an VIPs"]),
            ("find=spring&kind=email", vec!["Spring news"]),
            ("kind=post", vec!["Spring post"]),
            ("state=finished", vec!["Grüße an VIPs"]),
            ("state=draft&kind=chat", vec![]),
            ("find=%25", vec![]),
            ("state=nothing&kind=nothing", vec!["Spring post", "Spring news", "Grüße an VIPs"]),
        ] {
            let (status, body) = app.get(&token, &format!("/do/messages?{query}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let found: Messages = serde_json::from_str(&body).unwrap();
            let found_names: Vec<_> = found.all.iter().map(|m| m.name.as_str()).collect();
            // Drafts stand before those that are over, the newest first.
            assert_eq!((found_names, found.total), (names.clone(), 3), "{query}");
            // The page has the same before any script, and its form keeps what was asked.
            let (_, page) = app.get(&token, &format!("/outbound?{query}")).await;
            let titles = page.split("class=\"message-title\"").skip(1);
            let titles: Vec<_> = titles.map(|rest| rest.split("</a>").next().unwrap()).collect();
            assert_eq!(titles.len(), names.len(), "{query}: {titles:?}");
            for (title, name) in titles.iter().zip(&names) {
                assert!(title.contains(name), "{query}: {title}");
            }
            if names.is_empty() {
                assert!(page.contains("No message fits") && page.contains("Show all messages"), "{query}");
            }
        }
        let (_, page) = app.get(&token, "/outbound?find=spring&state=draft&kind=email&person=7").await;
        for kept in ["value=\"spring\"", "<option value=\"draft\" selected", "<option value=\"email\" selected", "name=\"person\" value=\"7\"", "method=\"get\""] {
            assert!(page.contains(kept), "the form keeps {kept}: {page}");
        }
    }
}
