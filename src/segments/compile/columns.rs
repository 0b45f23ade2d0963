//! The columns in which standard fields are.

use crate::attributes::Subject;

/// A text column: folded, as it was written, and whether that can be null.
pub struct Text {
    /// Folded.
    pub key: &'static str,
    /// As it was sent.
    pub raw: &'static str,
}

macro_rules! lower {
    ($($column:literal)+) => {
        Some(Text {
            key: concat!("lower(coalesce(", $($column,)+ ", ''))"),
            raw: concat!("coalesce(", $($column,)+ ", '')"),
        })
    };
}

macro_rules! degrees {
    ($member:literal) => {
        concat!("cast(json_extract(p.location, '$.", $member, "') as double precision)")
    };
}

macro_rules! place {
    ($member:literal) => {
        lower!("json_extract(p.location, '$." $member "')")
    };
}

/// The part after the last @: what is left when all that is not @ is cut off at the end, and what remains is taken away.
macro_rules! domain {
    ($column:literal) => {
        concat!(
            "case when ",
            $column,
            " like '%@%' then replace(",
            $column,
            ", rtrim(",
            $column,
            ", replace(",
            $column,
            ", '@', '')), '') else '' end"
        )
    };
}

/// The columns of a standard field of text.
pub fn text_of(of: Subject, name: &str) -> Option<Text> {
    let kept = |key, raw| Some(Text { key, raw });
    match (of, name) {
        (Subject::Contact, "role") => lower!("p.role"),
        (Subject::Contact, "name") => kept("p.name_key", "coalesce(p.name, '')"),
        (Subject::Contact, "email") => kept("p.email_key", "coalesce(p.email, '')"),
        (Subject::Contact, "email_domain") => {
            kept(domain!("p.email_key"), domain!("coalesce(p.email, '')"))
        }
        (Subject::Contact, "external_id") => kept("p.external_key", "coalesce(p.external_id, '')"),
        (Subject::Contact, "phone") => lower!("p.phone"),
        (Subject::Contact, "avatar") => lower!("p.avatar"),
        (Subject::Contact, "last_seen_ip") => lower!("p.last_seen_ip"),
        (Subject::Contact, "location.country_code") => {
            kept("lower(p.country_code)", "p.country_code")
        }
        (Subject::Contact, "location.country") => place!("country"),
        (Subject::Contact, "location.region") => {
            kept("p.region_key", "coalesce(json_extract(p.location, '$.region'), '')")
        }
        (Subject::Contact, "location.city") => {
            kept("p.city_key", "coalesce(json_extract(p.location, '$.city'), '')")
        }
        (Subject::Contact, "location.continent_code") => place!("continent_code"),
        (Subject::Contact, "location.time_zone") => place!("time_zone"),
        (Subject::Contact, "browser") => lower!("p.browser"),
        (Subject::Contact, "browser_version") => lower!("p.browser_version"),
        (Subject::Contact, "browser_language") => lower!("p.browser_language"),
        (Subject::Contact, "language_override") => lower!("p.language_override"),
        (Subject::Contact, "os") => lower!("p.os"),
        (Subject::Contact, "referrer") => lower!("p.referrer"),
        (Subject::Contact, "utm_campaign") => lower!("p.utm_campaign"),
        (Subject::Contact, "utm_content") => lower!("p.utm_content"),
        (Subject::Contact, "utm_medium") => lower!("p.utm_medium"),
        (Subject::Contact, "utm_source") => lower!("p.utm_source"),
        (Subject::Contact, "utm_term") => lower!("p.utm_term"),
        (Subject::Company, "health") => lower!("c.health"),
        (Subject::Company, "name") => kept("c.name_key", "coalesce(c.name, '')"),
        (Subject::Company, "company_id") => kept("c.company_key", "c.company_id"),
        (Subject::Company, "plan") => lower!("c.plan"),
        (Subject::Company, "industry") => lower!("c.industry"),
        (Subject::Company, "website") => lower!("c.website"),
        _ => None,
    }
}

/// Numbers and moments, null where nothing is known.
pub fn number_of(of: Subject, name: &str) -> &'static str {
    match (of, name) {
        (Subject::Contact, "last_seen_at") => "nullif(p.last_seen_at, 0)",
        (Subject::Contact, "signed_up_at") => "nullif(p.signed_up_at, 0)",
        (Subject::Contact, "first_seen_at") => "nullif(p.first_seen_at, 0)",
        (Subject::Contact, "created_at") => "nullif(p.created_at, 0)",
        (Subject::Contact, "id") => "p.id",
        (Subject::Contact, "updated_at") => "nullif(p.updated_at, 0)",
        (Subject::Contact, "last_contacted_at") => "nullif(p.last_contacted_at, 0)",
        (Subject::Contact, "last_heard_from_at") => "nullif(p.last_heard_from_at, 0)",
        (Subject::Contact, "last_email_opened_at") => "nullif(p.last_email_opened_at, 0)",
        (Subject::Contact, "last_email_clicked_at") => "nullif(p.last_email_clicked_at, 0)",
        (Subject::Contact, "has_hard_bounced") => "case when p.bounced_at <> 0 then 1 else 0 end",
        (Subject::Contact, "marked_email_as_spam") => {
            "case when p.complained_at <> 0 then 1 else 0 end"
        }
        (Subject::Contact, "session_count") => "p.session_count",
        (Subject::Contact, "owner_id") => "nullif(p.owner_id, 0)",
        (Subject::Contact, "unsubscribed_from_emails") => "p.unsubscribed",
        (Subject::Contact, "location.latitude") => degrees!("latitude"),
        (Subject::Contact, "location.longitude") => degrees!("longitude"),
        (Subject::Company, "updated_at") => "nullif(c.updated_at, 0)",
        (Subject::Company, "remote_created_at") => "nullif(c.remote_created_at, 0)",
        (Subject::Company, "created_at") => "nullif(c.created_at, 0)",
        (Subject::Company, "last_seen_at") => "nullif(c.last_seen_at, 0)",
        (Subject::Company, "monthly_spend") => "c.monthly_spend",
        (Subject::Company, "size") => "c.size",
        (Subject::Company, "owner_id") => "nullif(c.owner_id, 0)",
        (Subject::Company, "session_count") => "c.session_count",
        (Subject::Company, "user_count") => "c.user_count",
        // Every field of a rule was looked up before; the compiler cannot know it.
        _ => "null",
    }
}
/// The column of the number.
pub const fn id_of(of: Subject) -> &'static str {
    match of {
        Subject::Contact => "p.id",
        Subject::Company => "c.id",
    }
}
