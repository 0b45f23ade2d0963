//! The link of an entry of a stream, and reading on from it in both directions.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use rapport::stream::Page;
use rapport::teammates::sign_in;
use rapport::workspace;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

async fn part(app: &TestApp, token: &str, owner: &str, place: &str) -> Page {
    let (status, body) =
        app.get(token, &format!("/do/stream?owner={owner}&facet=event&limit=20&{place}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// The numbers of a part's entries, the newest first.
fn seqs(page: &Page) -> Vec<i64> {
    let folds = page.days.iter().flat_map(|day| &day.folds);
    folds.flat_map(|f| std::iter::once(&f.newest).chain(&f.rest)).map(|line| line.seq).collect()
}

/// Someone in a company with a hundred events, two at each moment; answers their and the company's number.
async fn busy(app: &TestApp) -> (i64, i64) {
    app.call("group", &json!({"userId": "u", "groupId": "g", "traits": {"name": "US Navy"}})).await;
    let event = |n: i64| {
        // Those of every fifth moment are equal, so that they fold.
        let name = if n / 2 % 5 == 0 { "Equal".to_owned() } else { format!("Step {n}") };
        json!({"type": "track", "userId": "u", "event": name, "timestamp": format!("2025-01-{:02}T10:{:02}:00Z", n / 20 + 1, n / 2 % 10)})
    };
    app.call("batch", &json!({"batch": (0..100).map(event).collect::<Vec<_>>()})).await;
    (app.number("select id from contacts").await, app.number("select id from companies").await)
}

on_both! {
    async fn one_event_alone_says_which_and_leads_back_to_all(app: TestApp) {
        let (contact, _) = busy(&app).await;
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let equal = app.number("select id from event_names where name = 'Equal'").await;
        let (_, html) = app.get(&token, &format!("/contacts/{contact}?show=event&event={equal}")).await;
        let back = format!("href=\"/contacts/{contact}?view=stream&amp;show=event\">All events");
        assert!(html.contains("Only <bdi>Equal") && html.contains(&back), "{html}");
        let (_, html) = app.get(&token, &format!("/contacts/{contact}?show=event")).await;
        assert!(!html.contains("All events"));
    }

    async fn an_entry_is_found_by_its_link_however_far_down_it_stands(app: TestApp) {
        let (contact, company) = busy(&app).await;
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let alone = app.number("select a.seq from activity a join event_names e on e.id = a.ref_id where a.kind = 'event' and e.name = 'Step 7'").await;
        for base in [format!("/contacts/{contact}"), format!("/companies/{company}")] {
            let id = format!("id=\"entry-{alone}\"");
            let (_, html) = app.get(&token, &format!("{base}?view=stream")).await;
            assert!(!html.contains(&id), "it is beyond the first page");
            let (status, html) = app.get(&token, &format!("{base}?view=stream&at={alone}")).await;
            assert_eq!(status, StatusCode::OK);
            let entry = html.split("<li").find(|li| li.contains(&id)).unwrap_or_default();
            assert!(entry.split('>').next().unwrap().contains("aria-current=\"true\""), "it is marked: {entry}");
            assert!(entry.contains(&format!("{base}?view=stream&amp;at={alone}#entry-{alone}")), "{entry}");
            assert!(html.contains("&amp;after=") && html.contains("Newer"), "and what is newer is a link away");
        }
        let (status, html) = app.get(&token, &format!("/contacts/{contact}?view=stream&at=999999")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(html.contains("This entry is not here any more"));
    }

    async fn a_folded_entry_has_a_link_that_unfolds_it(app: TestApp) {
        let (contact, _) = busy(&app).await;
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let first = app.number("select min(a.seq) from activity a join event_names e on e.id = a.ref_id where a.kind = 'event' and e.name = 'Equal'").await;
        let (_, html) = app.get(&token, &format!("/contacts/{contact}?view=stream&at={first}")).await;
        let entry = html.split("<li").find(|li| li.contains(&format!("id=\"entry-{first}\""))).unwrap_or_default();
        let fold = entry.split("<details").nth(1).unwrap_or_default();
        assert!(fold.split('>').next().unwrap().contains("open"), "{entry}");
        assert!(fold.contains("aria-current=\"true\"") && fold.contains(&format!("&amp;at={first}#entry-{first}")), "{fold}");
        assert_eq!(html.matches("<details class=\"entry-fold\" open").count() + html.matches("<details open class=\"entry-fold\"").count(), 1, "the others stay folded");
    }

    async fn from_an_entry_one_reads_on_in_both_directions(app: TestApp) {
        let (contact, company) = busy(&app).await;
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let at = app.number("select a.seq from activity a join event_names e on e.id = a.ref_id where a.kind = 'event' and e.name = 'Step 46'").await;
        for owner in [format!("contact-{contact}"), format!("company-{company}")] {
            let middle = part(&app, &token, &owner, &format!("place%5Bat%5D={at}")).await;
            assert_eq!(middle.at, Some(at));
            assert_eq!(seqs(&middle).iter().position(|seq| *seq == at), Some(10), "ten are above it");
            let mut all = seqs(&middle);
            let (mut newer, mut older) = (middle.newer, middle.older);
            while let Some(after) = newer {
                let page = part(&app, &token, &owner, &format!("place%5Bafter%5D={after}")).await;
                assert!(page.older.is_some(), "back is a link too");
                all.splice(0..0, seqs(&page));
                newer = page.newer;
            }
            while let Some(before) = older {
                let page = part(&app, &token, &owner, &format!("place%5Bbefore%5D={before}")).await;
                assert!(page.newer.is_some());
                all.extend(seqs(&page));
                older = page.older;
            }
            assert_eq!(all.len(), 100, "{all:?}");
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 100, "each came once");
            assert!(all.is_sorted_by(|a, b| a > b), "in one order, ties by number");
        }
        let everything = part(&app, &token, &format!("contact-{contact}"), "").await;
        assert!(everything.newer.is_none() && everything.at.is_none());
    }

    async fn an_entry_is_found_in_no_stream_but_its_own(app: TestApp) {
        let (contact, _) = busy(&app).await;
        app.call("track", &json!({"userId": "v", "event": "Other"})).await;
        let other = app.number("select max(id) from contacts").await;
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let seq = app.number("select max(seq) from activity where kind = 'event'").await;
        let read = async |token: &str, contact: i64| {
            app.get(token, &format!("/do/stream?owner=contact-{contact}&limit=5&place%5Bat%5D={seq}")).await.0
        };
        assert_eq!(read(&token, other).await, StatusCode::OK);
        assert_eq!(read(&token, contact).await, StatusCode::NOT_FOUND);
        workspace::create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert_eq!(read(&eve, other).await, StatusCode::NOT_FOUND);
        app.call("track", &json!({"userId": "v", "event": "Later"})).await;
        assert_eq!(read(&token, other).await, StatusCode::OK);
    }
}
