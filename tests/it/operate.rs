//! Backups, restores and moves: everything arrives, or nothing changes.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axum::http::StatusCode;
use rapport::backup::{self, Tally};
use rapport::demo;
use rapport::error::Error;
use rapport::id::{TeammateId, WorkspaceId};
use rapport::run;
use rapport::server::clock::Clock;
use rapport::server::db::schema::{self, Unusable};
use rapport::server::db::{Changed, Db, Hold};
use rapport::server::state::AppState;
use rapport::teammates::{reset_password, sign_in, viewer_of};
use serde_json::json;
use sqlx::Connection as _;

use crate::on_both;
use crate::support::{Database, Engine, NOON, TestApp};

const PASSWORD: &str = "correct horse battery";
const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// A workspace with some of everything, and an attachment.
async fn fill(app: &TestApp) {
    let workspace = WorkspaceId(app.number("select id from workspaces").await);
    let plan = demo::Plan { people: 20, events: 100 };
    let mut made = demo::begin(&app.state, workspace, TeammateId(0), plan).await.unwrap();
    while demo::step(&app.state, workspace, &mut made).await.unwrap() {}
    // Not every decimal fraction survives a conversion on the way.
    let traits =
        json!({ "odd": 0.1 + 0.2, "large": 1.0e300 / 3.0, "name": "Zürich \u{1F600} \"'\\" });
    app.call("identify", &json!({ "userId": "odd", "traits": traits })).await;
    let folder = app.folder.path().join("files/ab");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("one"), b"an attachment").unwrap();
    fs::write(folder.join(".two"), b"still being written").unwrap();
}

async fn write(app: &TestApp, file: &Path) -> Vec<Tally> {
    let mut told = Vec::new();
    let tell = &mut |tally: &Tally| told.push(tally.clone());
    backup::write(&app.url, app.folder.path(), file, NOON, tell).await.unwrap();
    told
}

/// A database and its folder that a backup was restored into.
async fn restored(file: &Path, engine: Engine) -> (TestApp, Vec<Tally>) {
    let folder = tempfile::tempdir().unwrap();
    let url = Database::empty(engine, folder.path()).await;
    let mut told = Vec::new();
    let tell = &mut |tally: &Tally| told.push(tally.clone());
    backup::restore(file, &url, folder.path(), tell).await.unwrap();
    let state =
        AppState::new(Db::open(&url).await.unwrap(), Clock::Fixed(AtomicI64::new(NOON.0)), false);
    let keys = rapport::workspace::Created {
        app_id: String::new(),
        api_token: String::new(),
        write_key: String::new(),
        identity_secret: String::new(),
    };
    (TestApp::of(Arc::new(state), keys, engine, folder, url), told)
}

/// What a database holds, by a backup of it.
async fn held(url: &str) -> Vec<Tally> {
    let folder = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    let tell = &mut |tally: &Tally| told.push(tally.clone());
    let file = folder.path().join("look");
    backup::write(url, folder.path(), &file, NOON, tell).await.unwrap();
    told
}

async fn is_new(engine: Engine, url: &str) -> bool {
    match engine {
        Engine::Sqlite => !Path::new(url.strip_prefix("sqlite://").unwrap()).exists(),
        Engine::Postgres => {
            let mut c = sqlx::PgConnection::connect(url).await.unwrap();
            schema::of_postgres(&mut c).await.unwrap().is_none()
        }
    }
}

/// Writes a backup again with one of its entries changed.
fn forge(file: &Path, entry: &str, change: impl Fn(String) -> String) -> std::path::PathBuf {
    let forged = file.with_extension("forged");
    let mut old = tar::Archive::new(zstd::Decoder::new(fs::File::open(file).unwrap()).unwrap());
    let mut new =
        tar::Builder::new(zstd::Encoder::new(fs::File::create(&forged).unwrap(), 1).unwrap());
    for part in old.entries().unwrap() {
        let mut part = part.unwrap();
        let path = part.path().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if path == Path::new(entry) {
            text = change(text);
        }
        let mut head = part.header().clone();
        head.set_size(text.len() as u64);
        new.append_data(&mut head, path, text.as_bytes()).unwrap();
    }
    new.into_inner().unwrap().finish().unwrap();
    forged
}

