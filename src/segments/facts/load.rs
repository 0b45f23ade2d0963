//! Reading what is known of many people or companies: a statement for each kind of thing, whatever their number.

use std::collections::{BTreeSet, HashMap};

use const_format::formatcp;

use super::events::events;
use super::{Fact, Facts, Kept, Needs};
use crate::attributes::Subject;
use crate::companies::{COLUMNS_AS_C, Company};
use crate::contacts::{COLUMNS_AS_P, Contact};
use crate::error::Error;
use crate::id::{AttributeId, CompanyId, ContactId, TagId, WorkspaceId};
use crate::run;
use crate::segments::rule::Slot;
use crate::server::db::Conn;

#[derive(sqlx::FromRow)]
struct Person {
    #[sqlx(flatten)]
    contact: Contact,
    name_key: String,
    email_key: String,
    external_key: String,
    merged_into: i64,
}

#[derive(sqlx::FromRow)]
struct Firm {
    #[sqlx(flatten)]
    company: Company,
    name_key: String,
    company_key: String,
    merged_into: i64,
}

/// What is known of these people or companies, by number; those who are not there are left out.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn load(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    ids: &[i64],
    needs: &Needs,
    kept: &Kept,
) -> Result<HashMap<i64, Facts>, Error> {
    let json = listed(ids)?;
    match subject {
        Subject::Company => companies(c, workspace, &json, needs).await,
        Subject::Contact => {
            let mut people = contacts(c, workspace, &json).await?;
            more(c, workspace, subject, &json, needs, &mut people).await?;
            events(c, workspace, &json, needs, kept, &mut people).await?;
            if needs.companies {
                firms(c, workspace, &json, needs, &mut people).await?;
            }
            Ok(people)
        }
    }
}

pub(super) fn listed<T: serde::Serialize>(ids: &[T]) -> Result<String, Error> {
    let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
    serde_json::to_string(&ids).map_err(|_| Error::Internal)
}

async fn contacts(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &str,
) -> Result<HashMap<i64, Facts>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_P}, p.name_key, p.email_key, p.external_key, p.merged_into from json_each($2) j cross join contacts p \
         where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint)"
    );
    let rows: Vec<Person> =
        run!(c, |x| sqlx::query_as::<_, Person>(sql).bind(workspace).bind(ids).fetch_all(x))?;
    Ok(rows.into_iter().map(|p| (p.contact.id.0, of_person(p))).collect())
}

fn of_person(p: Person) -> Facts {
    let c = p.contact;
    let place = c.place().unwrap_or_default();
    let mut facts = Facts { alive: p.merged_into == 0 && c.archived_at.0 == 0, ..Facts::default() };
    facts.text("role", Some(&c.role), None);
    facts.text("name", c.name.as_ref(), Some(&p.name_key));
    facts.text("email", c.email.as_ref(), Some(&p.email_key));
    facts.text("external_id", c.external_id.as_ref(), Some(&p.external_key));
    let domain = |text: &str| text.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let (raw, key) = (c.email.as_deref().and_then(domain), domain(&p.email_key));
    facts.text("email_domain", raw.as_ref(), key.as_ref());
    for (name, value) in [
        ("phone", &c.phone),
        ("avatar", &c.avatar),
        ("last_seen_ip", &c.last_seen_ip),
        ("location.country_code", &place.country_code),
        ("location.country", &place.country),
        ("location.region", &place.region),
        ("location.city", &place.city),
        ("location.continent_code", &place.continent_code),
        ("location.time_zone", &place.time_zone),
        ("browser", &c.browser),
        ("browser_version", &c.browser_version),
        ("browser_language", &c.browser_language),
        ("language_override", &c.language_override),
        ("os", &c.os),
        ("referrer", &c.referrer),
        ("utm_campaign", &c.utm_campaign),
        ("utm_content", &c.utm_content),
        ("utm_medium", &c.utm_medium),
        ("utm_source", &c.utm_source),
        ("utm_term", &c.utm_term),
    ] {
        facts.text(name, value.as_ref(), None);
    }
    for (name, at) in [
        ("last_seen_at", Some(c.last_seen_at)),
        ("signed_up_at", c.signed_up_at),
        ("first_seen_at", c.first_seen_at),
        ("created_at", Some(c.created_at)),
        ("updated_at", Some(c.updated_at)),
        ("last_contacted_at", c.last_contacted_at),
        ("last_heard_from_at", c.last_heard_from_at),
        ("last_email_opened_at", Some(c.last_email_opened_at)),
        ("last_email_clicked_at", Some(c.last_email_clicked_at)),
    ] {
        facts.moment(name, at);
    }
    facts.number("location.latitude", place.latitude);
    facts.number("location.longitude", place.longitude);
    facts.number("session_count", Some(c.session_count as f64));
    facts.number("owner_id", Some(c.owner_id.0 as f64).filter(|n| *n > 0.0));
    facts.number("unsubscribed_from_emails", Some(c.unsubscribed as f64));
    facts.number("has_hard_bounced", Some(f64::from(u8::from(c.bounced_at.0 > 0))));
    facts.number("marked_email_as_spam", Some(f64::from(u8::from(c.complained_at.0 > 0))));
    facts
}

