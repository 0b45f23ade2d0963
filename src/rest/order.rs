//! The order of a list, as a `sort` says it, and the place in it where a page begins.

use serde_json::Value;

use super::Cursor;
use crate::error::Error;
use crate::server::db::Statement;

/// What a list can be sorted by: the field's name, its column, which is never null, and whether that is text.
pub type Sort = (&'static str, &'static str, bool);

/// An order: by a column, and then by the rows' number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What cursors call it.
    pub name: String,
    /// The column.
    pub key: &'static str,
    id: &'static str,
    text: bool,
    down: bool,
}

impl Order {
    /// By the rows' number alone, the newest first.
    pub fn newest(id: &'static str) -> Self {
        Self { name: "newest".into(), key: id, id, text: false, down: true }
    }

    /// Reads a `sort`: the field, or `usual` where none is named, and the direction, down where nothing is said.
    /// `list` begins the order's name in cursors; `id` is the column of the rows' number.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a field that is none of `sorts`, and for a direction that is none.
    pub fn read(
        list: &str,
        sorts: &[Sort],
        id: &'static str,
        usual: &str,
        sort: Option<&Value>,
    ) -> Result<Self, Error> {
        let word = |name: &str| sort.and_then(|s| s.get(name)).and_then(Value::as_str);
        let field = word("field").unwrap_or(usual);
        let found = sorts.iter().find(|(name, ..)| *name == field);
        let (name, key, text) = *found.ok_or_else(|| {
            let names = sorts.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
            Error::invalid("sort.field", format!("send one of {names}"))
        })?;
        let down = match word("order") {
            None | Some("descending" | "desc") => true,
            Some("ascending" | "asc") => false,
            Some(_) => return Err(Error::invalid("sort.order", "send ascending or descending")),
        };
        let way = if down { "descending" } else { "ascending" };
        Ok(Self { name: format!("{list}{name}.{way}"), key, id, text, down })
    }

    /// Adds `and (key, id) < (…)`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor with another kind of key.
    pub fn begin(&self, sql: &mut Statement, after: &Cursor) -> Result<(), Error> {
        sql.push(" and (").push(self.key).push(", ").push(self.id).push(") ");
        sql.push(if self.down { "< (" } else { "> (" });
        let refused = || Error::invalid("starting_after", "send what pages.next said");
        if self.text {
            sql.text(after.key.as_str().ok_or_else(refused)?);
        } else {
            sql.number(after.key.as_i64().ok_or_else(refused)?);
        }
        sql.push(", ").number(after.id).push(")");
        Ok(())
    }

    /// Adds `order by key, id limit …`: one more than a page has tells whether there is another.
    pub fn end(&self, sql: &mut Statement, limit: i64) {
        let way = if self.down { " desc" } else { "" };
        sql.push(" order by ").push(self.key).push(way);
        sql.push(", ").push(self.id).push(way).push(" limit ").number(limit);
    }
}
