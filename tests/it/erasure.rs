//! A person who is deleted is gone from every table and from the files.

use rapport::companies;
use rapport::contacts::{self, Standing};
use rapport::id::{CompanyId, ContactId, TeammateId, WorkspaceId};
use rapport::server::db::{Changed, Write};
use rapport::tags;
use serde_json::json;

use crate::on_both;
use crate::support::{Engine, TestApp};

/// A word that stands in everything of one person and in nothing else.
const MARK: &str = "zyxwvut";

/// Every text in every table.
async fn dump(app: &TestApp) -> String {
    use sqlx::Row as _;
    let tables =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let mut c = app.state.db.read().await.unwrap();
    let mut all = String::new();
    match c.raw() {
        rapport::server::db::Raw::Sqlite(c) => {
            let names = sqlx::query("select name from sqlite_master where type = 'table' and name not like '\\_sqlx%' escape '\\'")
                .fetch_all(&mut *c)
                .await
                .unwrap();
            for name in names {
                let table: String = name.get(0);
                let columns =
                    sqlx::AssertSqlSafe(format!("select name from pragma_table_info('{table}')"));
                let columns: Vec<String> =
                    sqlx::query_scalar(columns).fetch_all(&mut *c).await.unwrap();
                let joined = columns
                    .iter()
                    .map(|c| format!("coalesce(cast(\"{c}\" as text), '')"))
                    .collect::<Vec<_>>()
                    .join(" || ' ' || ");
                let rows = sqlx::AssertSqlSafe(format!("select {joined} from \"{table}\""));
                let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *c).await.unwrap();
                all.push_str(&rows.join("\n"));
            }
        }
        rapport::server::db::Raw::Postgres(c) => {
            let names: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *c).await.unwrap();
            for table in names {
                let rows = sqlx::AssertSqlSafe(format!("select t::text from \"{table}\" t"));
                let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *c).await.unwrap();
                all.push_str(&rows.join("\n"));
            }
        }
    }
    all
}

/// Whether a file of the database holds the mark.
fn in_files(app: &TestApp) -> bool {
    let files = std::fs::read_dir(app.folder.path()).unwrap().map(|f| f.unwrap().path());
    files.into_iter().any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(MARK.len()).any(|w| w == MARK.as_bytes())
    })
}

async fn someone(app: &TestApp) -> (WorkspaceId, ContactId) {
    let m = |text: &str| format!("{MARK} {text}");
    let context = json!({"page": {"url": m("page"), "referrer": m("ref")}, "campaign": {"name": m("c")}, "locale": m("l")});
    app.call("page", &json!({"anonymousId": m("anonymous"), "context": context})).await;
    app.call(
        "track",
        &json!({"anonymousId": m("anonymous"), "event": "Ordered", "properties": {"note": m("p")}}),
    )
    .await;
    let traits =
        json!({"name": m("n"), "email": m("e"), "phone": m("p"), "avatar": m("a"), "city": m("c")});
    app.call(
        "identify",
        &json!({"userId": m("user"), "anonymousId": m("anonymous"), "traits": traits}),
    )
    .await;
    app.call("identify", &json!({"userId": m("user"), "traits": {"city": m("moved")}})).await;
    app.call("group", &json!({"userId": m("user"), "groupId": "acme"})).await;
    app.call("identify", &json!({"userId": "other", "traits": {"name": "Stays"}})).await;
    app.call("group", &json!({"userId": "other", "groupId": "acme"})).await;
    let id = app.number("select contact_id from contact_identities where kind = 'external_id' and value <> 'other'").await;
    (WorkspaceId(app.number("select id from workspaces").await), ContactId(id))
}

