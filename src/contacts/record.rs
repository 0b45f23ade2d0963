//! Everything that the API says of a person, for many at once.

use std::collections::HashMap;

use const_format::formatcp;
use serde_json::{Map, Value, json};

use super::{COLUMNS_AS_P, Contact, find};
use crate::attributes::{self, Subject};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, NoteId, TagId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// A person with all that is known; tags, notes and companies by their numbers.
#[derive(Debug, Clone)]
pub struct Record {
    /// The person.
    pub contact: Contact,
    /// Custom attributes, each of its type; dates are Unix seconds.
    pub custom: Map<String, Value>,
    /// Their tags, the first first.
    pub tags: Vec<TagId>,
    /// Notes on them, the newest first.
    pub notes: Vec<NoteId>,
    /// The companies that they are in, the longest first.
    pub companies: Vec<CompanyId>,
}

/// A person by number; one that was merged into another answers with the survivor.
pub async fn record(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Option<Record>, Error> {
    let found = find(c, workspace, id).await?;
    Ok(complete(c, workspace, found.into_iter().collect()).await?.pop())
}

/// A page of the people who are in a company, the newest first, and how many they are in all.
pub async fn records_of_company(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    after: i64,
    limit: i64,
) -> Result<(Vec<Record>, i64), Error> {
    const FROM: &str = "from memberships m join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id \
                        where m.workspace_id = $1 and m.company_id = $2 and m.left_at = 0 and p.archived_at = 0";
    let count = formatcp!("select count(*) {FROM}");
    let (total,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(count).bind(workspace).bind(company).fetch_one(x)
    })?;
    let rows = formatcp!("select {COLUMNS_AS_P} {FROM} and p.id < $3 order by p.id desc limit $4");
    let all: Vec<Contact> = run!(c, |x| {
        sqlx::query_as::<_, Contact>(rows)
            .bind(workspace)
            .bind(company)
            .bind(after)
            .bind(limit)
            .fetch_all(x)
    })?;
    Ok((complete(c, workspace, all).await?, total))
}

/// Adds what stands in other tables.
pub(super) async fn complete(
    c: &mut Conn,
    workspace: WorkspaceId,
    all: Vec<Contact>,
) -> Result<Vec<Record>, Error> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = all.iter().map(|p| [p.id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let mut custom = attributes::values_of_many(c, workspace, Subject::Contact, &ids).await?;
    // A cross join, because SQLite keeps its order: those who are asked for lead, not a whole index.
    let tags = "select g.owner_id, g.tag_id from json_each($2) j cross join taggings g where g.workspace_id = $1 \
                and g.owner_kind = 'contact' and g.owner_id = cast(j.value ->> 0 as bigint) order by g.tagged_at, g.tag_id";
    let notes = "select n.owner_id, n.id from json_each($2) j cross join notes n where n.workspace_id = $1 \
                 and n.owner_kind = 'contact' and n.owner_id = cast(j.value ->> 0 as bigint) and n.deleted_at = 0 \
                 order by n.created_at desc, n.id desc";
    let companies = "select m.contact_id, m.company_id from json_each($2) j cross join memberships m where m.workspace_id = $1 \
                     and m.contact_id = cast(j.value ->> 0 as bigint) and m.left_at = 0 order by m.joined_at, m.company_id";
    let mut lists = async |sql: &'static str| -> Result<HashMap<i64, Vec<i64>>, Error> {
        let rows: Vec<(i64, i64)> = run!(c, |x| {
            sqlx::query_as::<_, (i64, i64)>(sql).bind(workspace).bind(&ids).fetch_all(x)
        })?;
        let mut lists: HashMap<i64, Vec<i64>> = HashMap::new();
        for (owner, id) in rows {
            lists.entry(owner).or_default().push(id);
        }
        Ok(lists)
    };
    let (mut tags, mut notes, mut companies) =
        (lists(tags).await?, lists(notes).await?, lists(companies).await?);
    let whole = |contact: Contact| {
        let id = contact.id.0;
        let take = |lists: &mut HashMap<i64, Vec<i64>>| lists.remove(&id).unwrap_or_default();
        Record {
            contact,
            custom: custom.remove(&id).unwrap_or_default(),
            tags: take(&mut tags).into_iter().map(TagId).collect(),
            notes: take(&mut notes).into_iter().map(NoteId).collect(),
            companies: take(&mut companies).into_iter().map(CompanyId).collect(),
        }
    };
    Ok(all.into_iter().map(whole).collect())
}

impl Record {
    /// The number as the API shows it: 24 hexadecimal digits.
    pub fn public_id(&self) -> String {
        public_id(self.contact.id)
    }

