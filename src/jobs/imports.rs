//! Jobs that import files, for the list of them.

use super::Input;
use super::State;
use super::store::Cursor;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// How many are looked at.
const MOST: i64 = 100;

/// An import of an uploaded file.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The upload.
    pub upload: String,
    /// What it is to do.
    pub input: Input,
    /// Where it stands.
    pub state: State,
    /// Rows that it wrote.
    pub written: i64,
    /// Rows that it set aside.
    pub rejected: i64,
    /// Why it failed, or empty.
    pub message: String,
    /// When it last moved.
    pub updated_at: Time,
}

/// A teammate's last hundred imports, the newest first.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn imports(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Vec<Imported>, Error> {
    let sql = "select state, input, cursor, message, updated_at from jobs \
               where workspace_id = $1 and created_by = $2 and kind = 'import' order by id desc limit $3";
    type Row = (String, String, String, String, Time);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(teammate).bind(MOST).fetch_all(x)
    })?;
    let read = |(state, input, cursor, message, updated_at): Row| {
        let input: Input = serde_json::from_str(&input).map_err(|_| Error::Internal)?;
        let Input::Import { upload, .. } = &input else { return Err(Error::Internal) };
        let cursor: Cursor = serde_json::from_str(&cursor).unwrap_or_default();
        Ok(Imported {
            upload: upload.clone(),
            state: State::from_word(&state).ok_or(Error::Internal)?,
            written: cursor.changed,
            rejected: cursor.rejected,
            message,
            updated_at,
            input,
        })
    };
    rows.into_iter().map(read).collect()
}
