//! Who works here: inviting, joining, roles, and leaving.

use serde_json::json;

use super::{Invitation, Member, Role, Team, Viewer};
use crate::attributes::Subject;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{InvitationId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::notes::looks;
use crate::run;
use crate::segments;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::server::mail::Letter;
use crate::server::secret;
use crate::server::state::AppState;
use crate::stream;
use crate::time::Time;

/// How long an invitation can be accepted, in milliseconds: seven days.
const VALID: i64 = 7 * 24 * 60 * 60 * 1000;

/// The team and its open invitations.
pub async fn team(c: &mut Conn, dates: &Dates, workspace: WorkspaceId) -> Result<Team, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select id, name, email, role, created_at, cast(case when totp_secret is null then 0 else 1 end as bigint) from teammates \
               where workspace_id = $1 and removed_at = 0 order by name, id";
    type Row = (TeammateId, String, String, String, Time, i64);
    let rows: Vec<Row> = run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))?;
    let member = |(id, name, email, role, at, second_step): Row| Member {
        id,
        name,
        email,
        role: Role::from_word(&role),
        since: dates.stamp(at),
        second_step: second_step == 1,
    };
    let sql = "select i.id, i.email, i.role, coalesce(t.name, ''), i.expires_at from invitations i \
               left join teammates t on t.workspace_id = i.workspace_id and t.id = i.invited_by \
               where i.workspace_id = $1 and i.accepted_at = 0 and i.revoked_at = 0 and i.expires_at > $2 order by i.id";
    type Open = (InvitationId, String, String, String, Time);
    let open: Vec<Open> = run!(c, |x| {
        sqlx::query_as::<_, Open>(sql).bind(workspace).bind(dates.now()).fetch_all(x)
    })?;
    let invitation = |(id, email, role, by, until): Open| Invitation {
        id,
        email,
        role: Role::from_word(&role),
        by,
        until: dates.stamp(until),
    };
    Ok(Team {
        seq,
        members: rows.into_iter().map(member).collect(),
        invitations: open.into_iter().map(invitation).collect(),
    })
}

/// Invites an address; answers the token of the link, this once. An earlier invitation of the address ends.
///
/// # Errors
/// [`Error::Invalid`] for the address; [`Error::Conflict`] where it has an account.
pub async fn invite(w: &mut Write<'_>, email: &str, role: Role) -> Result<String, Error> {
    let email = email.trim();
    let parts: Vec<_> = email.split('@').collect();
    let plain = !email.contains(char::is_whitespace) && !email.contains('\0');
    if parts.len() != 2 || parts.iter().any(|p| p.is_empty()) || !plain || email.len() > 200 {
        return Err(Error::invalid("email", "write an address such as ada@example.com"));
    }
    let key = email.to_lowercase();
    let taken = "select id from teammates where email_key = $1";
    let known: Option<(i64,)> =
        run!(w.conn, |c| { sqlx::query_as::<_, (i64,)>(taken).bind(&key).fetch_optional(c) })?;
    if known.is_some() {
        return Err(Error::Conflict(format!("{email} has an account already")));
    }
    let end = "update invitations set revoked_at = $3 where workspace_id = $1 and email_key = $2 and accepted_at = 0 and revoked_at = 0";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(end).bind(w.workspace).bind(&key).bind(w.now).execute(c) })?;
    let token = secret::random("");
    let id = w.app.db.next_id()?;
    let sql = "insert into invitations (workspace_id, id, email, email_key, role, token_hash, invited_by, created_at, expires_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(email)
            .bind(&key)
            .bind(role.word())
            .bind(secret::hash(&token))
            .bind(w.actor)
            .bind(w.now)
            .bind(w.now.plus(VALID))
            .execute(c)
    })?;
    log(w, Action::TeammateInvited, json!({ "email": email, "role": role.word() }));
    Ok(token)
}

