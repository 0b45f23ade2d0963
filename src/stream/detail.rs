//! What came with an event, each value as what it is: a moment, a link, an amount of money, text.

use serde_json::{Map, Value};

use crate::attributes::{DataType, read};
use crate::server::dates::Dates;
use crate::time::Time;
use crate::ui::money::{is_amount, money, money_of_units};
use crate::ui::{Fact, yes_or_no};

/// The values of an event's metadata, in the shapes of Intercom's (numbers of Unix seconds under a name in `_date`, links as
/// `{url, value}`, money as `{amount, currency}` in the smallest unit) and of the Segment specification (an amount beside a
/// `currency`, in whole units).
pub(super) fn facts(data: &Value, dates: &Dates) -> Vec<Fact> {
    let none = Map::new();
    let data = data.as_object().unwrap_or(&none);
    let currency = data.get("currency").and_then(Value::as_str);
    let beside = |name: &str, value: &Value| {
        let amount = value.as_f64().filter(|_| is_amount(name))?;
        money(amount, currency?)
    };
    // The amounts say it already.
    let said = data.iter().any(|(name, value)| beside(name, value).is_some());
    let shown = data.iter().filter(|(name, _)| !(said && name.as_str() == "currency"));
    let fact = |(name, value): (&String, &Value)| match beside(name, value) {
        Some(amount) => Fact { label: name.clone(), value: amount, ..Fact::default() },
        None => one(name, value, dates),
    };
    shown.map(fact).collect()
}

fn one(name: &str, value: &Value, dates: &Dates) -> Fact {
    let label = name.to_owned();
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => yes_or_no(*truth).to_owned(),
        Value::Array(all) => listed(all).unwrap_or_else(|| value.to_string()),
        other => other.to_string(),
    };
    if let Some(at) = moment(name, value) {
        let at = dates.stamp(at);
        return Fact { label, value: at.exact.clone(), at: Some(at), ..Fact::default() };
    }
    let web = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    if let Value::Object(parts) = value {
        let part = |name: &str| parts.get(name).and_then(Value::as_str);
        let amount = parts.get("amount").and_then(Value::as_f64);
        let amount = amount.and_then(|n| money_of_units(n, part("currency")?));
        if let Some(amount) = amount {
            return Fact { label, value: amount, ..Fact::default() };
        }
        if let Some(url) = part("url").filter(|url| web(url)) {
            let words = part("value").filter(|v| !v.trim().is_empty()).unwrap_or(url);
            let link = Some(url.to_owned());
            return Fact { label, value: words.to_owned(), link, ..Fact::default() };
        }
    }
    Fact { label, link: web(&text).then(|| text.clone()), value: text, ..Fact::default() }
}

/// A list as it is read, `tea, coffee`; `None` where something in it has parts of its own.
fn listed(all: &[Value]) -> Option<String> {
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(yes_or_no(*truth).to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Some(all.iter().map(word).collect::<Option<Vec<_>>>()?.join(", ")).filter(|t| !t.is_empty())
}

/// The moment that a value is, if it is one.
pub(super) fn moment(name: &str, value: &Value) -> Option<Time> {
    let seconds = value.as_i64().filter(|_| name.ends_with("_date"));
    if let Some(seconds) = seconds.filter(|s| (0..=253_402_300_799).contains(s)) {
        return Some(Time(seconds * 1_000));
    }
    let read = read("", name, value).ok().filter(|r| r.data_type == DataType::Date)?;
    read.number.map(|millis| Time(millis as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::facts;
    use crate::server::dates::Dates;
    use crate::time::Time;

    #[test]
    fn values_are_shown_as_what_they_are() {
        let dates = Dates::new("UTC", Time(1_772_366_400_000));
        let of = |data| {
            let facts = facts(&data, &dates).into_iter();
            facts.map(|f| (f.label, f.value, f.link)).collect::<Vec<_>>()
        };
        let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned(), None);
        let price = json!({"price": {"amount": 34_999, "currency": "eur"}});
        assert_eq!(of(price), [fact("price", "349.99 EUR")]);
        let order = json!({"currency": "USD", "total": 12.5, "items": 3});
        assert_eq!(of(order), [fact("items", "3"), fact("total", "12.50 USD")]);
        let unknown = json!({"currency": "points", "total": 12.5});
        assert_eq!(of(unknown), [fact("currency", "points"), fact("total", "12.5")]);
        assert_eq!(of(json!({"total": 12.5})), [fact("total", "12.5")]);
        assert_eq!(
            of(json!({"gift": true, "said": "true"})),
            [fact("gift", "Yes"), fact("said", "true")]
        );
        let lists =
            json!({"bought": ["tea", "cups"], "sizes": [1, 2], "none": [], "deep": [["a"]]});
        assert_eq!(
            of(lists),
            [
                fact("bought", "tea, cups"),
                fact("deep", "[[\"a\"]]"),
                fact("none", "[]"),
                fact("sizes", "1, 2")
            ]
        );
        let paid = json!({"due_date": 1_772_366_400, "paid": "2026-03-01"});
        assert_eq!(
            of(paid),
            [fact("due_date", "1 March 2026, 12:00 UTC"), fact("paid", "1 March 2026, 00:00 UTC")]
        );
        let link = Some("https://shop.example/7".to_owned());
        let rich = json!({"order": {"url": "https://shop.example/7", "value": "No. 7"}});
        assert_eq!(of(rich), [("order".to_owned(), "No. 7".to_owned(), link)]);
        let bad = json!({"order": {"url": "javascript:alert(1)", "value": "x"}});
        assert!(of(bad)[0].2.is_none());
    }
}
