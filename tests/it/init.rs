//! Making a workspace and its first admin.

use rapport::error::Error;
use rapport::workspace::create;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

on_both! {
    async fn a_second_workspace_has_keys_of_its_own(app: TestApp) {
        let other = create(&app.state.db, new_workspace("grace@example.com"), NOON).await.unwrap();
        assert_ne!(other.write_key, app.keys.write_key);
        assert_eq!(app.number("select count(*) from workspaces").await, 2);
        assert_eq!(app.number("select count(*) from api_keys").await, 4);
    }

    async fn an_address_that_has_an_account_changes_nothing(app: TestApp) {
        let refused = create(&app.state.db, new_workspace("ADA@example.com"), NOON).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        assert_eq!(app.number("select count(*) from workspaces").await, 1);
        assert_eq!(app.number("select count(*) from api_keys").await, 2);
    }

    async fn a_short_password_is_refused_by_name(app: TestApp) {
        let mut new = new_workspace("grace@example.com");
        new.password = "short".into();
        let refused = create(&app.state.db, new, NOON).await.unwrap_err();
        assert!(matches!(refused, Error::Invalid { ref field, .. } if field == "password"), "{refused:?}");
    }

    async fn secrets_are_not_stored(app: TestApp) {
        let stored = app.text("select secret_hash from api_keys where kind = 'write_key'").await;
        assert_eq!(stored, rapport::server::secret::hash(&app.keys.write_key));
        assert!(app.text("select password_hash from teammates").await.starts_with("$argon2id$"));
    }
}
