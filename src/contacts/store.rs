//! Finding people, and making them by what a sender calls them.

use const_format::formatcp;
use serde_json::json;

use super::{Contact, IdentityKind};
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;

/// The columns of [`Contact`], of a table called `p`.
pub const COLUMNS_AS_P: &str = "p.id, p.role, p.external_id, p.name, p.email, p.phone, p.avatar, p.owner_id, p.created_at, p.updated_at, \
     p.signed_up_at, p.first_seen_at, p.last_seen_at, p.session_count, p.last_contacted_at, p.last_heard_from_at, p.last_email_opened_at, p.last_email_clicked_at, p.bounced_at, p.complained_at, \
     p.unsubscribed, p.browser, p.browser_version, p.browser_language, p.language_override, p.os, p.last_page, \
     p.referrer, p.utm_campaign, p.utm_content, p.utm_medium, p.utm_source, p.utm_term, p.last_seen_ip, p.location, \
     p.time_zone, p.archived_at, p.blocked_at";

/// A person of this workspace; a number that was merged into another answers with the survivor.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Option<Contact>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_P} from contacts o join contacts p on p.workspace_id = o.workspace_id \
                   and p.id = case when o.merged_into > 0 then o.merged_into else o.id end \
                   where o.workspace_id = $1 and o.id = $2"
    );
    run!(c, |x| sqlx::query_as::<_, Contact>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// The number under which a person of this workspace is found: their own, or the survivor's where they were merged.
pub async fn found(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Option<ContactId>, Error> {
    let sql = "select case when merged_into > 0 then merged_into else id end from contacts \
               where workspace_id = $1 and id = $2";
    let row: Option<(ContactId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId,)>(sql).bind(workspace).bind(id).fetch_optional(x)
    })?;
    Ok(row.map(|(id,)| id))
}

/// How many people there are, who are counted as they come and go; the archive apart.
pub async fn everyone(c: &mut Conn, workspace: WorkspaceId) -> Result<i64, Error> {
    let sql = "select people from workspace_seq where workspace_id = $1";
    let (n,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?;
    Ok(n)
}

/// The person whom the customer's product calls this.
pub async fn find_by_external_id(
    c: &mut Conn,
    workspace: WorkspaceId,
    value: &str,
) -> Result<Option<Contact>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_P} from contact_identities i \
         join contacts p on p.workspace_id = i.workspace_id and p.id = i.contact_id \
         where i.workspace_id = $1 and i.kind = 'external_id' and i.value = $2"
    );
    run!(c, |x| sqlx::query_as::<_, Contact>(sql).bind(workspace).bind(value).fetch_optional(x))
}

/// The person behind an identity, made when there is none: a lead for an anonymous id, else a user. Of two
/// who ask at once one makes the person, and the other finds them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn find_or_create(
    w: &mut Write<'_>,
    kind: IdentityKind,
    value: &str,
) -> Result<ContactId, Error> {
    // Claiming first lets one of two concurrent senders make the person; the other waits and finds it.
    let claim = "insert into contact_identities (workspace_id, kind, value, contact_id) values ($1, $2, $3, $4) \
                 on conflict (workspace_id, kind, value) do nothing";
    if let Some(id) = owner_of(w, kind, value).await? {
        return Ok(id);
    }
    let id = ContactId(w.app.db.next_id()?);
    let claimed: Changed = run!(w.conn, |c| {
        sqlx::query(claim).bind(w.workspace).bind(kind.word()).bind(value).bind(id).execute(c)
    })?;
    if claimed.0 == 0 {
        return owner_of(w, kind, value).await?.ok_or(Error::Internal);
    }
    let (role, external_id) = match kind {
        IdentityKind::ExternalId => ("user", Some(value)),
        IdentityKind::AnonymousId => ("lead", None),
        IdentityKind::VerifiedEmail => ("user", None),
    };
    insert(w, id, role, external_id).await?;
    Ok(id)
}

/// Makes the person of this number, who is found, counted and told of from then on. That the external id is theirs is
/// written already.
pub(super) async fn insert(
    w: &mut Write<'_>,
    id: ContactId,
    role: &str,
    external_id: Option<&str>,
) -> Result<(), Error> {
    let sql = "insert into contacts (workspace_id, id, role, external_id, external_key, created_at, updated_at) \
               values ($1, $2, $3, $4, $5, $6, $6)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(role)
            .bind(external_id)
            .bind(external_id.unwrap_or_default().to_lowercase())
            .bind(w.now)
            .execute(c)
    })?;
    w.count_people(1);
    if let Some(external_id) = external_id {
        super::words::add(w, id, &[external_id]).await?;
    }
    w.log(Entry::of_contact(Kind::ContactCreated, w.now, id, 0, json!({ "role": role })));
    Ok(())
}

/// Whose identity this is, if it is anybody's.
pub async fn owner_of(
    w: &mut Write<'_>,
    kind: IdentityKind,
    value: &str,
) -> Result<Option<ContactId>, Error> {
    let sql = "select contact_id from contact_identities where workspace_id = $1 and kind = $2 and value = $3";
    let found: Option<(ContactId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(w.workspace)
            .bind(kind.word())
            .bind(value)
            .fetch_optional(c)
    })?;
    Ok(found.map(|(id,)| id))
}

/// Gives an identity to a person unless it is somebody's already; answers whose it is now. Whoever waits for another who gives it
/// at the same time hears of theirs.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn claim(
    w: &mut Write<'_>,
    kind: IdentityKind,
    value: &str,
    contact: ContactId,
) -> Result<ContactId, Error> {
    // An update that changes nothing, so that the row comes back whether or not it was there.
    let sql = "insert into contact_identities (workspace_id, kind, value, contact_id) values ($1, $2, $3, $4) \
               on conflict (workspace_id, kind, value) do update set value = excluded.value returning contact_id";
    let (id,): (ContactId,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(w.workspace)
            .bind(kind.word())
            .bind(value)
            .bind(contact)
            .fetch_one(c)
    })?;
    Ok(id)
}

/// `user` or `lead`, for a person that was not merged.
pub async fn role_of(w: &mut Write<'_>, contact: ContactId) -> Result<Option<String>, Error> {
    let sql = "select role from contacts where workspace_id = $1 and id = $2 and merged_into = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(contact).fetch_optional(c)
    })?;
    Ok(found.map(|(role,)| role))
}
