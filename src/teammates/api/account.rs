//! One's own password, second step and sessions.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::Error;
use crate::id::SessionId;
use crate::teammates::Account;

/// The page of one's own account.
pub const ACCOUNT: &str = "/settings/account";

/// Changes the viewer's password and ends their other sessions.
///
/// # Errors
/// As [`crate::teammates::change_password`].
#[server(prefix = "/do", endpoint = "change_password")]
pub async fn change_password(current_password: String, new_password: String) -> Result<(), Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer()?;
    let token = viewer::session()?;
    crate::teammates::change_password(
        &app,
        viewer.workspace,
        viewer.id,
        &current_password,
        &new_password,
        &token,
    )
    .await?;
    viewer::lead_and_say(&app, ACCOUNT, "Your password is changed. Other sessions have ended.")
}

/// One's own sessions and second step.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "account", input = GetUrl)]
pub async fn read_account() -> Result<Account, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let token = viewer::session()?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mut c = app.db.read().await?;
    let second_step = crate::teammates::second::state(&mut c, &viewer).await?;
    let sessions = crate::teammates::list(&mut c, &app, &dates, &viewer, &token).await?;
    Ok(Account { second_step, sessions })
}

/// Makes a key for the second step; the account's page shows it and asks for a code.
///
/// # Errors
/// As [`crate::teammates::second::set_up`].
#[server(prefix = "/do", endpoint = "set_up_second_step")]
pub async fn set_up_second_step() -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::second::set_up(&mut w).await?;
    w.commit().await?;
    Ok(())
}

/// Forgets a key that no code has proved.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "give_up_second_step")]
pub async fn give_up_second_step() -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::second::give_up(&mut w).await?;
    w.commit().await?;
    Ok(())
}

/// Switches the second step on with a code of the new key; the recovery codes are shown once.
///
/// # Errors
/// As [`crate::teammates::second::prove`].
#[server(prefix = "/do", endpoint = "prove_second_step")]
pub async fn prove_second_step(code: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let codes = crate::teammates::second::prove(&mut w, &code).await?;
    w.commit().await?;
    let done = "Two-step sign-in is on.".to_owned();
    let texts = vec![("done".to_owned(), done), ("codes".to_owned(), codes.join("\n"))];
    viewer::lead_and_show(&app, ACCOUNT, texts)
}

/// Makes other recovery codes, shown once.
///
/// # Errors
/// As [`crate::teammates::confirm`] and [`crate::teammates::second::replace_codes`].
#[server(prefix = "/do", endpoint = "replace_recovery_codes")]
pub async fn replace_recovery_codes(current_password: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    crate::teammates::confirm(&app, viewer.workspace, viewer.id, &current_password).await?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let codes = crate::teammates::second::replace_codes(&mut w).await?;
    w.commit().await?;
    let done = "The old recovery codes no longer work.".to_owned();
    let texts = vec![("done".to_owned(), done), ("codes".to_owned(), codes.join("\n"))];
    viewer::lead_and_show(&app, ACCOUNT, texts)
}

/// Switches the viewer's second step off.
///
/// # Errors
/// As [`crate::teammates::confirm`] and [`crate::teammates::second::switch_off`].
#[server(prefix = "/do", endpoint = "switch_off_second_step")]
pub async fn switch_off_second_step(current_password: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    crate::teammates::confirm(&app, viewer.workspace, viewer.id, &current_password).await?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::second::switch_off(&mut w, viewer.id).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, ACCOUNT, "Two-step sign-in is off.")
}

/// Ends one of the viewer's sessions.
///
/// # Errors
/// As [`crate::teammates::end`].
#[server(prefix = "/do", endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::end(&mut w, session).await?;
    w.commit().await?;
    Ok(())
}

/// Ends the viewer's sessions everywhere, this one too.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), Error> {
    use crate::server::{cookie, db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::end_others(&mut w, viewer.id, "").await?;
    w.commit().await?;
    cookie::set(&cookie::write(crate::teammates::SESSION_COOKIE, "", 0, app.secure))?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}
