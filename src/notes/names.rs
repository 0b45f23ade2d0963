//! The names of teammates in notes: as they were written, and what those are called now.

use std::collections::BTreeSet;

use super::{Owner, Record, mentions};
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::teammates;

/// Names as notes of an owner have them written, with what they are shown as: what the teammate is called now.
pub(super) struct Names {
    team: Vec<(TeammateId, String)>,
    written: Vec<(NoteId, TeammateId, String)>,
    unseen: BTreeSet<NoteId>,
}

impl Names {
    /// What is known of an owner's notes; `viewer` is who looks.
    pub async fn of(
        c: &mut Conn,
        workspace: WorkspaceId,
        owner: Owner,
        viewer: TeammateId,
    ) -> Result<Self, Error> {
        let team = teammates::names(c, workspace).await?;
        let sql = "select m.note_id, m.teammate_id, m.name, cast(case when m.seen_at = 0 and m.times > 0 then 1 else 0 end as bigint) \
                   from notes n join note_mentions m on m.workspace_id = n.workspace_id and m.note_id = n.id \
                   where n.workspace_id = $1 and n.owner_kind = $2 and n.owner_id = $3 and n.deleted_at = 0";
        type Written = (NoteId, TeammateId, String, i64);
        let rows: Vec<Written> = run!(c, |x| {
            sqlx::query_as::<_, Written>(sql)
                .bind(workspace)
                .bind(owner.kind())
                .bind(owner.number())
                .fetch_all(x)
        })?;
        let unseen = rows.iter().filter(|r| r.1 == viewer && r.3 == 1).map(|r| r.0).collect();
        let written = rows.into_iter().map(|(note, id, name, _)| (note, id, name)).collect();
        Ok(Self { team, written, unseen })
    }

    /// What is known of some notes, whosever they are, as one reads them who is not named.
    pub async fn of_some(
        c: &mut Conn,
        workspace: WorkspaceId,
        notes: &[NoteId],
    ) -> Result<Self, Error> {
        let team = teammates::names(c, workspace).await?;
        let ids: Vec<_> = notes.iter().map(|id| [id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let sql = "select m.note_id, m.teammate_id, m.name from json_each($2) j cross join note_mentions m \
                   where m.workspace_id = $1 and m.note_id = cast(j.value ->> 0 as bigint)";
        type Written = (NoteId, TeammateId, String);
        let written: Vec<Written> = run!(c, |x| {
            sqlx::query_as::<_, Written>(sql).bind(workspace).bind(&ids).fetch_all(x)
        })?;
        Ok(Self { team, written, unseen: BTreeSet::new() })
    }

    /// The names in one note: as written, and as shown.
    pub fn in_note(&self, note: NoteId) -> Vec<(&str, &str)> {
        let called = |id: TeammateId| self.team.iter().find(|t| t.0 == id).map(|t| t.1.as_str());
        let written = self.written.iter().filter(|w| w.0 == note);
        let mut names: Vec<(&str, &str)> =
            written.map(|w| (w.2.as_str(), called(w.1).unwrap_or(&w.2))).collect();
        names.extend(self.team.iter().map(|t| (t.1.as_str(), t.1.as_str())));
        names
    }

    /// Whether a note names who looks, and they have not looked before.
    pub fn is_new(&self, note: NoteId) -> bool {
        self.unseen.contains(&note)
    }
}

/// Who is named in a text and in what is known of its note, for a note that is shown alone.
pub(super) async fn names(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: &Record,
) -> Result<Vec<(String, String)>, Error> {
    let team = teammates::names(c, workspace).await?;
    let written = mentions::rows(c, workspace, note.id).await?.into_iter().map(|row| {
        let called = team.iter().find(|t| t.0 == row.teammate_id).map(|t| t.1.clone());
        (row.name.clone(), called.unwrap_or(row.name))
    });
    let written: Vec<_> = written.collect();
    Ok(written.into_iter().chain(team.iter().map(|t| (t.1.clone(), t.1.clone()))).collect())
}