/// The mail that carries an invitation's link.
pub fn invitation(by: &Viewer, email: &str, link: &str) -> Letter {
    let subject = format!("{} invites you to {}", by.name, by.workspace_name);
    let what = format!(
        "{} invites you to join {} on Rapport. The link works for seven days.",
        by.name, by.workspace_name
    );
    let paragraphs = [what.as_str(), "If you do not know them, ignore this mail."];
    Letter::with_link(
        email,
        &subject.replace(['\r', '\n'], " "),
        &paragraphs,
        ("Join the team", link),
    )
}

/// Ends an invitation that nobody has accepted.
///
/// # Errors
/// [`Error::NotFound`] for one that is not open.
pub async fn revoke(w: &mut Write<'_>, id: InvitationId) -> Result<(), Error> {
    let sql = "update invitations set revoked_at = $3 where workspace_id = $1 and id = $2 and accepted_at = 0 and revoked_at = 0 \
               returning email";
    let ended: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).bind(w.now).fetch_optional(c)
    })?;
    let (email,) = ended.ok_or(Error::NotFound)?;
    log(w, Action::InvitationRevoked, json!({ "invitation": id, "email": email }));
    Ok(())
}

/// The workspace's name and the address of an invitation that can be accepted.
pub async fn invited(app: &AppState, token: &str) -> Result<Option<(String, String)>, Error> {
    let found = open(app, token).await?;
    Ok(found.map(|(_, name, email, _)| (name, email)))
}

async fn open(
    app: &AppState,
    token: &str,
) -> Result<Option<(WorkspaceId, String, String, String)>, Error> {
    let sql = "select i.workspace_id, w.name, i.email, i.role from invitations i join workspaces w on w.id = i.workspace_id \
               where i.token_hash = $1 and i.accepted_at = 0 and i.revoked_at = 0 and i.expires_at > $2";
    let mut c = app.db.read().await?;
    run!(c, |x| {
        sqlx::query_as::<_, (WorkspaceId, String, String, String)>(sql)
            .bind(secret::hash(token))
            .bind(app.clock.now())
            .fetch_optional(x)
    })
}

/// Accepts an invitation, once: makes the account and answers its address, to sign in with.
///
/// # Errors
/// [`Error::NotFound`] for a link that is used, revoked or too old; [`Error::Invalid`] for name or password;
/// [`Error::Conflict`] where the address got an account meanwhile.
pub async fn join(
    app: &AppState,
    token: &str,
    name: &str,
    password: &str,
) -> Result<String, Error> {
    let (workspace, _, email, role) = open(app, token).await?.ok_or(Error::NotFound)?;
    app.sign_ins.check_key(&format!("join as {email}")).map_err(|_| Error::TooMany)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 || name.contains('\0') {
        return Err(Error::invalid("name", "write between 1 and 200 characters"));
    }
    if !(10..=1000).contains(&password.chars().count()) {
        return Err(Error::invalid("password", "use at least 10 characters"));
    }
    let password = password.to_owned();
    let hash = tokio::task::spawn_blocking(move || secret::hash_password(&password));
    let hash = hash.await.map_err(|_| Error::Internal)??;
    let id = TeammateId(app.db.next_id()?);
    let mut w = Write::begin(app, workspace, id).await?;
    let accept = "update invitations set accepted_at = $2 where token_hash = $1 and accepted_at = 0 and revoked_at = 0";
    let accepted: Changed =
        run!(w.conn, |c| { sqlx::query(accept).bind(secret::hash(token)).bind(w.now).execute(c) })?;
    if accepted.0 == 0 {
        return Err(Error::NotFound);
    }
    let sql = "insert into teammates (workspace_id, id, name, email, email_key, role, password_hash, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (email_key) do nothing";
    let made: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(workspace)
            .bind(id)
            .bind(&name)
            .bind(&email)
            .bind(email.to_lowercase())
            .bind(&role)
            .bind(&hash)
            .bind(w.now)
            .execute(c)
    })?;
    if made.0 == 0 {
        return Err(Error::Conflict(format!("{email} has an account already. Sign in")));
    }
    log(&mut w, Action::TeammateJoined, json!({ "teammate": id, "name": name }));
    w.commit().await?;
    Ok(email)
}

