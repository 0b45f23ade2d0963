//! The program as an operator runs it: wrong settings stop it with their name and what is expected.

use std::path::Path;
use std::process::{Command, Output};

use rapport::server::db::schema;
use sqlx::Connection as _;

fn rapport(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RAPPORT_")) {
        command.env_remove(name);
    }
    command.current_dir(folder);
    command
}

fn words(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

#[test]
fn a_wrong_setting_stops_the_start_with_its_name_and_what_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a-file"), "no folder").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (name, value, expected) in [
        ("RAPPORT_ADDR", "nonsense", "such as 127.0.0.1:3000"),
        ("RAPPORT_ADDR", "127.0.0.1:99999", "such as 127.0.0.1:3000"),
        ("RAPPORT_ADDR", taken.as_str(), "a free port"),
        ("RAPPORT_PUBLIC_URL", "inbox.example.com", "expected http://HOST or https://HOST"),
        ("RAPPORT_PUBLIC_URL", "ftp://example.com", "expected http://HOST or https://HOST"),
        ("RAPPORT_PUBLIC_URL", "https://example.com/inbox", "expected http://HOST or https://HOST"),
        (
            "RAPPORT_DATABASE_URL",
            "mysql://localhost/x",
            "expected sqlite://PATH or postgres://USER@HOST/NAME",
        ),
        (
            "RAPPORT_DATABASE_URL",
            "sqlite://",
            "expected sqlite://PATH or postgres://USER@HOST/NAME",
        ),
        ("RAPPORT_DATABASE_URL", "sqlite://a-file/x.db", "expected sqlite://PATH"),
        (
            "RAPPORT_DATABASE_URL",
            "postgres://nobody@127.0.0.1:1/x",
            "a database that can be reached",
        ),
        ("RAPPORT_METRICS_ADDR", "9464", "expected an address and a port"),
        ("RAPPORT_DATA_DIR", "a-file", "expected a folder that can be written"),
        ("RAPPORT_FILES_URL", "files", "expected s3://BUCKET/FOLDER?region=REGION"),
        ("RAPPORT_FILES_URL", "s3://key:secret@files", "keys do not belong into the address"),
        ("RAPPORT_GEOIP_DB", "a-file", "expected a database in MaxMind's format"),
        (
            "RAPPORT_TRUSTED_PROXIES",
            "10.0.0.0/8,proxy",
            "expected an address or a network such as 10.0.0.0/8",
        ),
        ("RAPPORT_SMTP_URL", "mail.example.com", "expected smtps://USER:PASSWORD@HOST"),
        ("RAPPORT_SMTP_CONNECTIONS", "101", "expected a number from 1 to 100"),
        ("RAPPORT_LOG", "rapport=loudly", "expected a filter such as info or rapport=debug"),
        ("RAPPORT_LOG", "loud", "expected a filter such as info or rapport=debug"),
        ("RAPPORT_PRIVATE_PUSH", "maybe", "expected true or false"),
        ("RAPPORT_PRIVATE_PICTURES", "maybe", "expected true or false"),
        ("RAPPORT_WEBHOOKS_PRIVATE", "maybe", "expected true or false"),
        ("RAPPORT_DEMO_SITE", "maybe", "expected true or false"),
        ("RAPPORT_LOG_FORMAT", "xml", "expected text or json"),
    ] {
        let output = rapport(folder.path()).arg("serve").env(name, value).output().unwrap();
        let said = words(&output);
        assert!(!output.status.success(), "{name}={value} started");
        let last = said.lines().last().unwrap_or_default();
        assert!(
            last.starts_with(&format!("rapport: {name}: ")) && last.contains(expected),
            "{name}={value}: {said}"
        );
    }
}

#[test]
fn a_mail_server_wants_a_sender() {
    let folder = tempfile::tempdir().unwrap();
    for from in ["", "nobody"] {
        let mut serve = rapport(folder.path());
        serve.arg("serve").env("RAPPORT_SMTP_URL", "smtp://127.0.0.1:25");
        let output = serve.env("RAPPORT_MAIL_FROM", from).output().unwrap();
        let said = words(&output);
        assert!(
            !output.status.success()
                && said.contains("rapport: RAPPORT_MAIL_FROM: expected an address"),
            "{said}"
        );
    }
}

#[test]
fn a_command_that_is_refused_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("no.backup"), "no backup").unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let there = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    for command in [
        "restore no.backup",
        "restore none.backup",
        "backup out.backup",
        "move --to sqlite://other/moved.db",
    ] {
        for data in ["data", "data/inner", "empty"] {
            let mut run = rapport(folder.path());
            let run = run.args(command.split(' ')).args(["--data-dir", data]);
            let output = run.args(["--database-url", "sqlite://deep/new/x.db"]).output().unwrap();
            assert!(!output.status.success(), "{command}: {}", words(&output));
            assert_eq!(there(), ["empty", "no.backup"], "{command}");
        }
    }
}

