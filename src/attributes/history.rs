//! What a custom attribute was before, read from the log.

use serde_json::Value;

use super::amounts::{currency_names, is_number};
use super::{Past, Subject, Value as Known, values};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream::Kind;
use crate::time::Time;
use crate::ui::money::{is_amount, money};

/// How many changes of data are looked at, the newest first.
const LOOK: i64 = 5_000;
/// How many values are answered.
const MOST: usize = 100;

/// The values that an attribute or a standard field of someone has had, newest first: at most a hundred, among their
/// last 5,000 changes of data. An amount is in the currency that it had then.
pub async fn history(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
    name: &str,
) -> Result<Vec<Past>, Error> {
    let sql = "select s.occurred_at, a.data, m.name from stream s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
               where s.workspace_id = $1 and s.owner_kind = $4 and s.owner_id = $2 and s.facet = 'change' \
               and a.kind = $5 order by s.occurred_at desc, s.seq desc limit $3";
    type Row = (Time, String, Option<String>);
    // A company's stream has the changes of its people too: theirs are of another kind.
    let (kind, subject) = match owner {
        Owner::Contact(_) => (Kind::AttributesChanged, Subject::Contact),
        Owner::Company(_) => (Kind::CompanyChanged, Subject::Company),
    };
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(owner.number())
            .bind(LOOK)
            .bind(owner.kind())
            .bind(kind.word())
            .fetch_all(x)
    })?;
    let known = values(c, workspace, subject, owner.number()).await?;
    let read = |(at, data, by): Row| Some((at, serde_json::from_str::<Value>(&data).ok()?, by));
    let changes: Vec<Change> = rows.into_iter().filter_map(read).collect();
    let past = worded(name, &changes, &known).into_iter();
    let past = past.map(|(at, value, by)| Past { at: dates.stamp(at), value, by });
    Ok(past.take(MOST).collect())
}

/// When, what the log says of it, and who.
type Change = (Time, Value, Option<String>);

/// The values of one name among changes, the newest first in both.
fn worded(
    name: &str,
    changes: &[Change],
    known: &[Known],
) -> Vec<(Time, Option<String>, Option<String>)> {
    let now = |name: &str| known.iter().find(|value| value.name == name);
    let amount = is_amount(name) && now(name).is_none_or(|value| is_number(value.data_type));
    // From the oldest on: before the first change of a currency it was what that says, without one what it is now.
    let names: Vec<_> = currency_names(name).collect();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let at_first = |name: &String| {
        let first = changes.iter().rev().find(|(_, data, _)| data["set"].get(name).is_some());
        first.map_or_else(|| now(name).map(|v| v.text.clone()), |(_, d, _)| text(&d["from"][name]))
    };
    let mut currencies: Vec<_> = names.iter().map(at_first).collect();
    let mut past = Vec::new();
    for (at, data, by) in changes.iter().rev() {
        for (name, currency) in names.iter().zip(&mut currencies) {
            if let Some(set) = data["set"].get(name) {
                *currency = text(set);
            }
        }
        let Some(value) = data["set"].get(name) else { continue };
        let in_currency = |amount| currencies.iter().flatten().find_map(|code| money(amount, code));
        let worth = value.as_f64().filter(|_| amount).and_then(in_currency);
        past.push((*at, worth.or_else(|| plain(value)), by.clone()));
    }
    past.reverse();
    past
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        // `49`, not `49.0`, as everywhere else.
        Value::Number(n) if n.is_f64() => Some(n.as_f64().unwrap_or_default().to_string()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::attributes::DataType;

    #[test]
    fn an_amount_is_in_the_currency_of_its_time() {
        let known = |name: &str, data_type, text: &str| Known {
            name: name.into(),
            label: String::new(),
            data_type,
            number: None,
            text: text.into(),
            editable: true,
            options: Vec::new(),
        };
        let now = [known("mrr", DataType::Float, "9"), known("currency", DataType::String, "JPY")];
        let change = |at, data| (Time(at), data, None);
        let changes = [
            change(
                4,
                json!({ "set": { "currency": "JPY", "mrr": 900 }, "from": { "currency": "EUR" } }),
            ),
            change(3, json!({ "set": { "mrr": null } })),
            change(2, json!({ "set": { "currency": "EUR" }, "from": { "currency": "USD" } })),
            change(1, json!({ "set": { "mrr": 49.5 } })),
        ];
        let said = |name: &str, changes: &[Change], known: &[Known]| -> Vec<_> {
            worded(name, changes, known).into_iter().map(|(_, text, _)| text).collect()
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(said("mrr", &changes, &now), [text("900 JPY"), None, text("49.50 USD")]);
        assert_eq!(said("mrr", &changes[3..], &now), [text("49.5 JPY")], "nothing else is known");
        assert_eq!(said("mrr", &changes[3..], &[]), [text("49.5")]);
        let as_text = [known("mrr", DataType::String, "9"), now[1].clone()];
        assert_eq!(said("mrr", &changes[3..], &as_text), [text("49.5")]);
    }
}
