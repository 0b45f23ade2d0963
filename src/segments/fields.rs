//! What a rule may ask of a person and of a company, and how each kind of value is compared.

use serde::{Deserialize, Serialize};

use super::predicate::Op;
use crate::attributes::{DataType, Subject};
use crate::companies::Health;

/// The kind of a field's values: which operators fit, and what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Truth,
    /// A moment.
    Date,
    /// One of the workspace's tags, by its number.
    Tag,
    /// One of the workspace's segments, by its number.
    Segment,
    /// One of the team, by number.
    Teammate,
    /// One of few words.
    Choice,
}

use Op::{
    After, AtLeast, AtMost, Before, Contains, DoesNotContain, EndsWith, ExactlyDaysAgo, Greater,
    HasAnyValue, Is, IsFalse, IsNot, IsTrue, IsUnknown, Less, LessThanDaysAgo, MoreThanDaysAgo, On,
    StartsWith,
};

impl Sort {
    /// The operators that fit, the most usual first.
    pub const fn ops(self) -> &'static [Op] {
        match self {
            Self::Text => {
                &[Is, IsNot, StartsWith, EndsWith, Contains, DoesNotContain, IsUnknown, HasAnyValue]
            }
            Self::Number => &[Is, IsNot, Greater, Less, AtLeast, AtMost, IsUnknown, HasAnyValue],
            Self::Truth => &[IsTrue, IsFalse, IsUnknown, HasAnyValue],
            Self::Date => &[
                MoreThanDaysAgo,
                LessThanDaysAgo,
                ExactlyDaysAgo,
                After,
                On,
                Before,
                IsUnknown,
                HasAnyValue,
            ],
            Self::Tag | Self::Segment => &[Is, IsNot],
            Self::Teammate | Self::Choice => &[Is, IsNot, IsUnknown, HasAnyValue],
        }
    }

    /// What is said of the operators that fit.
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Text => {
                "text is compared with is, is_not, starts_with, ends_with, contains, does_not_contain, is_unknown or has_any_value"
            }
            Self::Number => {
                "a number is compared with is, is_not, greater, less, at_least, at_most, is_unknown or has_any_value"
            }
            Self::Truth => {
                "yes or no is compared with is_true, is_false, is_unknown or has_any_value"
            }
            Self::Date => {
                "a date is compared with more_than_days_ago, less_than_days_ago, exactly_days_ago, after, on, before, is_unknown or has_any_value"
            }
            Self::Tag | Self::Segment => "it is compared with is or is_not",
            Self::Choice => "it is compared with is, is_not, is_unknown or has_any_value",
            Self::Teammate => "a teammate is compared with is, is_not, is_unknown or has_any_value",
        }
    }
}

impl From<DataType> for Sort {
    fn from(data_type: DataType) -> Self {
        match data_type {
            DataType::String => Self::Text,
            DataType::Integer | DataType::Float => Self::Number,
            DataType::Boolean => Self::Truth,
            DataType::Date => Self::Date,
        }
    }
}

/// The field of a tag, in rules.
pub const TAG: &str = "tag";
/// The field of a segment, in rules.
pub const SEGMENT: &str = "segment";
/// What leads the names of custom attributes.
pub const CUSTOM: &str = "custom_attributes.";

/// A field that every person or company has: its name, what people read, and its kind.
pub type Standard = (&'static str, &'static str, Sort);

