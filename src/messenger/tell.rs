//! What a page tells of its visitor: facts, companies, and the visit itself.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::who::Who;
use crate::attributes::{Subject, Writer};
use crate::companies;
use crate::contacts::{self, Context, Details};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::dates;
use crate::server::db::{Conn, Write};
use crate::tracking::{self, Group, contact_traits};

/// Settings of the Messenger itself, which are no facts about the person.
const LOOKS: [&str; 17] = [
    "app_id",
    "api_base",
    "custom_launcher_selector",
    "alignment",
    "horizontal_padding",
    "vertical_padding",
    "z_index",
    "hide_default_launcher",
    "hide_notifications",
    "action_color",
    "background_color",
    "theme_mode",
    "page_title",
    "intercom",
    "user_hash",
    "intercom_user_jwt",
    "user_id",
];

/// Facts about a person as a page or a signature says them.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    details: Details,
    groups: Vec<Group>,
    /// What is left out of them, as its refusal: an e-mail address that is none.
    pub left_out: Option<Error>,
}

/// Reads facts; what belongs to the Messenger's looks, to the proof and to the campaign is left out, and so is an e-mail
/// address that is none.
///
/// # Errors
/// [`Error::Invalid`] names the one that is refused.
pub fn facts(source: &Map<String, Value>) -> Result<Facts, Error> {
    let keep = |(name, value): (&String, &Value)| {
        let other = LOOKS.contains(&name.as_str()) || name.starts_with("utm_") || value.is_null();
        (!other).then(|| (name.clone(), value.clone()))
    };
    let kept: Map<_, _> = source.iter().filter_map(keep).collect();
    let traits = contact_traits("settings", Some(&Value::Object(kept)))?;
    let left_out = traits.left_out.into_iter().next();
    Ok(Facts { details: traits.details, groups: traits.companies, left_out })
}

/// Writes what a page says of its visitor, and before it what was signed. A user whom nobody proved to be keeps what
/// is known of them: only what is missing is filled in, and what the workspace lets Messengers change. Leads say what
/// they like of themselves, but belong to no company.
///
/// # Errors
/// [`Error::Invalid`] names the value that is refused, and nothing may be committed then.
pub async fn tell(w: &mut Write<'_>, who: &Who, said: Facts, signed: Facts) -> Result<(), Error> {
    let now = w.now;
    contacts::update(w, Writer::Product, who.contact, &signed.details, "settings", now).await?;
    let is_lead = contacts::role_of(w, who.contact).await?.as_deref() == Some("lead");
    let mut details = said.details;
    let free = who.verified || is_lead;
    limit(w, who, &mut details, free).await?;
    contacts::update(w, Writer::Product, who.contact, &details, "settings", now).await?;
    if is_lead {
        return Ok(());
    }
    for (group, proved) in
        signed.groups.iter().map(|g| (g, true)).chain(said.groups.iter().map(|g| (g, who.verified)))
    {
        let known =
            companies::find_by_company_id(&mut w.conn, w.workspace, &group.company_id).await?;
        let company = companies::find_or_create(w, &group.company_id).await?;
        if proved || known.is_none() {
            companies::update(w, Writer::Product, company, &group.details, "company", now).await?;
        }
        companies::join(w, who.contact, company, now).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Known {
    name: String,
    api_writable: i64,
    messenger_writable: i64,
    has_value: i64,
}

/// Takes out of the details what this visitor may not change.
async fn limit(
    w: &mut Write<'_>,
    who: &Who,
    details: &mut Details,
    free: bool,
) -> Result<(), Error> {
    // That is told by whoever hears of it from the mail's provider, never by the person's own browser.
    details.complained = None;
    if !free {
        let is =
            contacts::find(&mut w.conn, w.workspace, who.contact).await?.ok_or(Error::NotFound)?;
        let keep = |set: &mut Option<String>, known: &Option<String>| {
            if known.is_some() {
                *set = None;
            }
        };
        keep(&mut details.name, &is.name);
        keep(&mut details.email, &is.email);
        keep(&mut details.phone, &is.phone);
        keep(&mut details.avatar, &is.avatar);
        details.signed_up_at = details.signed_up_at.filter(|_| is.signed_up_at.is_none());
        details.unsubscribed = None;
    }
    if details.custom.is_empty() {
        return Ok(());
    }
    let known = known(&mut w.conn, w.workspace, who, &details.custom).await?;
    details.custom.retain(|name, _| {
        known.iter().find(|k| k.name == *name).is_none_or(|k| {
            let fill = k.has_value == 0 && k.api_writable == 1;
            k.messenger_writable == 1 || if free { k.api_writable == 1 } else { fill }
        })
    });
    Ok(())
}

async fn known(
    c: &mut Conn,
    workspace: WorkspaceId,
    who: &Who,
    custom: &Map<String, Value>,
) -> Result<Vec<Known>, Error> {
    let names: Vec<_> = custom.keys().map(|name| [name]).collect();
    let names = serde_json::to_string(&names).map_err(|_| Error::Internal)?;
    let sql = "select a.name, a.api_writable, a.messenger_writable, \
               cast(case when v.text is null then 0 else 1 end as bigint) as has_value \
               from json_each($2) j cross join attributes a left join attribute_values v \
               on v.workspace_id = a.workspace_id and v.subject = a.subject and v.subject_id = $3 and v.attribute_id = a.id \
               where a.workspace_id = $1 and a.subject = $4 and a.name = j.value ->> 0";
    run!(c, |x| {
        sqlx::query_as::<_, Known>(sql)
            .bind(workspace)
            .bind(&names)
            .bind(who.contact)
            .bind(Subject::Contact.word())
            .fetch_all(x)
    })
}

/// What a page says of the visit: its address, where the visitor came from, the campaign; the browser by its own
/// header, and the address of the machine that asks. The page's word for the last two is not taken.
pub fn visit(sent: &Map<String, Value>, headers: &HeaderMap, ip: Option<IpAddr>) -> Context {
    let none = Map::new();
    let page = sent.get("page").and_then(Value::as_object).unwrap_or(&none);
    let settings = sent.get("settings").and_then(Value::as_object).unwrap_or(&none);
    let text = |object: &Map<String, Value>, name: &str| {
        let text = object.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.chars().take(2_000).collect::<String>())
    };
    let agent = headers.get(header::USER_AGENT).and_then(|h| h.to_str().ok());
    let (browser, browser_version, os) = agent.map(tracking::device).unwrap_or_default();
    let web = |address: String| {
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        is_web.then_some(address)
    };
    let address = text(page, "url").and_then(web);
    let query = address.as_deref().and_then(|a| url::Url::parse(a).ok());
    let campaign = ["campaign", "content", "medium", "source", "term"].map(|part| {
        let name = format!("utm_{part}");
        text(settings, &name).or_else(|| {
            let (_, value) = query.as_ref()?.query_pairs().find(|(key, _)| *key == name)?;
            Some(value.chars().take(2_000).collect())
        })
    });
    Context {
        ip,
        browser,
        browser_version,
        os,
        language: text(sent, "language"),
        time_zone: text(sent, "time_zone").and_then(|zone| dates::zone(&zone)),
        page: address,
        referrer: text(page, "referrer").and_then(web),
        campaign,
    }
}

impl Facts {
    /// Adds a signed e-mail address; one that is none adds nothing.
    pub fn set_email(&mut self, email: Option<String>) {
        if let Some(email) = email.filter(|email| contacts::is_email(email)) {
            self.details.email = Some(email);
        }
    }
}