on_both! {
    async fn nothing_personal_is_left_and_the_log_has_no_gap(app: TestApp) {
        let (workspace, contact) = someone(&app).await;
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        tags::add(&mut w, contact, "vip").await.unwrap();
        contacts::stand(&mut w, contact, Standing::Archived).await.unwrap();
        w.commit().await.unwrap();
        assert!(dump(&app).await.contains(MARK));
        if matches!(app.engine, Engine::Sqlite) {
            assert!(in_files(&app), "the search finds what is there");
        }
        let entries = app.number("select count(*) from activity").await;

        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        contacts::erase(&mut w, contact).await.unwrap();
        w.commit().await.unwrap();
        app.state.db.forget().await.unwrap();

        assert!(!dump(&app).await.contains(MARK), "a dump holds nothing of the person");
        if matches!(app.engine, Engine::Sqlite) {
            assert!(!in_files(&app), "the files hold nothing of the person");
        }
        assert_eq!(app.number("select count(*) from activity").await, entries + 1);
        assert_eq!(app.number("select max(seq) - count(*) from activity").await, 0, "no number is missing");
        assert_eq!(app.number("select count(*) from contacts").await, 1);
        assert_eq!(app.number("select user_count from companies").await, 1);
        assert_eq!(app.number("select last_seen_at from companies").await, 0, "the other was never seen");
        for table in ["taggings", "event_counts", "event_days", "sessions", "attribute_values"] {
            let sql: &'static str = Box::leak(format!("select count(*) from {table}").into_boxed_str());
            assert_eq!(app.number(sql).await, 0, "{table}");
        }
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        assert!(contacts::erase(&mut w, contact).await.is_err(), "once is enough");
    }

    async fn names_of_main_contacts_that_the_log_once_had_are_gone_too(app: TestApp) {
        let (workspace, contact) = someone(&app).await;
        let ada = TeammateId(app.number("select id from teammates").await);
        let acme = CompanyId(app.number("select id from companies").await);
        let mut w = Write::begin(&app.state, workspace, ada).await.unwrap();
        companies::set_main_contact(&mut w, acme, contact).await.unwrap();
        companies::set_main_contact(&mut w, acme, ContactId(0)).await.unwrap();
        w.commit().await.unwrap();
        // As it was written once: by what they are called, and by what they were called before.
        let folder = if matches!(app.engine, Engine::Sqlite) { "sqlite" } else { "postgres" };
        let file = std::fs::read_to_string(format!("migrations/{folder}/0028_choices.sql")).unwrap();
        let mend: &'static str = Box::leak(file[file.find("update activity").unwrap()..].to_owned().into_boxed_str());
        let mut c = app.state.db.begin().await.unwrap();
        for sql in [
            "update activity set data = '{\"from\":{},\"set\":{\"main_contact\":\"zyxwvut n\"}}' where kind = 'company_changed' and data like '%\"from\":{\"main_contact\":0}%'",
            "update activity set data = '{\"from\":{},\"set\":{\"main_contact\":\"zyxwvut before\"}}' where kind = 'company_changed' and data like '%\"set\":{\"main_contact\":0}%'",
            mend,
        ] {
            let done: Result<Changed, _> = rapport::run!(c, |x| sqlx::query(sql).execute(x));
            assert!(done.unwrap().0 > 0, "{sql}");
        }
        c.commit().await.unwrap();
        let of = async |sql| serde_json::from_str::<serde_json::Value>(&app.text(sql).await).unwrap()["set"]["main_contact"].clone();
        assert_eq!(of("select data from activity where kind = 'company_changed' order by seq limit 1").await, contact.0);
        assert_eq!(of("select data from activity where kind = 'company_changed' order by seq desc limit 1").await, -1);

        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        contacts::erase(&mut w, contact).await.unwrap();
        w.commit().await.unwrap();
        assert!(!dump(&app).await.contains(MARK), "a dump holds nothing of the person");
    }

    async fn an_export_has_all_that_is_known(app: TestApp) {
        let (workspace, contact) = someone(&app).await;
        // What looks like a moment and is none stays what it is.
        app.call("identify", &json!({"userId": format!("{MARK} user"), "anonymousId": "1700000000000"})).await;
        let ada = TeammateId(app.number("select id from teammates").await);
        let mut w = Write::begin(&app.state, workspace, ada).await.unwrap();
        tags::add(&mut w, contact, "202612312359").await.unwrap();
        rapport::notes::add(&mut w, rapport::notes::Owner::Contact(contact), "1700000000001").await.unwrap();
        w.commit().await.unwrap();
        let mut c = app.state.db.read().await.unwrap();
        let all = contacts::export(&mut c, workspace, contact).await.unwrap();
        assert_eq!(all["custom_attributes"]["city"], format!("{MARK} moved"));
        assert_eq!(all["companies"][0]["company_id"], "acme");
        assert_eq!(all["identities"].as_array().unwrap().len(), 3);
        assert!(all["identities"].as_array().unwrap().contains(&json!({"kind": "anonymous_id", "value": "1700000000000"})), "{all}");
        assert_eq!(all["tags"], json!([{"name": "202612312359", "at": "2026-03-01T12:00:00Z"}]));
        assert_eq!(all["notes"], json!([{"text": "1700000000001", "at": "2026-03-01T12:00:00Z"}]));
        assert_eq!(all["sessions"], json!([{"from": "2026-03-01T12:00:00Z", "until": "2026-03-01T12:00:00Z"}]));
        assert_eq!(all["person"]["last_seen_at"], "2026-03-01T12:00:00Z");
        let kinds: Vec<_> = all["history"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
        for kind in ["event", "session_started", "attributes_changed", "company_joined", "contact_merged"] {
            assert!(kinds.contains(&kind), "{kind} among {kinds:?}");
        }
        assert!(!all.to_string().contains("Stays"));
        assert!(contacts::export(&mut c, WorkspaceId(workspace.0 + 1), contact).await.is_err());
    }

    async fn standing_changes_once_and_back(app: TestApp) {
        let (workspace, contact) = someone(&app).await;
        for standing in [Standing::Archived, Standing::Archived, Standing::Unarchived, Standing::Blocked, Standing::Unblocked, Standing::Unblocked] {
            let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
            contacts::stand(&mut w, contact, standing).await.unwrap();
            w.commit().await.unwrap();
        }
        let sql = "select count(*) from activity where kind in ('contact_archived', 'contact_unarchived', 'contact_blocked', 'contact_unblocked')";
        assert_eq!(app.number(sql).await, 4);
    }
}
