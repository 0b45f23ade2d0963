//! The attributes that every person and every company has.

use super::DataType::{self, Boolean, Date, Float, Integer, String};

/// An attribute that is there from the start.
pub struct Standard {
    /// Its name in the API.
    pub name: &'static str,
    /// What people read instead.
    pub label: &'static str,
    /// Its type.
    pub data_type: DataType,
    /// Whether the customer's product may write it.
    pub writable: bool,
}

const fn one(
    name: &'static str,
    label: &'static str,
    data_type: DataType,
    writable: bool,
) -> Standard {
    Standard { name, label, data_type, writable }
}

/// What every person has.
pub const OF_CONTACT: [Standard; 37] = [
    one("id", "ID", String, false),
    one("role", "Kind", String, true),
    one("external_id", "User ID", String, true),
    one("name", "Name", String, true),
    one("email", "E-mail", String, true),
    one("email_domain", "E-mail domain", String, false),
    one("phone", "Phone", String, true),
    one("avatar", "Picture", String, true),
    one("owner_id", "Owner", Integer, true),
    one("unsubscribed_from_emails", "Unsubscribed from e-mails", Boolean, true),
    one("created_at", "First heard of", Date, false),
    one("updated_at", "Updated", Date, false),
    one("signed_up_at", "Signed up", Date, true),
    one("last_seen_at", "Last seen", Date, true),
    one("last_contacted_at", "Last contacted", Date, false),
    one("last_replied_at", "Last heard from", Date, false),
    one("last_email_opened_at", "Last opened e-mail", Date, false),
    one("last_email_clicked_at", "Last clicked a link in e-mail", Date, false),
    one("has_hard_bounced", "E-mail address is refused", Boolean, false),
    one("marked_email_as_spam", "Marked an e-mail as spam", Boolean, true),
    one("browser", "Browser", String, false),
    one("browser_version", "Browser version", String, false),
    one("browser_language", "Browser language", String, false),
    one("language_override", "Language", String, true),
    one("os", "Operating system", String, false),
    one("referrer", "Referrer", String, false),
    one("utm_campaign", "Campaign", String, false),
    one("utm_content", "Campaign content", String, false),
    one("utm_medium", "Campaign medium", String, false),
    one("utm_source", "Campaign source", String, false),
    one("utm_term", "Campaign term", String, false),
    one("location.country", "Country", String, false),
    one("location.country_code", "Country code", String, false),
    one("location.region", "Region", String, false),
    one("location.city", "City", String, false),
    one("location.continent_code", "Continent", String, false),
    one("workspace_id", "Workspace ID", String, false),
];

/// What every company has.
pub const OF_COMPANY: [Standard; 15] = [
    one("id", "ID", String, false),
    one("company_id", "Company ID", String, false),
    one("name", "Company name", String, true),
    one("plan.name", "Plan", String, true),
    one("monthly_spend", "Monthly spend", Float, true),
    one("size", "Company size", Integer, true),
    one("industry", "Industry", String, true),
    one("website", "Website", String, true),
    one("remote_created_at", "Customer since", Date, true),
    one("created_at", "First heard of", Date, false),
    one("updated_at", "Updated", Date, false),
    one("last_request_at", "Last seen", Date, false),
    one("session_count", "Sessions", Integer, false),
    one("user_count", "People", Integer, false),
    one("app_id", "Workspace ID", String, false),
];