/// Makes a teammate who cannot sign in: nobody knows the password, and no mail reaches the address.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn stand_in(w: &mut Write<'_>, name: &str) -> Result<TeammateId, Error> {
    let id = TeammateId(w.app.db.next_id()?);
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let email = format!("{first}@{}.example", id.0);
    let sql = "insert into teammates (workspace_id, id, name, email, email_key, role, password_hash, created_at) \
               values ($1, $2, $3, $4, $4, 'agent', '', $5)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(name).bind(&email).bind(w.now).execute(c)
    })?;
    log(w, Action::TeammateJoined, json!({ "teammate": id, "name": name }));
    Ok(id)
}

/// Gives a teammate a role.
///
/// # Errors
/// [`Error::NotFound`] for the teammate; [`Error::Conflict`] when no admin would be left.
pub async fn set_role(w: &mut Write<'_>, id: TeammateId, role: Role) -> Result<(), Error> {
    let sql =
        "update teammates set role = $3 where workspace_id = $1 and id = $2 and removed_at = 0";
    let set: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(role.word()).execute(c)
    })?;
    if set.0 == 0 {
        return Err(Error::NotFound);
    }
    some_admin(w).await?;
    w.touch(Topic::Mine(id));
    log(w, Action::RoleChanged, json!({ "teammate": id, "role": role.word() }));
    Ok(())
}

/// Takes a teammate off the team: what they held goes to the heir (0 for nobody), their sessions end, and their
/// name stays beside what they wrote.
///
/// # Errors
/// [`Error::NotFound`] for the teammate or the heir; [`Error::Conflict`] when no admin would be left.
pub async fn remove(w: &mut Write<'_>, id: TeammateId, heir: TeammateId) -> Result<(), Error> {
    let known = super::names(&mut w.conn, w.workspace).await?;
    let works_here = |id: TeammateId| known.iter().any(|(known, _)| *known == id);
    if !works_here(id) || heir == id || (heir.0 != 0 && !works_here(heir)) {
        return Err(Error::NotFound);
    }
    let off = "update teammates set removed_at = $3, email_key = 'removed:' || cast(id as text), role = 'agent' \
               where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(off).bind(w.workspace).bind(id).bind(w.now).execute(c) })?;
    for sql in [
        "update conversations set assignee_id = $3 where workspace_id = $1 and assignee_id = $2",
        "update contacts set owner_id = $3 where workspace_id = $1 and owner_id = $2",
        "update companies set owner_id = $3 where workspace_id = $1 and owner_id = $2",
    ] {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(id).bind(heir).execute(c)
        })?;
    }
    segments::fill_again(w, Subject::Contact, "p.owner_id").await?;
    segments::fill_again(w, Subject::Company, "c.owner_id").await?;
    looks::forget(w, id).await?;
    let end = "delete from teammate_sessions where workspace_id = $1 and teammate_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(end).bind(w.workspace).bind(id).execute(c))?;
    some_admin(w).await?;
    w.touch(Topic::Mine(id));
    log(w, Action::TeammateRemoved, json!({ "teammate": id, "heir": heir }));
    Ok(())
}

/// Refuses what would leave nobody to change the settings.
async fn some_admin(w: &mut Write<'_>) -> Result<(), Error> {
    let sql = "select count(*) from teammates where workspace_id = $1 and role = 'admin' and removed_at = 0";
    let (left,): (i64,) =
        run!(w.conn, |c| sqlx::query_as::<_, (i64,)>(sql).bind(w.workspace).fetch_one(c))?;
    if left == 0 {
        return Err(Error::Conflict("Somebody must stay admin. Make another admin first".into()));
    }
    Ok(())
}

fn log(w: &mut Write<'_>, action: Action, data: serde_json::Value) {
    let at = w.now;
    w.log(Entry::of_workspace(action, at, data));
}