#[tokio::test]
async fn every_command_refuses_a_later_schema_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later.db");
    let url = format!("sqlite://{}", path.display());
    let options = schema::sqlite_options(&url).unwrap();
    let mut c = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    schema::migrate_sqlite(&mut c, schema::known()).await.unwrap();
    let sql = "update _sqlx_migrations set version = 9999 where version = (select max(version) from _sqlx_migrations)";
    sqlx::query(sql).execute(&mut c).await.unwrap();
    c.close().await.unwrap();
    std::fs::write(folder.path().join("password"), "a long password\n").unwrap();
    std::fs::write(folder.path().join("people.csv"), "user_id\n1\n").unwrap();
    let known = format!("knows schemas up to {}", schema::known());
    for command in [
        "serve",
        "init --workspace W --name N --email e@example.com --password-file password",
        "import contacts people.csv",
        "export contacts out.csv",
        "backup out.backup",
        "move --to sqlite://moved.db",
        "admin reset-password --email e@example.com --password-file password",
    ] {
        let mut run = rapport(folder.path());
        let output =
            run.args(command.split(' ')).env("RAPPORT_DATABASE_URL", &url).output().unwrap();
        let said = words(&output);
        assert!(!output.status.success(), "{command} went on");
        assert!(said.contains("schema 9999") && said.contains(&known), "{command}: {said}");
    }
}

#[test]
fn the_commands_work_together_and_each_one_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &str| {
        let output = rapport(folder.path()).args(arguments.split(' ')).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let commands = [
        "serve",
        "init",
        "demo",
        "import",
        "export",
        "backup",
        "restore",
        "move",
        "admin",
        "admin reset-password",
        "version",
    ];
    for command in commands {
        let help = said(&format!("{command} --help"));
        let taught = help.split_once("\nExample").map_or("", |(_, taught)| taught);
        assert!(taught.contains(&format!("rapport {command}")), "{help}");
    }
    let help = said("--help");
    assert!(help.contains("\nExamples:\n  rapport serve\n"), "{help}");
    assert_eq!(said("version"), said("--version"));
    std::fs::write(folder.path().join("password"), "a long password\n").unwrap();
    said("init --workspace W --name N --email e@example.com --password-file password");
    std::fs::write(folder.path().join("p.csv"), "user_id,name\nu1,Ann\n").unwrap();
    assert_eq!(said("import contacts p.csv"), "1 row written, 0 known before, 0 rejected\n");
    std::fs::write(folder.path().join("q.csv"), "id,\"Name, first\",a=b\nu2,Bea,7\n").unwrap();
    let import = |map: &[&str]| {
        let mut run = rapport(folder.path());
        let run = run.args(["import", "contacts", "q.csv"]).args(map);
        words(&run.output().unwrap())
    };
    for map in [
        &["--map", "id=user_id,\"Name, first\"=name,\"a=b\"=phone"][..],
        &["--map", "id=user_id", "--map", "\"Name, first\"=name", "--map", "\"a=b\"=size"],
    ] {
        assert!(import(map).contains("1 row written"), "{map:?}: {}", import(map));
    }
    let refused = import(&["--map", "id=user_id,Name, first=name"]);
    assert!(refused.contains("expected COLUMN=MEANING"), "{refused}");
    said("export contacts all.csv");
    let all = std::fs::read_to_string(folder.path().join("all.csv")).unwrap();
    assert!(all.lines().any(|line| line.starts_with("u2,Bea,,7,")), "{all}");
    let again = rapport(folder.path()).args(["export", "contacts", "p.csv"]).output().unwrap();
    assert!(!again.status.success() && words(&again).contains("p.csv exists already"));
    let kept = std::fs::read_to_string(folder.path().join("p.csv")).unwrap();
    assert!(kept.starts_with("user_id,name\n"), "what was imported is as it was: {kept}");
    let made = said("backup a.backup");
    assert!(made.contains("teammates                         1 rows"), "{made}");
    assert!(said("restore --check a.backup").contains("a.backup is whole: 0 files"));
    assert!(
        said("restore a.backup --database-url sqlite://new/r.db --data-dir new")
            .contains("and 0 files restored")
    );
    assert!(
        said("move --database-url sqlite://new/r.db --to sqlite://moved.db")
            .contains("arrived as they left")
    );
    let reset = said(
        "admin reset-password --email e@example.com --password-file password --database-url sqlite://moved.db",
    );
    assert_eq!(reset, "e@example.com has a new password, and 0 sessions have ended\n");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &folder.path().join("a.backup").metadata().unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_workspace_that_is_not_there_is_refused_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let none = rapport(folder.path()).args(["export", "contacts"]).output().unwrap();
    assert!(words(&none).contains("make one with rapport init"), "{}", words(&none));
    std::fs::write(folder.path().join("password"), "a long password\n").unwrap();
    let init = "init --workspace W --name N --email e@example.com --password-file password --json";
    let made = rapport(folder.path()).args(init.split(' ')).output().unwrap();
    let keys: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let app_id = keys["app_id"].as_str().unwrap();
    for command in ["export contacts", "import contacts people.csv", "demo"] {
        let mut run = rapport(folder.path());
        // A setting that is there and says nothing is none.
        for setting in ["RAPPORT_GEOIP_DB", "RAPPORT_DATA_DIR", "RAPPORT_LOG"] {
            run.env(setting, "");
        }
        let output =
            run.args(command.split(' ')).args(["--workspace", "nobodys"]).output().unwrap();
        let said = words(&output);
        assert!(!output.status.success(), "{command} went on");
        let refused =
            format!("rapport: --workspace: nobodys is the app_id of none; choose one of {app_id}");
        assert!(said.contains(&refused), "{command}: {said}");
    }
}
