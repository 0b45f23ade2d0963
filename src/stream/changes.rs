//! What a change of data says: which fact, what it was, and what it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Kind;
use super::detail::moment;
use super::names::{MAIN_CONTACT, Names, OWNER};
use crate::attributes::in_currency;
use crate::owner::Owner;
use crate::server::dates::Dates;
use crate::time::Time;
use crate::ui::yes_or_no;

/// The names in the log of what every company has, and what people read.
const OF_COMPANIES: [(&str, &str); 9] = [
    ("name", "Name"),
    ("plan", "Plan"),
    ("monthly_spend", "Monthly spend"),
    ("size", "Size"),
    ("website", "Website"),
    ("industry", "Industry"),
    (SINCE, "Customer since"),
    (OWNER, "Owner"),
    (MAIN_CONTACT, "Main contact"),
];
/// The same of what every person has.
const OF_PEOPLE: [(&str, &str); 9] = [
    ("name", "Name"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("avatar", "Picture"),
    (SIGNED_UP, "Signed up"),
    ("unsubscribed", "Unsubscribed from e-mails"),
    ("marked_email_as_spam", "Marked an e-mail as spam"),
    ("language_override", "Language"),
    (OWNER, "Owner"),
];
const SINCE: &str = "remote_created_at";
const SIGNED_UP: &str = "signed_up_at";

/// What changed, with what it was before where that is known; `whose` data it is, and when it changed.
pub(super) fn changes(
    kind: Kind,
    data: &Value,
    names: &Names,
    dates: &Dates,
    whose: Option<(Owner, Time)>,
) -> Vec<(String, String)> {
    let known = if kind == Kind::CompanyChanged { &OF_COMPANIES[..] } else { &OF_PEOPLE[..] };
    let change = |(name, now): (&String, &Value)| {
        let label = known.iter().find(|(word, _)| word == name).map(|(_, label)| *label);
        let was = data["from"].get(name).filter(|was| !was.is_null() && *was != now);
        let amount = |value: &Value, side: &str| {
            // What was is kept as text.
            let text = || value.as_str()?.parse::<f64>().ok();
            let number = value.as_f64().or_else(text).filter(|_| now.is_number())?;
            in_currency(name, number, |name| currency(data, side, name, names, whose))
        };
        let words = |value: &Value, side: &str| {
            let plain = || worded(label.is_some(), name, value, now, names, dates);
            amount(value, side).unwrap_or_else(plain)
        };
        let was = was.map(|was| words(was, "from"));
        let now = words(now, "set");
        let text = was.map_or_else(|| now.clone(), |was| format!("{was} → {now}"));
        (label.unwrap_or(name).to_owned(), text)
    };
    data["set"].as_object().into_iter().flatten().map(change).collect()
}

/// The currency of this name on one side of a change: as the change says, else what it is, if that it was then already.
fn currency<'a>(
    data: &'a Value,
    side: &str,
    name: &str,
    names: &'a Names,
    whose: Option<(Owner, Time)>,
) -> Option<&'a str> {
    if data["set"].get(name).is_some() {
        return data[side].get(name)?.as_str();
    }
    let (owner, at) = whose?;
    let (code, since) = names.currencies.get(&(owner, name.to_owned()))?;
    (*since <= at).then_some(code.as_str())
}

/// A value in words, where what it became is `now`.
fn worded(
    standard: bool,
    name: &str,
    value: &Value,
    now: &Value,
    names: &Names,
    dates: &Dates,
) -> String {
    let moment = |value: &Value| moment(name, value).filter(|_| !standard);
    let plain =
        |value: &Value| moment(value).map_or_else(|| plain(value, now), |at| dates.stamp(at).exact);
    let of = |all: &BTreeMap<i64, String>, gone: &str| match value.as_i64() {
        Some(0) => "nobody".to_owned(),
        Some(-1) => "someone whose name is not kept".to_owned(),
        Some(id) => all.get(&id).cloned().unwrap_or_else(|| gone.to_owned()),
        None => plain(value),
    };
    match name {
        OWNER if standard => of(&names.teammates, "a former teammate"),
        MAIN_CONTACT if standard && value.is_null() => "nobody".to_owned(),
        MAIN_CONTACT if standard => of(&names.people, "someone who was deleted"),
        SINCE | SIGNED_UP if standard => {
            let at = value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            at.map_or_else(|| plain(value), |at| dates.date(Time(at.as_millisecond())))
        }
        _ => plain(value),
    }
}

