//! Finding, identifying and counting what people did.

use const_format::formatcp;
use serde_json::{Map, Value, json};

use super::{Contact, IdentityKind};
use crate::error::Error;
use crate::id::{AttributeId, ContactId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// The columns of [`Contact`], of a table called `p`.
pub const COLUMNS_AS_P: &str =
    "p.id, p.role, p.external_id, p.name, p.email, p.phone, p.created_at, p.last_seen_at";

/// A person of this workspace.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Option<Contact>, Error> {
    let sql =
        formatcp!("select {COLUMNS_AS_P} from contacts p where p.workspace_id = $1 and p.id = $2");
    run!(c, |x| sqlx::query_as::<_, Contact>(sql).bind(workspace).bind(id).fetch_optional(x))
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

/// The person behind an identity, made when there is none: a user for an external id, else a lead.
pub async fn find_or_create(
    w: &mut Write<'_>,
    kind: IdentityKind,
    value: &str,
) -> Result<ContactId, Error> {
    let find = "select contact_id from contact_identities where workspace_id = $1 and kind = $2 and value = $3";
    // Claiming first lets one of two concurrent senders make the person; the other waits and finds it.
    let claim = "insert into contact_identities (workspace_id, kind, value, contact_id) values ($1, $2, $3, $4) \
                 on conflict (workspace_id, kind, value) do nothing";
    let find_it = async |w: &mut Write<'_>| -> Result<Option<(ContactId,)>, Error> {
        run!(w.conn, |c| {
            sqlx::query_as::<_, (ContactId,)>(find)
                .bind(w.workspace)
                .bind(kind.word())
                .bind(value)
                .fetch_optional(c)
        })
    };
    if let Some((id,)) = find_it(w).await? {
        return Ok(id);
    }
    let id = ContactId(w.app.db.next_id()?);
    let claimed: Changed = run!(w.conn, |c| {
        sqlx::query(claim).bind(w.workspace).bind(kind.word()).bind(value).bind(id).execute(c)
    })?;
    if claimed.0 == 0 {
        return find_it(w).await?.map(|(id,)| id).ok_or(Error::Internal);
    }
    let (role, external_id) = match kind {
        IdentityKind::ExternalId => ("user", Some(value)),
        IdentityKind::AnonymousId => ("lead", None),
    };
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
    w.log(Entry::of_contact(Kind::ContactCreated, w.now, id, 0, json!({ "role": role })));
    Ok(id)
}

/// Writes a person's traits: name, e-mail and phone where they belong, the rest as custom attributes
/// of the type that the value has. Lists and objects are kept out by the caller.
pub async fn identify(
    w: &mut Write<'_>,
    contact: ContactId,
    traits: &Map<String, Value>,
    at: Time,
) -> Result<(), Error> {
    if traits.is_empty() {
        return Ok(());
    }
    let text = |name: &str| traits.get(name).and_then(Value::as_str);
    let (name, email, phone) = (text("name"), text("email"), text("phone"));
    let sql = "update contacts set name = coalesce($3, name), name_key = coalesce($4, name_key), \
               email = coalesce($5, email), email_key = coalesce($6, email_key), phone = coalesce($7, phone), \
               updated_at = $8 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(name)
            .bind(name.map(str::to_lowercase))
            .bind(email)
            .bind(email.map(str::to_lowercase))
            .bind(phone)
            .bind(w.now)
            .execute(c)
    })?;
    for (key, value) in
        traits.iter().filter(|(k, _)| !matches!(k.as_str(), "name" | "email" | "phone"))
    {
        set_attribute(w, contact, key, value).await?;
    }
    w.log(Entry::of_contact(Kind::AttributesChanged, at, contact, 0, json!({ "set": traits })));
    Ok(())
}

async fn set_attribute(
    w: &mut Write<'_>,
    contact: ContactId,
    name: &str,
    value: &Value,
) -> Result<(), Error> {
    let (data_type, number, text) = match value {
        Value::Bool(b) => ("boolean", Some(f64::from(u8::from(*b))), b.to_string()),
        Value::Number(n) if n.is_i64() || n.is_u64() => ("integer", n.as_f64(), n.to_string()),
        Value::Number(n) => ("float", n.as_f64(), n.to_string()),
        Value::String(s) => ("string", None, s.clone()),
        _ => {
            return Err(Error::invalid(
                format!("traits.{name}"),
                "send text, a number or true or false",
            ));
        }
    };
    let known = "select id, data_type from attributes where workspace_id = $1 and subject = 'contact' and name = $2";
    let found: Option<(AttributeId, String)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (AttributeId, String)>(known)
            .bind(w.workspace)
            .bind(name)
            .fetch_optional(c)
    })?;
    let attribute = match found {
        Some((id, known)) if known == data_type => id,
        _ => define(w, name, data_type).await?,
    };
    let set = "insert into attribute_values (workspace_id, subject, subject_id, attribute_id, number, text, text_key, updated_at) \
               values ($1, 'contact', $2, $3, $4, $5, $6, $7) \
               on conflict (workspace_id, subject, subject_id, attribute_id) do update set \
               number = excluded.number, text = excluded.text, text_key = excluded.text_key, updated_at = excluded.updated_at";
    let key: String = text.to_lowercase().chars().take(200).collect();
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(set)
            .bind(w.workspace)
            .bind(contact)
            .bind(attribute)
            .bind(number)
            .bind(&text)
            .bind(&key)
            .bind(w.now)
            .execute(c)
    })?;
    Ok(())
}

/// Makes an attribute, or widens its type so that it holds one more.
async fn define(w: &mut Write<'_>, name: &str, data_type: &str) -> Result<AttributeId, Error> {
    let sql = "insert into attributes (workspace_id, id, subject, name, data_type, created_at) \
               values ($1, $2, 'contact', $3, $4, $5) \
               on conflict (workspace_id, subject, name) do update set data_type = case \
               when attributes.data_type = excluded.data_type then attributes.data_type \
               when attributes.data_type = 'integer' and excluded.data_type = 'float' then 'float' \
               when attributes.data_type = 'float' and excluded.data_type = 'integer' then 'float' \
               else 'string' end returning id";
    let id = w.app.db.next_id()?;
    let (attribute,): (AttributeId,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (AttributeId,)>(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(name)
            .bind(data_type)
            .bind(w.now)
            .fetch_one(c)
    })?;
    Ok(attribute)
}
