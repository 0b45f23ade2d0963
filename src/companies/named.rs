//! Whom, and which company, a teammate means by what they typed.

use super::find_by_company_id;
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;

/// The one person whom an e-mail address or the customer's id means.
///
/// # Errors
/// [`Error::Invalid`] where nobody, or more than one, is known by it.
pub async fn known_as(c: &mut Conn, workspace: WorkspaceId, who: &str) -> Result<ContactId, Error> {
    let who = who.trim();
    if let Some(person) = contacts::find_by_external_id(c, workspace, who).await? {
        return Ok(person.id);
    }
    let sql = "select id from contacts where workspace_id = $1 and email_key = $2 and merged_into = 0 and archived_at = 0 \
               order by id limit 2";
    let found: Vec<(ContactId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId,)>(sql).bind(workspace).bind(who.to_lowercase()).fetch_all(x)
    })?;
    match found.as_slice() {
        [(id,)] if !who.is_empty() => Ok(*id),
        [_, _, ..] => {
            Err(Error::invalid("who", "more than one has this e-mail address: write the user id"))
        }
        _ => Err(Error::invalid("who", "nobody has this e-mail address or user id")),
    }
}

/// The one company that the customer's id of it, or its name, means, in any case.
///
/// # Errors
/// [`Error::Invalid`] where none, or more than one, is known by it.
pub async fn called(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: &str,
) -> Result<CompanyId, Error> {
    let called = company.trim();
    if let Some(company) = find_by_company_id(c, workspace, called).await? {
        return Ok(company.id);
    }
    let sql = "select id from companies where workspace_id = $1 and name_key = $2 and merged_into = 0 and archived_at = 0 \
               order by id limit 2";
    let found: Vec<(CompanyId,)> = run!(c, |x| {
        sqlx::query_as::<_, (CompanyId,)>(sql)
            .bind(workspace)
            .bind(called.to_lowercase())
            .fetch_all(x)
    })?;
    match found.as_slice() {
        [(id,)] if !called.is_empty() => Ok(*id),
        [_, _, ..] if !called.is_empty() => {
            Err(Error::invalid("company", "more than one has this name: write the company id"))
        }
        _ => Err(Error::invalid("company", "no company has this name or id")),
    }
}
