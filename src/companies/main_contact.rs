//! Whom of a company to talk to first.

use serde_json::json;

use super::find;
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;

/// Says whom of a company to talk to first, or that it is nobody (0).
///
/// # Errors
/// [`Error::NotFound`] for the company, and for someone who is not in it.
pub async fn set_main_contact(
    w: &mut Write<'_>,
    company: CompanyId,
    contact: ContactId,
) -> Result<(), Error> {
    w.alone().await?;
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    if contact.0 != 0 {
        let inside = "select count(*) from memberships where workspace_id = $1 and company_id = $2 and contact_id = $3 and left_at = 0";
        let (inside,): (i64,) = run!(w.conn, |c| {
            sqlx::query_as::<_, (i64,)>(inside)
                .bind(w.workspace)
                .bind(company.id)
                .bind(contact)
                .fetch_one(c)
        })?;
        let person = contacts::find(&mut w.conn, w.workspace, contact).await?;
        person.filter(|_| inside > 0).ok_or(Error::NotFound)?;
    }
    if company.main_contact_id == contact {
        return Ok(());
    }
    let sql = "update companies set main_contact_id = $3, updated_at = $4 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(company.id).bind(contact).bind(w.now).execute(c)
    })?;
    // By number: what the log says of a company outlasts its people.
    let (set, from) = (contact.0, company.main_contact_id.0);
    let data = json!({ "set": { "main_contact": set }, "from": { "main_contact": from } });
    w.log(Entry::of_company(Kind::CompanyChanged, w.now, company.id, 0, data));
    Ok(())
}