    /// The person in the shape of Intercom's `contact`.
    pub fn to_json(&self, app_id: &str) -> Value {
        let (id, p) = (self.public_id(), &self.contact);
        let seconds = |at: Option<Time>| at.filter(|t| t.0 > 0).map(|t| t.seconds());
        let domain = p.email.as_ref().and_then(|e| e.rsplit_once('@')).map(|(_, d)| d);
        let avatar = p.avatar.as_ref().map(|url| json!({ "type": "avatar", "image_url": url }));
        let owner = Some(p.owner_id.0).filter(|o| *o > 0);
        let some = |kind: &str, path: &str, all: Vec<i64>| {
            let data = all.iter().take(10).map(
                |n| json!({ "type": kind, "id": n.to_string(), "url": format!("/{path}/{n}") }),
            );
            let data = data.collect::<Vec<_>>();
            json!({ "type": "list", "data": data, "url": format!("/contacts/{id}/{path}"),
                    "total_count": all.len(), "has_more": all.len() > 10 })
        };
        let place = p.place().unwrap_or_default();
        let mut shape = json!({
            "type": "contact",
            "id": id,
            "workspace_id": app_id,
            "external_id": p.external_id,
            "role": p.role,
            "email": p.email,
            "email_domain": domain,
            "phone": p.phone,
            "name": p.name,
            "avatar": avatar,
            "owner_id": owner,
            "social_profiles": { "type": "list", "data": [] },
            "unsubscribed_from_emails": p.unsubscribed == 1,
            "created_at": seconds(Some(p.created_at)),
            "updated_at": seconds(Some(p.updated_at)),
            "signed_up_at": seconds(p.signed_up_at),
            "last_seen_at": seconds(Some(p.last_seen_at)),
            "last_replied_at": seconds(p.last_heard_from_at),
            "last_contacted_at": seconds(p.last_contacted_at),
            "last_email_opened_at": seconds(Some(p.last_email_opened_at)),
            "last_email_clicked_at": seconds(Some(p.last_email_clicked_at)),
            "has_hard_bounced": p.bounced_at.0 > 0,
            "marked_email_as_spam": p.complained_at.0 > 0,
            "language_override": p.language_override,
            "browser": p.browser,
            "browser_version": p.browser_version,
            "browser_language": p.browser_language,
            "os": p.os,
            "referrer": p.referrer,
            "archived": p.archived_at.0 > 0,
            "blocked": p.blocked_at.0 > 0,
            "custom_attributes": self.custom,
        });
        shape["location"] = json!({
            "type": "location",
            "country": place.country,
            "region": place.region,
            "city": place.city,
            "country_code": place.country_code,
            "continent_code": place.continent_code,
        });
        for (name, value) in [
            ("utm_campaign", &p.utm_campaign),
            ("utm_content", &p.utm_content),
            ("utm_medium", &p.utm_medium),
            ("utm_source", &p.utm_source),
            ("utm_term", &p.utm_term),
        ] {
            shape[name] = json!(value);
        }
        shape["tags"] = some("tag", "tags", self.tags.iter().map(|t| t.0).collect());
        shape["notes"] = some("note", "notes", self.notes.iter().map(|n| n.0).collect());
        let companies = self.companies.iter().map(|c| c.0).collect();
        shape["companies"] = some("company", "companies", companies);
        // What Rapport does not hold: named, so that clients which read them find nothing rather than fail.
        for name in UNKNOWN {
            shape[name] = Value::Null;
        }
        shape
    }
}

/// Fields of Intercom's `contact` that are always null here.
const UNKNOWN: [&str; 12] = [
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
];

/// A person's number as the API shows it.
pub fn public_id(id: ContactId) -> String {
    format!("{:024x}", id.0)
}

/// The number that 24 hexadecimal digits are.
///
/// # Errors
/// [`Error::NotFound`] for what no person can have.
pub fn of_public_id(text: &str) -> Result<ContactId, Error> {
    let digits = text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let number = if digits { i64::from_str_radix(text, 16).ok() } else { None };
    number.map(ContactId).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::{of_public_id, public_id};
    use crate::id::ContactId;

    #[test]
    fn numbers_are_24_hexadecimal_digits_and_back() {
        assert_eq!(public_id(ContactId(255)), "0000000000000000000000ff");
        for id in [1, 255, 9_007_199_254_740_991] {
            assert_eq!(of_public_id(&public_id(ContactId(id))), Ok(ContactId(id)));
        }
        for bad in [
            "",
            "255",
            "ffffffffffffffffffffffff",
            "+00000000000000000000001",
            "0000000000000000000000é",
        ] {
            assert!(of_public_id(bad).is_err(), "{bad}");
        }
    }
}
