//! Visits: what one tells of somebody, beside the sessions that it is a part of.

use std::collections::BTreeMap;

use super::Place;
use super::sessions::add_times;
use crate::attributes::Subject;
use crate::companies;
use crate::error::Error;
use crate::id::ContactId;
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// What a visit tells of the browser and of where the person came from. `None` leaves what is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// The address that the person's own device has.
    pub ip: Option<std::net::IpAddr>,
    /// The browser's name.
    pub browser: Option<String>,
    /// Its version.
    pub browser_version: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// The browser's language, as a BCP 47 tag.
    pub language: Option<String>,
    /// The time zone that the device is set to, by its IANA name.
    pub time_zone: Option<String>,
    /// The address of the page.
    pub page: Option<String>,
    /// The page that led here.
    pub referrer: Option<String>,
    /// `utm_campaign`, `utm_content`, `utm_medium`, `utm_source` and `utm_term`, in this order.
    pub campaign: [Option<String>; 5],
}

/// Someone looked at a page or a screen, or a page of theirs said that it is still open.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Who.
    pub contact: ContactId,
    /// When.
    pub at: Time,
    /// With what, and from where.
    pub context: Context,
}

/// Takes visits in, in any order and late ones too: sessions, first and last seen, counts of the person and of their companies, and
/// what the newest visit tells, unless one that was here before is newer.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn visit(w: &mut Write<'_>, visits: &[Visit]) -> Result<(), Error> {
    if visits.is_empty() {
        return Ok(());
    }
    w.alone().await?;
    let mut by_contact: BTreeMap<ContactId, Vec<&Visit>> = BTreeMap::new();
    for visit in visits {
        by_contact.entry(visit.contact).or_default().push(visit);
    }
    for (contact, mut visits) in by_contact {
        visits.sort_by_key(|v| v.at);
        let times: Vec<_> = visits.iter().map(|v| v.at).collect();
        let delta = add_times(w, contact, &times).await?;
        see(w, contact, &visits, delta).await?;
        w.changed(Subject::Contact, contact.0, "p.*");
        w.touch(Topic::Contact(contact));
        w.touch(Topic::People);
    }
    Ok(())
}

/// First and last seen, the count, and what the newest visit tells, unless a newer one was here before.
async fn see(
    w: &mut Write<'_>,
    contact: ContactId,
    visits: &[&Visit],
    delta: i64,
) -> Result<(), Error> {
    let (Some(first), Some(last)) = (visits.first(), visits.last()) else { return Ok(()) };
    let sql = "update contacts set session_count = session_count + $3, \
               first_seen_at = case when first_seen_at is null or first_seen_at > $4 then $4 else first_seen_at end, \
               last_seen_at = case when last_seen_at < $5 then $5 else last_seen_at end, updated_at = $6 \
               where workspace_id = $1 and id = $2";
    let newest = "select last_seen_at from contacts where workspace_id = $1 and id = $2";
    let (known,): (Time,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(newest).bind(w.workspace).bind(contact).fetch_one(c)
    })?;
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(delta)
            .bind(first.at)
            .bind(last.at)
            .bind(w.now)
            .execute(c)
    })?;
    companies::seen(w, contact, last.at).await?;
    if last.at >= known { tell(w, contact, &last.context).await } else { Ok(()) }
}

async fn tell(w: &mut Write<'_>, contact: ContactId, context: &Context) -> Result<(), Error> {
    if *context == Context::default() {
        return Ok(());
    }
    let location = context.ip.and_then(|ip| w.app.geo.locate(ip));
    let sql = "update contacts set last_seen_ip = coalesce($3, last_seen_ip), \
               location = case when $3 is null then location else $4 end, \
               country_code = case when $3 is null then country_code else $16 end, \
               city_key = case when $3 is null then city_key else $18 end, region_key = case when $3 is null then region_key else $19 end, \
               browser = coalesce($5, browser), browser_version = coalesce($6, browser_version), os = coalesce($7, os), \
               browser_language = coalesce($8, browser_language), last_page = coalesce($9, last_page), \
               referrer = coalesce($10, referrer), utm_campaign = coalesce($11, utm_campaign), \
               utm_content = coalesce($12, utm_content), utm_medium = coalesce($13, utm_medium), \
               utm_source = coalesce($14, utm_source), utm_term = coalesce($15, utm_term), time_zone = coalesce($17, time_zone) \
               where workspace_id = $1 and id = $2";
    let [campaign, content, medium, source, term] = &context.campaign;
    let [city, region] = location.as_ref().map(Place::keys).unwrap_or_default();
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(context.ip.map(|ip| ip.to_string()))
            .bind(location.as_ref().and_then(|l| serde_json::to_string(l).ok()))
            .bind(&context.browser)
            .bind(&context.browser_version)
            .bind(&context.os)
            .bind(&context.language)
            .bind(&context.page)
            .bind(&context.referrer)
            .bind(campaign)
            .bind(content)
            .bind(medium)
            .bind(source)
            .bind(term)
            .bind(location.and_then(|l| l.country_code).unwrap_or_default())
            .bind(&context.time_zone)
            .bind(city)
            .bind(region)
            .execute(c)
    })?;
    Ok(())
}