/// What may be asked of every person.
pub const OF_CONTACT: [Standard; 43] = [
    (TAG, "Tag", Sort::Tag),
    (SEGMENT, "Segment", Sort::Segment),
    ("last_seen_at", "Last seen", Sort::Date),
    ("signed_up_at", "Signed up", Sort::Date),
    ("first_seen_at", "First seen", Sort::Date),
    ("created_at", "First heard of", Sort::Date),
    ("last_contacted_at", "Last contacted", Sort::Date),
    ("last_heard_from_at", "Last heard from", Sort::Date),
    ("last_email_opened_at", "Last opened e-mail", Sort::Date),
    ("last_email_clicked_at", "Last clicked a link in e-mail", Sort::Date),
    ("updated_at", "Last updated", Sort::Date),
    ("session_count", "Sessions", Sort::Number),
    ("role", "Kind", Sort::Choice),
    ("name", "Name", Sort::Text),
    ("email", "E-mail", Sort::Text),
    ("email_domain", "E-mail domain", Sort::Text),
    ("phone", "Phone", Sort::Text),
    ("external_id", "User id", Sort::Text),
    ("avatar", "Picture", Sort::Text),
    ("owner_id", "Owner", Sort::Teammate),
    ("unsubscribed_from_emails", "Unsubscribed from e-mails", Sort::Truth),
    ("has_hard_bounced", "E-mail address is refused", Sort::Truth),
    ("marked_email_as_spam", "Marked an e-mail as spam", Sort::Truth),
    ("location.country_code", "Country code", Sort::Text),
    ("location.country", "Country", Sort::Text),
    ("location.region", "Region", Sort::Text),
    ("location.city", "City", Sort::Text),
    ("location.continent_code", "Continent", Sort::Choice),
    ("location.time_zone", "Time zone", Sort::Text),
    ("location.latitude", "Latitude", Sort::Number),
    ("location.longitude", "Longitude", Sort::Number),
    ("last_seen_ip", "IP address", Sort::Text),
    ("browser", "Browser", Sort::Text),
    ("browser_version", "Browser version", Sort::Text),
    ("browser_language", "Browser language", Sort::Text),
    ("language_override", "Language", Sort::Text),
    ("os", "Operating system", Sort::Text),
    ("referrer", "Referrer", Sort::Text),
    ("utm_campaign", "Campaign", Sort::Text),
    ("utm_content", "Campaign content", Sort::Text),
    ("utm_medium", "Campaign medium", Sort::Text),
    ("utm_source", "Campaign source", Sort::Text),
    ("utm_term", "Campaign term", Sort::Text),
];

/// What may be asked of every person once, and not be kept: what says nothing by itself.
#[cfg(feature = "ssr")]
pub const OF_CONTACT_ONCE: [Standard; 1] = [("id", "Id", Sort::Number)];

/// What may be asked of every company.
pub const OF_COMPANY: [Standard; 17] = [
    (TAG, "Tag", Sort::Tag),
    (SEGMENT, "Segment", Sort::Segment),
    ("health", "Health", Sort::Choice),
    ("name", "Company name", Sort::Text),
    ("company_id", "Company id", Sort::Text),
    ("plan", "Plan", Sort::Text),
    ("monthly_spend", "Monthly spend", Sort::Number),
    ("size", "Size", Sort::Number),
    ("industry", "Industry", Sort::Text),
    ("website", "Website", Sort::Text),
    ("owner_id", "Owner", Sort::Teammate),
    ("remote_created_at", "Customer since", Sort::Date),
    ("created_at", "First heard of", Sort::Date),
    ("updated_at", "Last updated", Sort::Date),
    ("last_seen_at", "Last seen", Sort::Date),
    ("session_count", "Sessions", Sort::Number),
    ("user_count", "People", Sort::Number),
];

/// The fields that everyone of a kind has.
pub const fn standard(subject: Subject) -> &'static [Standard] {
    match subject {
        Subject::Contact => &OF_CONTACT,
        Subject::Company => &OF_COMPANY,
    }
}

/// What a field of few words may be: the word and what people read.
pub fn options(field: &str) -> Vec<(&'static str, &'static str)> {
    match field {
        "role" => vec![("user", "User"), ("lead", "Lead")],
        "health" => Health::ALL.map(|(_, word, name, _)| (word, name)).to_vec(),
        "location.continent_code" => vec![
            ("AF", "Africa"),
            ("AN", "Antarctica"),
            ("AS", "Asia"),
            ("EU", "Europe"),
            ("NA", "North America"),
            ("OC", "Oceania"),
            ("SA", "South America"),
        ],
        _ => Vec::new(),
    }
}

/// What a field says that is yes or no for everyone: as yes, and as no. Its label with an operator after it is no English.
pub fn clauses(field: &str) -> Option<[&'static str; 2]> {
    match field {
        "unsubscribed_from_emails" => {
            Some(["they are unsubscribed from e-mails", "they are not unsubscribed from e-mails"])
        }
        "has_hard_bounced" => {
            Some(["their e-mail address is refused", "their e-mail address is not refused"])
        }
        "marked_email_as_spam" => {
            Some(["they marked an e-mail as spam", "they did not mark an e-mail as spam"])
        }
        _ => None,
    }
}

/// The standard field of this name.
pub fn find(subject: Subject, name: &str) -> Option<Standard> {
    standard(subject).iter().copied().find(|(key, ..)| *key == name)
}
