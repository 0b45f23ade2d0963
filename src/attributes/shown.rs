//! Data as a profile shows it.

use super::{DataType, Datum, Subject, Value, values};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// The custom data of someone, dates worded.
pub async fn data(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
) -> Result<Vec<Datum>, Error> {
    let datum = |value: Value| {
        let at = value.number.filter(|_| value.data_type == DataType::Date);
        Datum { at: at.map(|n| dates.stamp(Time(n as i64))), value }
    };
    Ok(values(c, workspace, subject, id).await?.into_iter().map(datum).collect())
}
