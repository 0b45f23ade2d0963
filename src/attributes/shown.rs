//! Data as a profile shows it.

use super::{DataType, Datum, Subject, Value, values};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::money::{is_amount, money};

/// The custom data of someone, dates and money worded.
pub async fn data(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
) -> Result<Vec<Datum>, Error> {
    let values = values(c, workspace, subject, id).await?;
    let money = |value: &Value| in_currency(value, |name| text_of(&values, name));
    let amounts: Vec<_> = values.iter().map(money).collect();
    let datum = |(value, money): (Value, Option<String>)| {
        let at = value.number.filter(|_| value.data_type == DataType::Date);
        Datum { at: at.map(|n| dates.stamp(Time(n as i64))), money, value }
    };
    Ok(values.into_iter().zip(amounts).map(datum).collect())
}

fn text_of<'a>(values: &'a [Value], name: &str) -> Option<&'a str> {
    values.iter().find(|v| v.name == name).map(|v| v.text.as_str())
}

/// A number that is an amount by its name, in the currency that `price_currency`, `plan.currency` (beside `plan.price`) or
/// `currency` says.
fn in_currency<'a>(value: &Value, text_of: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let number = matches!(value.data_type, DataType::Integer | DataType::Float);
    let amount = value.number.filter(|_| number && is_amount(&value.name))?;
    let beside = value.name.rsplit_once('.').map(|(group, _)| format!("{group}.currency"));
    let names = [Some(format!("{}_currency", value.name)), beside, Some("currency".to_owned())];
    names.into_iter().flatten().find_map(|name| money(amount, text_of(&name)?))
}

#[cfg(test)]
mod tests {
    use super::in_currency;
    use crate::attributes::{DataType, Value};

    #[test]
    fn an_amount_is_in_the_currency_that_stands_beside_it() {
        let of = |name: &str, data_type, known: &'static [(&'static str, &'static str)]| {
            let value = Value {
                name: name.into(),
                label: String::new(),
                data_type,
                number: Some(12.5),
                text: "12.5".into(),
                editable: true,
            };
            in_currency(&value, |name| known.iter().find(|(n, _)| *n == name).map(|(_, c)| *c))
        };
        let all = &[("currency", "EUR"), ("plan.currency", "USD"), ("fee_currency", "jpy")];
        assert_eq!(of("mrr", DataType::Float, all).as_deref(), Some("12.50 EUR"));
        assert_eq!(of("plan.price", DataType::Float, all).as_deref(), Some("12.50 USD"));
        assert_eq!(
            of("fee", DataType::Float, &[("fee_currency", "KWD")]).as_deref(),
            Some("12.500 KWD")
        );
        assert_eq!(of("height", DataType::Float, all), None);
        assert_eq!(of("mrr", DataType::String, all), None);
        assert_eq!(of("mrr", DataType::Float, &[("currency", "points")]), None);
    }
}
