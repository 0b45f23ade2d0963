//! Reading the whole profile of one person.

use std::collections::HashMap;

use super::pictures::picture_of;
use super::store::find;
use super::{CompanyFact, Contact, EventCount, IdentityKind, Profile, Whereabouts, public_id};
use crate::attributes::{self, Datum, Subject};
use crate::companies::{self, Membership};
use crate::error::Error;
use crate::id::{ContactId, EventNameId, TagId, TeammateId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::assets;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::facts::{copied, linked, moment, text};
use crate::ui::spark::{DAYS, spark};
use crate::ui::{Fact, thousands};
use crate::{stream, tags, teammates};

/// Everything about a person but the stream, as a teammate sees it.
pub async fn profile(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    viewer: TeammateId,
    id: ContactId,
) -> Result<Option<Profile>, Error> {
    // The number is read first: what commits meanwhile is asked for again, never missed.
    let seq = stream::last_seq(c, workspace).await?;
    let Some(contact) = find(c, workspace, id).await? else { return Ok(None) };
    let id = contact.id;
    let owners = teammates::names(c, workspace).await?;
    let owner = teammates::name_in(&owners, contact.owner_id);
    let companies = companies::of_contact(c, workspace, id).await?;
    let cards = cards(c, workspace, companies, &owners, dates).await?;
    let data = attributes::data(c, dates, workspace, Subject::Contact, id.0).await?;
    let visitor = visitor_id(c, workspace, &contact).await?;
    Ok(Some(Profile {
        picture: picture_of(id, contact.avatar.as_deref()),
        about: about(&contact, visitor, owner, dates),
        device: device(&contact),
        place: place(&contact),
        local_time: local_time(&contact, &data, dates),
        credits: Vec::new(),
        places_known: contact.location.is_some(),
        data,
        companies: cards,
        owners,
        events: events(c, dates, workspace, id).await?,
        tags: tags::of_owner(c, dates, workspace, Owner::Contact(id)).await?,
        known_tags: tags::names(c, workspace).await?,
        arrangement: super::arrangement(c, workspace, viewer).await?,
        contact,
        seq,
    }))
}

fn about(
    contact: &Contact,
    visitor: Option<String>,
    owner: Option<String>,
    dates: &Dates,
) -> Vec<Fact> {
    let role = if contact.role == "user" { "User" } else { "Lead" }.to_owned();
    let sessions = (contact.session_count > 0).then(|| contact.session_count.to_string());
    let unsubscribed = (contact.unsubscribed == 1).then(|| "Unsubscribed".to_owned());
    let all = [
        copied("E-mail", contact.email.as_ref()),
        copied("Phone", contact.phone.as_ref()),
        copied("User id", contact.external_id.as_ref()),
        copied("Visitor id", visitor.as_ref()),
        copied("Id in the API", Some(&public_id(contact.id))),
        text("Kind", Some(&role)),
        text("Owner", owner.as_ref()),
        moment("Last seen", Some(contact.last_seen_at), dates),
        moment("First seen", contact.first_seen_at, dates),
        moment("Signed up", contact.signed_up_at, dates),
        text("Sessions", sessions.as_ref()),
        moment("Last contacted", contact.last_contacted_at, dates),
        moment("Last heard from", contact.last_heard_from_at, dates),
        text("Bulk e-mail", unsubscribed.as_ref()),
        moment("Last opened e-mail", Some(contact.last_email_opened_at), dates),
        moment("Last clicked in e-mail", Some(contact.last_email_clicked_at), dates),
        moment("Address refused", Some(contact.bounced_at), dates),
        moment("Marked e-mail as spam", Some(contact.complained_at), dates),
        moment("First heard of", Some(contact.created_at), dates),
    ];
    all.into_iter().flatten().collect()
}

fn device(contact: &Contact) -> Vec<Fact> {
    let browser = contact.browser.as_ref().map(|name| match &contact.browser_version {
        Some(version) => format!("{name} {version}"),
        None => name.clone(),
    });
    let language = contact.language_override.as_ref().or(contact.browser_language.as_ref());
    let campaign = [&contact.utm_campaign, &contact.utm_source, &contact.utm_medium];
    let campaign = campaign.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let all = [
        text("Browser", browser.as_ref()),
        text("System", contact.os.as_ref()),
        text("Language", language),
        linked("Last page", contact.last_page.as_ref()),
        linked("Came from", contact.referrer.as_ref()),
        text("Campaign", Some(&campaign)),
        text("Campaign content", contact.utm_content.as_ref()),
        text("Campaign term", contact.utm_term.as_ref()),
        copied("IP address", contact.last_seen_ip.as_ref()),
    ];
    all.into_iter().flatten().collect()
}

/// What a lead's own browser or device is called, the first there is of several; a user is known by another name.
async fn visitor_id(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: &Contact,
) -> Result<Option<String>, Error> {
    if contact.role == "user" {
        return Ok(None);
    }
    let sql = "select min(value) from contact_identities where workspace_id = $1 and contact_id = $2 and kind = $3";
    let (value,): (Option<String>,) = run!(c, |x| {
        sqlx::query_as::<_, (Option<String>,)>(sql)
            .bind(workspace)
            .bind(contact.id)
            .bind(IdentityKind::AnonymousId.word())
            .fetch_one(x)
    })?;
    Ok(value)
}

/// What time it is for them: by the zone that their device is set to, else by one that the customer's product sent, else by
/// that of the place where they were last seen.
fn local_time(contact: &Contact, data: &[Datum], dates: &Dates) -> Option<String> {
    let sent = data.iter().filter(|d| matches!(d.value.name.as_str(), "timezone" | "time_zone"));
    let sent = sent.map(|d| d.value.text.trim().to_owned());
    let place = contact.place().and_then(|place| place.time_zone);
    let zones = contact.time_zone.clone().into_iter().chain(sent).chain(place);
    zones.into_iter().find_map(|zone| dates.clock_in(&zone))
}

fn place(contact: &Contact) -> Option<Whereabouts> {
    let place = contact.place()?;
    Some(Whereabouts {
        words: place.words(),
        point: place.longitude.zip(place.latitude),
        map: assets::url("world.svg"),
    })
}

/// What is known of companies beside their own numbers.
struct Beside {
    /// The currencies that their own data names, by company.
    currencies: HashMap<i64, String>,
    /// The names of their tags, by company.
    tags: HashMap<i64, String>,
}

/// The companies of a person, each with what is asked of it first.
async fn cards(
    c: &mut Conn,
    workspace: WorkspaceId,
    companies: Vec<Membership>,
    owners: &[(TeammateId, String)],
    dates: &Dates,
) -> Result<Vec<CompanyFact>, Error> {
    if companies.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = companies.iter().map(|m| [m.company.id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let tags = tags::of_many(c, workspace, "company", &ids).await?.into_iter();
    let named = |(id, tags): (i64, Vec<(TagId, String)>)| {
        let names: Vec<_> = tags.into_iter().map(|(_, name)| name).collect();
        (id, names.join(", "))
    };
    let mut beside = Beside { currencies: HashMap::new(), tags: tags.map(named).collect() };
    if companies.iter().any(|m| m.company.monthly_spend.is_some()) {
        let all = attributes::currencies(c, workspace, Subject::Company, &ids).await?.into_iter();
        let plain = all.filter(|((_, name), _)| name == "currency");
        beside.currencies = plain.map(|((id, _), (currency, _))| (id, currency)).collect();
    }
    Ok(companies.into_iter().map(|m| company(m, &beside, owners, dates)).collect())
}

fn company(
    membership: Membership,
    beside: &Beside,
    owners: &[(TeammateId, String)],
    dates: &Dates,
) -> CompanyFact {
    let company = membership.company;
    let currency = beside.currencies.get(&company.id.0).map(String::as_str);
    let spend = company.monthly_spend.map(|s| companies::spend(s, currency));
    let size = company.size.map(thousands);
    let people = Some(company.user_count.to_string());
    let owner = teammates::name_in(owners, company.owner_id);
    let all = [
        text("Plan", company.plan.as_ref()),
        text("Spends", spend.as_ref()),
        text("Tags", beside.tags.get(&company.id.0)),
        moment("Customer since", company.remote_created_at, dates),
        moment("Last seen", Some(company.last_seen_at), dates),
        text("People", people.as_ref()),
        text("Size", size.as_ref()),
        text("Industry", company.industry.as_ref()),
        linked("Website", company.website.as_ref()),
        text("Owner", owner.as_ref()),
        moment("Joined", Some(membership.joined_at), dates),
    ];
    CompanyFact {
        id: company.id,
        name: company.title(),
        facts: all.into_iter().flatten().collect(),
    }
}

async fn events(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Vec<EventCount>, Error> {
    let sql = "select n.id, n.name, e.count, e.first_at, e.last_at from event_counts e \
               join event_names n on n.workspace_id = e.workspace_id and n.id = e.event_name_id \
               where e.workspace_id = $1 and e.contact_id = $2 order by e.last_at desc, n.name limit 100";
    type Row = (EventNameId, String, i64, Time, Time);
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_all(x))?;
    let today = dates.now().day();
    let by_day = "select event_name_id, day, count from event_days \
                  where workspace_id = $1 and contact_id = $2 and day > $3 order by event_name_id, day";
    let days: Vec<(EventNameId, i64, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (EventNameId, i64, i64)>(by_day)
            .bind(workspace)
            .bind(id)
            .bind(today - DAYS)
            .fetch_all(x)
    })?;
    let mut sparks: HashMap<EventNameId, Vec<(i64, i64)>> = HashMap::new();
    for (name, day, count) in days {
        sparks.entry(name).or_default().push((DAYS - 1 - (today - day), count));
    }
    let count = |(id, name, count, first, last)| EventCount {
        spark: sparks.get(&id).map(|days| spark(days)).unwrap_or_default(),
        id,
        name,
        count,
        first: dates.stamp(first),
        last: dates.stamp(last),
    };
    Ok(rows.into_iter().map(count).collect())
}