async fn companies(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &str,
    needs: &Needs,
) -> Result<HashMap<i64, Facts>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_C}, c.name_key, c.company_key, c.merged_into from json_each($2) j cross join companies c \
         where c.workspace_id = $1 and c.id = cast(j.value ->> 0 as bigint)"
    );
    let rows: Vec<Firm> =
        run!(c, |x| sqlx::query_as::<_, Firm>(sql).bind(workspace).bind(ids).fetch_all(x))?;
    let mut found = rows.into_iter().map(|f| (f.company.id.0, of_company(f))).collect();
    more(c, workspace, Subject::Company, ids, needs, &mut found).await?;
    Ok(found)
}

fn of_company(f: Firm) -> Facts {
    let c = f.company;
    let mut facts = Facts { alive: f.merged_into == 0 && c.archived_at.0 == 0, ..Facts::default() };
    facts.text("health", Some(&c.health), None);
    facts.text("name", c.name.as_ref(), Some(&f.name_key));
    facts.text("company_id", Some(&c.company_id), Some(&f.company_key));
    for (name, value) in [("plan", &c.plan), ("industry", &c.industry), ("website", &c.website)] {
        facts.text(name, value.as_ref(), None);
    }
    facts.moment("remote_created_at", c.remote_created_at);
    facts.moment("created_at", Some(c.created_at));
    facts.moment("updated_at", Some(c.updated_at));
    facts.moment("last_seen_at", Some(c.last_seen_at));
    facts.number("monthly_spend", c.monthly_spend);
    facts.number("size", c.size.map(|n| n as f64));
    facts.number("owner_id", Some(c.owner_id.0 as f64).filter(|n| *n > 0.0));
    facts.number("session_count", Some(c.session_count as f64));
    facts.number("user_count", Some(c.user_count as f64));
    facts
}

/// Attributes and tags.
async fn more(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    ids: &str,
    needs: &Needs,
    found: &mut HashMap<i64, Facts>,
) -> Result<(), Error> {
    if needs.attributes.contains(&subject) {
        let sql = "select v.subject_id, v.attribute_id, v.number, v.text, v.text_key from json_each($3) j cross join attribute_values v \
                   where v.workspace_id = $1 and v.subject = $2 and v.subject_id = cast(j.value ->> 0 as bigint)";
        type Row = (i64, AttributeId, Option<f64>, String, String);
        let rows: Vec<Row> = run!(c, |x| {
            sqlx::query_as::<_, Row>(sql)
                .bind(workspace)
                .bind(subject.word())
                .bind(ids)
                .fetch_all(x)
        })?;
        for (id, attribute, number, text, key) in rows {
            if let Some(facts) = found.get_mut(&id) {
                facts.values.insert(Slot::Attribute(attribute), Fact { text, key, number });
            }
        }
    }
    if needs.tags.contains(&subject) {
        let sql = "select g.owner_id, g.tag_id from json_each($3) j cross join taggings g \
                   where g.workspace_id = $1 and g.owner_kind = $2 and g.owner_id = cast(j.value ->> 0 as bigint)";
        let rows: Vec<(i64, TagId)> = run!(c, |x| {
            sqlx::query_as::<_, (i64, TagId)>(sql)
                .bind(workspace)
                .bind(subject.word())
                .bind(ids)
                .fetch_all(x)
        })?;
        for (id, tag) in rows {
            if let Some(facts) = found.get_mut(&id) {
                facts.tags.insert(tag);
            }
        }
    }
    Ok(())
}

/// The companies that people are in.
async fn firms(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &str,
    needs: &Needs,
    found: &mut HashMap<i64, Facts>,
) -> Result<(), Error> {
    let sql = "select m.contact_id, m.company_id from json_each($2) j cross join memberships m \
               where m.workspace_id = $1 and m.contact_id = cast(j.value ->> 0 as bigint) and m.left_at = 0";
    let rows: Vec<(ContactId, CompanyId)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId, CompanyId)>(sql).bind(workspace).bind(ids).fetch_all(x)
    })?;
    let all: BTreeSet<_> = rows.iter().map(|(_, company)| company.0).collect();
    let all: Vec<_> = all.into_iter().collect();
    let known = companies(c, workspace, &listed(&all)?, needs).await?;
    for (person, company) in rows {
        if let (Some(facts), Some(firm)) = (found.get_mut(&person.0), known.get(&company.0)) {
            facts.companies.push(Facts { number: company.0, ..firm.clone() });
        }
    }
    Ok(())
}
