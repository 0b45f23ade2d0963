//! Who wrote in a text: one or, where several did at once, all of them.

use std::collections::{BTreeSet, HashMap};

use super::Record;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;

/// Those who wrote in a text since the one before it, who typed last first; there is one at least.
#[derive(Debug, Clone)]
pub(super) struct Writers(Vec<TeammateId>);

impl Writers {
    /// One alone.
    pub fn alone(one: TeammateId) -> Self {
        Self(vec![one])
    }

    /// Those who made updates, in the order of these.
    pub fn typed(updates: impl DoubleEndedIterator<Item = TeammateId>) -> Self {
        let mut all = Vec::new();
        for by in updates.rev() {
            if !all.contains(&by) {
                all.push(by);
            }
        }
        Self(all)
    }

    /// Those of a note's text as it is.
    pub fn of(note: &Record) -> Self {
        let last = if note.version > 1 { note.edited_by } else { note.author_id };
        Self::read(last, &note.together)
    }

    /// As the database has them: who typed last and, where others wrote at the same time, the list of all.
    pub fn read(last: TeammateId, together: &str) -> Self {
        let all = listed(together);
        if all.is_empty() { Self::alone(last) } else { Self(all) }
    }

    /// Who typed last.
    pub fn last(&self) -> TeammateId {
        self.0.first().copied().unwrap_or(TeammateId(0))
    }

    /// All of them.
    pub fn all(&self) -> &[TeammateId] {
        &self.0
    }

    /// The list that the database has of them: nothing for one alone.
    pub fn together(&self) -> String {
        match self.0.as_slice() {
            [] | [_] => String::new(),
            all => serde_json::to_string(all).unwrap_or_default(),
        }
    }

    /// Whether both are the same people, whoever typed last.
    pub fn are(&self, others: &Self) -> bool {
        let set = |of: &Self| of.0.iter().copied().collect::<BTreeSet<_>>();
        set(self) == set(others)
    }
}

fn listed(together: &str) -> Vec<TeammateId> {
    serde_json::from_str(together).unwrap_or_default()
}

/// What those are called who wrote texts together; who has left the team keeps their name.
#[derive(Debug, Default)]
pub(crate) struct Called(HashMap<TeammateId, String>);

impl Called {
    /// Those of these lists. Where all are empty, nothing is asked.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn of<'a>(
        c: &mut Conn,
        workspace: WorkspaceId,
        lists: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        let ids: BTreeSet<_> = lists.into_iter().flat_map(listed).map(|id| [id]).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let sql = "select t.id, t.name from json_each($2) j cross join teammates t \
                   where t.workspace_id = $1 and t.id = cast(j.value ->> 0 as bigint)";
        let rows: Vec<(TeammateId, String)> = run!(c, |x| {
            sqlx::query_as::<_, (TeammateId, String)>(sql).bind(workspace).bind(&ids).fetch_all(x)
        })?;
        Ok(Self(rows.into_iter().collect()))
    }

    /// The names of those who wrote a text, in the order of the alphabet; `last` is the name of who typed last, if that was a
    /// teammate.
    pub fn names(&self, together: &str, last: Option<&str>) -> Vec<String> {
        let mut names: Vec<_> =
            listed(together).iter().filter_map(|id| self.0.get(id).cloned()).collect();
        if names.is_empty() {
            names.extend(last.map(str::to_owned));
        }
        names.sort_unstable();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::Writers;
    use crate::id::TeammateId;

    #[test]
    fn one_alone_has_no_list_and_several_have_who_typed_last_first() {
        let typed = |ids: &[i64]| Writers::typed(ids.iter().map(|id| TeammateId(*id)));
        let one = typed(&[3, 3]);
        assert_eq!((one.last().0, one.together().as_str()), (3, ""));
        let two = typed(&[5, 3, 5, 3, 5]);
        assert_eq!((two.last().0, two.together().as_str()), (5, "[5,3]"));
        let read = Writers::read(TeammateId(5), &two.together());
        assert!(read.are(&typed(&[5, 3])) && !read.are(&one));
        assert!(Writers::read(TeammateId(3), "").are(&one));
    }
}