fn plain(value: &Value, now: &Value) -> String {
    match value {
        Value::Null => "taken away".to_owned(),
        Value::Bool(truth) => yes_or_no(*truth).to_owned(),
        // What was is kept as text.
        Value::String(text) if now.is_boolean() && matches!(text.as_str(), "true" | "false") => {
            yes_or_no(text == "true").to_owned()
        }
        Value::String(text) => text.clone(),
        // `49`, not `49.0`, as everywhere else.
        Value::Number(n) if n.is_f64() => n.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::ContactId;

    #[test]
    fn a_change_says_what_was_and_what_is() {
        let dates = Dates::new("UTC", Time(1_772_366_400_000));
        let names = Names {
            teammates: [(7, "Ada Lovelace".to_owned())].into(),
            people: [(9, "Grace Hopper".to_owned())].into(),
            ..Names::default()
        };
        let data = json!({
            "set": { "owner": 7, "main_contact": 9, "monthly_spend": 49.0, "remote_created_at": "2026-01-02T00:00:00Z", "seats": 8, "plan": null },
            "from": { "owner": 0, "monthly_spend": 20.5, "seats": "5", "plan": "Team" },
        });
        let said = changes(Kind::CompanyChanged, &data, &names, &dates, None);
        let said: BTreeMap<_, _> = said.into_iter().collect();
        let expected = [
            ("Owner", "nobody → Ada Lovelace"),
            ("Main contact", "Grace Hopper"),
            ("Monthly spend", "20.5 → 49"),
            ("Customer since", "2026-01-02"),
            ("seats", "5 → 8"),
            ("Plan", "Team → taken away"),
        ];
        for (name, text) in expected {
            assert_eq!(said.get(name).map(String::as_str), Some(text));
        }
        let gone = json!({ "set": { "owner": 8 }, "from": { "owner": 7 } });
        let said = changes(Kind::AttributesChanged, &gone, &names, &dates, None);
        assert_eq!(said, [("Owner".to_owned(), "Ada Lovelace → a former teammate".to_owned())]);
        let unnamed = json!({ "set": { "main_contact": -1 }, "from": {} });
        let said = changes(Kind::CompanyChanged, &unnamed, &names, &dates, None);
        assert_eq!(
            said,
            [("Main contact".to_owned(), "someone whose name is not kept".to_owned())]
        );
    }

    #[test]
    fn moments_and_truths_are_in_words() {
        let dates = Dates::new("Europe/Berlin", Time(1_772_366_400_000));
        let data = json!({
            "set": { "trial_ends": "2026-03-01T10:30:00Z", "paid": true, "said": "true", "code": "2026" },
            "from": { "trial_ends": "2026-02-01T00:00:00Z", "paid": "false", "said": "false" },
        });
        let said = changes(Kind::AttributesChanged, &data, &Names::default(), &dates, None);
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let expected = [
            text("code", "2026"),
            text("paid", "No → Yes"),
            text("said", "false → true"),
            text("trial_ends", "1 February 2026, 01:00 CET → 1 March 2026, 11:30 CET"),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn an_amount_is_in_the_currency_that_it_had() {
        let dates = Dates::new("UTC", Time(1_772_366_400_000));
        let owner = Owner::Contact(ContactId(7));
        let mut names = Names::default();
        let known = ("EUR".to_owned(), Time(1_000));
        names.currencies.insert((owner, "currency".to_owned()), known);
        let said = |data: Value, at: i64| {
            changes(Kind::AttributesChanged, &data, &names, &dates, Some((owner, Time(at))))
        };
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let change = json!({ "set": { "mrr": 49 }, "from": { "mrr": "20.5" } });
        assert_eq!(said(change.clone(), 1_000), [text("mrr", "20.50 EUR → 49.00 EUR")]);
        assert_eq!(said(change, 999), [text("mrr", "20.5 → 49")], "it may have had another");
        let both = json!({ "set": { "mrr": 49, "currency": "JPY" }, "from": { "mrr": "20.5", "currency": "USD" } });
        let expected = [text("currency", "USD → JPY"), text("mrr", "20.50 USD → 49 JPY")];
        assert_eq!(said(both, 999), expected);
    }
}
