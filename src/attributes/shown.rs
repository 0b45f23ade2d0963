//! Data as a profile shows it.

use super::amounts::{in_currency, is_number};
use super::choices::offered;
use super::{DataType, Datum, Subject, Value, values};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// The custom data of someone, dates and money worded, and what there is to choose from.
pub async fn data(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
) -> Result<Vec<Datum>, Error> {
    let mut values = values(c, workspace, subject, id).await?;
    let mut offered = offered(c, workspace, subject).await?;
    offered.retain(|one| values.iter().all(|value| value.name != one.name));
    values.extend(offered);
    values.sort_by(|a, b| a.name.cmp(&b.name));
    let money = |value: &Value| {
        let amount = value.number.filter(|_| is_number(value.data_type))?;
        in_currency(&value.name, amount, |name| text_of(&values, name))
    };
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