/// Restores into a new database, and expects a refusal that changes nothing.
async fn refused(file: &Path, engine: Engine) -> String {
    let folder = tempfile::tempdir().unwrap();
    let url = Database::empty(engine, folder.path()).await;
    let problem = backup::restore(file, &url, folder.path(), &mut |_| ()).await.unwrap_err();
    assert!(is_new(engine, &url).await, "{problem}");
    assert!(!folder.path().join("files").exists(), "{problem}");
    problem
}

on_both! {
    async fn a_backup_made_while_eight_write_restores_into_either_engine(app: TestApp) {
        fill(&app).await;
        let (app, done, acknowledged) = (Arc::new(app), Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let writers: Vec<_> = (0..8).map(|writer| {
            let (app, done, acknowledged) = (app.clone(), done.clone(), acknowledged.clone());
            tokio::spawn(async move {
                let mut n = 0;
                while !done.load(Ordering::SeqCst) {
                    let call = json!({ "userId": format!("w-{writer}"), "event": "Counted", "properties": { "n": n } });
                    assert_eq!(app.call("track", &call).await.0, StatusCode::OK);
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                    n += 1;
                }
            })
        }).collect();
        while acknowledged.load(Ordering::SeqCst) < 40 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let file = app.folder.path().join("a.backup");
        // One that was made between two writes says nothing: again.
        let (mut before, mut after, mut told) = (0, 0, Vec::new());
        for n in 0..50 {
            std::fs::remove_file(&file).ok();
            before = acknowledged.load(Ordering::SeqCst);
            told = write(&app, &file).await;
            after = acknowledged.load(Ordering::SeqCst);
            if after > before {
                break;
            }
            assert!(n < 49, "nobody wrote while a backup was made");
        }
        done.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        let (header, manifest) = backup::check(&file).unwrap();
        assert_eq!((header.schema, &manifest.tables, manifest.files), (schema::known(), &told, 1));
        for engine in BOTH {
            let (copy, arrived) = restored(&file, engine).await;
            assert_eq!(arrived, told);
            assert_eq!(held(&copy.url).await, told);
            let counted = copy.number("select count(*) from activity a join event_names e on e.workspace_id = a.workspace_id \
                and e.id = a.ref_id where a.kind = 'event' and e.name = 'Counted'").await;
            assert!((before..=after + 8).contains(&counted), "{counted} of {before} to {after}");
            let (last, rows) = (copy.number("select n from workspace_seq").await, copy.number("select count(*) from activity").await);
            assert_eq!(last, rows, "the log and its number are of one moment");
            let files = copy.folder.path().join("files");
            assert_eq!(fs::read(files.join("ab/one")).unwrap(), b"an attachment");
            assert!(!files.join("ab/.two").exists());
            // It goes on where it was: the password, the key, and numbers that nobody has.
            assert!(sign_in(&copy.state, "ada@example.com", PASSWORD).await.is_ok());
            let call = json!({ "userId": "after", "event": "Counted" });
            let sent = copy.call_with(&app.keys.write_key, "track", call.to_string().into_bytes()).await;
            assert_eq!(sent.0, StatusCode::OK, "{}", sent.1);
            assert_eq!(copy.number("select count(*) from contacts where external_id = 'after'").await, 1);
        }
    }

    async fn a_move_there_and_back_changes_nothing(app: TestApp) {
        fill(&app).await;
        let other = if matches!(app.engine, Engine::Sqlite) { Engine::Postgres } else { Engine::Sqlite };
        let (there, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = Database::empty(other, there.path()).await;
        let second = Database::empty(app.engine, back.path()).await;
        let began = held(&app.url).await;
        assert!(began.iter().map(|t| t.rows).sum::<u64>() > 500);
        for (from, to, folder) in [(&app.url, &first, &there), (&first, &second, &back)] {
            assert_eq!(backup::transfer(from, to, &mut |_| ()).await.unwrap(), began);
            for file in fs::read_dir(folder.path()).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                assert!(!name.ends_with("-wal"), "what is copied elsewhere now has everything: {name}");
            }
        }
        assert_eq!(held(&second).await, began);
        assert_eq!(held(&app.url).await, began);
        let again = backup::transfer(&app.url, &first, &mut |_| ()).await.unwrap_err();
        assert!(again.contains("holds data already"), "{again}");
        assert_eq!(held(&first).await, began);
    }

    async fn a_restore_does_not_touch_what_is_there(app: TestApp) {
        fill(&app).await;
        let file = app.folder.path().join("a.backup");
        write(&app, &file).await;
        let again = backup::write(&app.url, app.folder.path(), &file, NOON, &mut |_| ()).await.unwrap_err();
        assert!(again.contains("exists already"), "{again}");
        let before = held(&app.url).await;
        let files = backup::restore(&file, &app.url, app.folder.path(), &mut |_| ()).await.unwrap_err();
        assert!(files.contains("holds files already"), "{files}");
        let folder = tempfile::tempdir().unwrap();
        let data = backup::restore(&file, &app.url, folder.path(), &mut |_| ()).await.unwrap_err();
        assert!(data.contains("holds data already"), "{data}");
        assert_eq!(held(&app.url).await, before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    async fn a_database_in_use_is_neither_filled_nor_moved(app: TestApp) {
        fill(&app).await;
        let file = app.folder.path().join("a.backup");
        write(&app, &file).await;
        let folder = tempfile::tempdir().unwrap();
        let url = Database::empty(app.engine, folder.path()).await;
        let server = Hold::shared(&url).await.unwrap().unwrap();
        assert!(Hold::shared(&url).await.unwrap().is_some(), "several servers may use one database");
        let busy = backup::restore(&file, &url, folder.path(), &mut |_| ()).await.unwrap_err();
        assert!(busy.contains("stop it first"), "{busy}");
        let busy = backup::transfer(&app.url, &url, &mut |_| ()).await.unwrap_err();
        assert!(busy.contains("stop it first"), "{busy}");
        drop(server);
        let owner = Hold::shared(&app.url).await.unwrap().unwrap();
        let busy = backup::transfer(&app.url, &url, &mut |_| ()).await.unwrap_err();
        assert!(busy.contains("stop it first"), "{busy}");
        drop(owner);
        // PostgreSQL lets go once it has noticed that the connection has gone.
        let mut tries = 0;
        while backup::transfer(&app.url, &url, &mut |_| ()).await.is_err() {
            tries += 1;
            assert!(tries < 50, "the hold outlives its owner");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    async fn a_damaged_backup_changes_nothing(app: TestApp) {
        fill(&app).await;
        let file = app.folder.path().join("a.backup");
        write(&app, &file).await;
        let whole = fs::read(&file).unwrap();
        let broken = app.folder.path().join("broken");
        for length in [0, 3, 100, whole.len() / 2, whole.len() - 5, whole.len() - 1] {
            fs::write(&broken, &whole[..length]).unwrap();
            let problem = refused(&broken, app.engine).await;
            assert!(problem.contains("use another backup"), "{length}: {problem}");
        }
        for at in [20, whole.len() / 3, whole.len() / 2, whole.len() - 8] {
            let mut other = whole.clone();
            other[at] ^= 0x10;
            fs::write(&broken, &other).unwrap();
            let problem = refused(&broken, app.engine).await;
            assert!(problem.contains("use another backup"), "{at}: {problem}");
        }
        let row = forge(&file, "tables/contacts/000000", |text| text.replacen("Zürich", "Zurich", 1));
        let problem = refused(&row, app.engine).await;
        assert!(problem.contains("the rows of contacts are not those that were written"), "{problem}");
        let attachment = forge(&file, "files/ab/one", |_| "something else".into());
        let problem = refused(&attachment, app.engine).await;
        assert!(problem.contains("files are not those"), "{problem}");
    }

    async fn a_sqlite_file_that_was_filled_is_built_as_a_new_one(app: TestApp) {
        fill(&app).await;
        let folder = tempfile::tempdir().unwrap();
        let new = Database::empty(Engine::Sqlite, folder.path()).await;
        let filled = folder.path().join("filled.db");
        let filled = format!("sqlite://{}", filled.display());
        Db::open(&new).await.unwrap();
        backup::transfer(&app.url, &filled, &mut |_| ()).await.unwrap();
        let built = async |url: &str| {
            let options = schema::sqlite_options(url).unwrap();
            let mut c = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
            let all = "select type || ' ' || name || ': ' || coalesce(sql, '') from sqlite_master order by 1";
            let known = "select tbl || ' ' || coalesce(idx, '') || ': ' || coalesce(stat, '') from sqlite_stat1 order by 1";
            let mut lines: Vec<(String,)> = sqlx::query_as(all).fetch_all(&mut c).await.unwrap();
            lines.extend(sqlx::query_as::<_, (String,)>(known).fetch_all(&mut c).await.unwrap());
            lines
        };
        let expected = built(&new).await;
        assert!(expected.len() > 150, "{}", expected.len());
        assert_eq!(built(&filled).await, expected);
    }

    async fn what_is_refused_once_the_database_was_begun_leaves_none_behind(app: TestApp) {
        fill(&app).await;
        let file = app.folder.path().join("a.backup");
        write(&app, &file).await;
        let renamed = |text: String| text.replace("\"webhooks\"", "\"weebhooks\"");
        let odd = app.folder.path().join("odd.backup");
        fs::rename(forge(&file, "rapport.json", renamed), &odd).unwrap();
        let odd = forge(&odd, "manifest.json", renamed);
        let folder = tempfile::tempdir().unwrap();
        let url = Database::empty(app.engine, folder.path()).await;
        let problem = backup::restore(&odd, &url, folder.path(), &mut |_| ()).await.unwrap_err();
        assert!(problem.contains("the table weebhooks is not as this program knows it"), "{problem}");
        for left in fs::read_dir(folder.path()).unwrap() {
            assert_eq!(left.unwrap().file_name(), "test.db.lock");
        }
        backup::restore(&file, &url, folder.path(), &mut |_| ()).await.unwrap();
        assert_eq!(held(&url).await, held(&app.url).await);
    }

    async fn what_a_later_version_wrote_is_refused_by_name(app: TestApp) {
        fill(&app).await;
        let file = app.folder.path().join("a.backup");
        write(&app, &file).await;
        let known = format!("\"schema\":{}", schema::known());
        let later = forge(&file, "rapport.json", |text| text.replacen(&known, "\"schema\":9999", 1));
        let problem = refused(&later, app.engine).await;
        assert!(problem.contains("schema 9999") && problem.contains(&format!("up to {}", schema::known())), "{problem}");

        let mut c = app.state.db.begin().await.unwrap();
        let sql = "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
                   select 9999, description, installed_on, success, checksum, execution_time from _sqlx_migrations where version = 1";
        let _: Changed = run!(c, |x| sqlx::query(sql).execute(x)).unwrap();
        c.commit().await.unwrap();
        let opened = Db::open(&app.url).await.map(|_| ()).unwrap_err();
        assert!(matches!(opened, Unusable::Newer { found: 9999, .. }), "{opened}");
        let problem = opened.to_string();
        assert!(problem.contains("schema 9999") && problem.contains(&format!("up to {}", schema::known())), "{problem}");
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("b");
        let problem = backup::write(&app.url, folder.path(), &out, NOON, &mut |_| ()).await.unwrap_err();
        assert!(problem.contains("schema 9999"), "{problem}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    async fn a_backup_of_an_earlier_version_is_brought_up_to_date(app: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        let old = Database::empty(app.engine, folder.path()).await;
        let rows = [
            "insert into workspaces (id, name, app_id, time_zone, identity_secret, created_at) values (1, 'Old', 'old', 'UTC', 's', 1)",
            "insert into workspace_seq (workspace_id, n) values (1, 0)",
            "insert into contacts (workspace_id, id, role, created_at, updated_at) values (1, 2, 'lead', 1, 1)",
        ];
        match app.engine {
            Engine::Sqlite => {
                let options = schema::sqlite_options(&old).unwrap();
                let mut c = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
                schema::migrate_sqlite(&mut c, 2).await.unwrap();
                for sql in rows {
                    sqlx::query(sql).execute(&mut c).await.unwrap();
                }
            }
            Engine::Postgres => {
                let mut c = sqlx::PgConnection::connect(&old).await.unwrap();
                schema::migrate_postgres(&mut c, 2).await.unwrap();
                for sql in rows {
                    sqlx::query(sql).execute(&mut c).await.unwrap();
                }
            }
        }
        let file = folder.path().join("old.backup");
        backup::write(&old, folder.path(), &file, NOON, &mut |_| ()).await.unwrap();
        assert_eq!(backup::check(&file).unwrap().0.schema, 2);
        let newer = app.folder.path().join("newer.backup");
        fill(&app).await;
        write(&app, &newer).await;
        let elsewhere = tempfile::tempdir().unwrap();
        let problem = backup::restore(&newer, &old, elsewhere.path(), &mut |_| ()).await.unwrap_err();
        assert!(problem.contains("holds data already"), "{problem}");
        let again = folder.path().join("again.backup");
        backup::write(&old, folder.path(), &again, NOON, &mut |_| ()).await.unwrap();
        assert_eq!(backup::check(&again).unwrap().0.schema, 2, "a refused restore changed the schema");
        for engine in BOTH {
            let (copy, _) = restored(&file, engine).await;
            assert_eq!(copy.number("select max(version) from _sqlx_migrations").await, schema::known());
            assert_eq!(copy.number("select people from workspace_seq").await, 1);
        }
    }

    async fn a_forgotten_password_is_reset_at_the_command_line(app: TestApp) {
        let token = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
        let mut c = app.state.db.begin().await.unwrap();
        let sql = "update teammates set totp_secret = 'JBSWY3DPEHPK3PXP', totp_step = 5";
        let _: Changed = run!(c, |x| sqlx::query(sql).execute(x)).unwrap();
        let kept = "insert into teammate_settings (workspace_id, teammate_id, name, value) \
                    select t.workspace_id, t.id, n.name, '[]' from teammates t \
                    cross join (select 'recovery_codes' as name union all select 'second_step:x') n";
        let _: Changed = run!(c, |x| sqlx::query(kept).execute(x)).unwrap();
        c.commit().await.unwrap();
        let short = reset_password(&app.state, "ada@example.com", "short", false).await;
        assert!(matches!(short, Err(Error::Invalid { ref field, .. }) if field == "new_password"), "{short:?}");
        let nobody = reset_password(&app.state, "eve@example.com", "another long one", false).await;
        assert!(matches!(nobody, Err(Error::Invalid { ref field, .. }) if field == "email"), "{nobody:?}");
        assert!(viewer_of(&app.state, &token).await.unwrap().is_some());

        assert_eq!(reset_password(&app.state, " ADA@example.com", "another long one", false).await.unwrap(), 1);
        assert!(viewer_of(&app.state, &token).await.unwrap().is_none());
        assert!(sign_in(&app.state, "ada@example.com", PASSWORD).await.is_err());
        assert_eq!(app.text("select totp_secret from teammates").await, "JBSWY3DPEHPK3PXP");
        reset_password(&app.state, "ada@example.com", "another long one", true).await.unwrap();
        assert_eq!(app.number("select count(*) from teammates where totp_secret is null").await, 1);
        assert_eq!(app.number("select count(*) from teammate_settings where name in ('recovery_codes', 'second_step:x')").await, 0);
        let token = sign_in(&app.state, "ada@example.com", "another long one").await.unwrap();
        let (_, page) = app.get(&token, "/do/audit?who=&action=password_reset").await;
        let page: rapport::audit::Page = serde_json::from_str(&page).unwrap();
        let lines: Vec<_> = page.lines.iter().map(|l| (l.title.as_str(), l.detail.as_str(), l.actor.as_deref())).collect();
        assert_eq!(lines, [("Reset a password", "Ada Lovelace", None); 2]);
    }
}
