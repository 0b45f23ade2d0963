//! Amounts of money, in the currency that stands beside them.

use std::collections::HashMap;

use super::{DataType, Subject};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::money::{is_amount, money};

/// The names under which the currency of an amount stands, the nearest first: `price_currency`, `plan.currency` beside
/// `plan.price`, `currency`.
pub(crate) fn currency_names(name: &str) -> impl Iterator<Item = String> {
    let beside = name.rsplit_once('.').map(|(group, _)| format!("{group}.currency"));
    [Some(format!("{name}_currency")), beside, Some("currency".to_owned())].into_iter().flatten()
}

/// A number that is an amount by its name, in the currency that one of those names says.
pub(crate) fn in_currency<'a>(
    name: &str,
    amount: f64,
    text_of: impl Fn(&str) -> Option<&'a str>,
) -> Option<String> {
    if !is_amount(name) {
        return None;
    }
    currency_names(name).find_map(|name| money(amount, text_of(&name)?))
}

/// Whether values of a type can be amounts.
pub(crate) const fn is_number(data_type: DataType) -> bool {
    matches!(data_type, DataType::Integer | DataType::Float)
}

/// Currencies by whose they are and their names, each with the moment since which it is this one.
pub(crate) type Currencies = HashMap<(i64, String), (String, Time)>;

/// The currencies of many people or companies. `ids` is a JSON list of lists of one number.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn currencies(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    ids: &str,
) -> Result<Currencies, Error> {
    // A cross join, because SQLite keeps its order: those who are asked for lead, not a whole index.
    let sql = "select v.subject_id, a.name, v.text, v.updated_at from json_each($3) j cross join attribute_values v \
               join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id \
               where v.workspace_id = $1 and v.subject = $2 and v.subject_id = cast(j.value ->> 0 as bigint) \
               and a.archived_at = 0 and a.name like '%currency'";
    type Row = (i64, String, String, Time);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(subject.word()).bind(ids).fetch_all(x)
    })?;
    Ok(rows.into_iter().map(|(id, name, text, since)| ((id, name), (text, since))).collect())
}

#[cfg(test)]
mod tests {
    use super::in_currency;

    #[test]
    fn an_amount_is_in_the_currency_that_stands_beside_it() {
        let of = |name: &str, known: &'static [(&'static str, &'static str)]| {
            in_currency(name, 12.5, |name| known.iter().find(|(n, _)| *n == name).map(|(_, c)| *c))
        };
        let all = &[("currency", "EUR"), ("plan.currency", "USD"), ("fee_currency", "jpy")];
        assert_eq!(of("mrr", all).as_deref(), Some("12.50 EUR"));
        assert_eq!(of("plan.price", all).as_deref(), Some("12.50 USD"));
        assert_eq!(of("fee", &[("fee_currency", "KWD")]).as_deref(), Some("12.500 KWD"));
        assert_eq!(of("height", all), None);
        assert_eq!(of("mrr", &[("currency", "points")]), None);
    }
}
