//! Pages of a list and their cells, as far as people and companies have them alike.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Asked, Column, Filters};
use crate::attributes::{DataType, in_currency, is_number};
use crate::error::Error;
use crate::id::{TagId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement, Write};
use crate::tags;
use crate::time::Time;
use crate::ui::{Cell, yes_or_no};

/// How many rows a page has.
pub const ROWS: i64 = 50;
/// The most columns of a list.
const COLUMNS: usize = 20;

/// Where a page ends: the sort's value and the number of its last row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cursor {
    /// A whole number, or a time.
    Number(i64, i64),
    /// A number with a fraction.
    Float(f64, i64),
    /// Text, folded.
    Text(String, i64),
}

/// What a page is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The expression of a whole number.
    Number(&'static str),
    /// The expression of a number with a fraction.
    Float(&'static str),
    /// The expression of text.
    Text(&'static str),
}

impl Key {
    const fn sql(self) -> &'static str {
        match self {
            Self::Number(sql) | Self::Float(sql) | Self::Text(sql) => sql,
        }
    }

    /// Adds the place of a page, its order and its length; `id` is the column that settles ties.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor that is not one of this order.
    pub fn push<F: Filters>(
        self,
        s: &mut Statement,
        asked: &Asked<F>,
        id: &'static str,
    ) -> Result<(), Error> {
        let descends = asked.descends();
        if let Some(after) = &asked.after {
            s.push(" and (").push(self.sql()).push(", ").push(id);
            s.push(if descends { ") < (" } else { ") > (" });
            match self.cursor(after)? {
                Cursor::Number(value, id) => s.number(value).push(", ").number(id),
                Cursor::Float(value, id) => s.float(value).push(", ").number(id),
                Cursor::Text(value, id) => s.text(value).push(", ").number(id),
            };
            s.push(")");
        }
        let way = if descends { " desc" } else { "" };
        s.push(" order by ").push(self.sql()).push(way).push(", ").push(id).push(way);
        s.push(" limit ").number(ROWS + 1);
        Ok(())
    }

    fn cursor(self, text: &str) -> Result<Cursor, Error> {
        let refused = || Error::invalid("after", "follow a link of the list");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        match (self, serde_json::from_slice(&bytes).map_err(|_| refused())?) {
            (Self::Float(_), Cursor::Number(value, id)) => Ok(Cursor::Float(value as f64, id)),
            (Self::Number(_), c @ Cursor::Number(..)) => Ok(c),
            (Self::Float(_), c @ Cursor::Float(..)) => Ok(c),
            (Self::Text(_), c @ Cursor::Text(..)) => Ok(c),
            _ => Err(refused()),
        }
    }
}

impl Cursor {
    /// Cuts what was read to a page; the text of a cursor where more follows.
    pub fn cut<T>(rows: &mut Vec<T>, end: impl FnOnce(&T) -> Self) -> Option<String> {
        let more = rows.len() as i64 > ROWS;
        rows.truncate(ROWS as usize);
        let end = end(rows.last().filter(|_| more)?);
        Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&end).unwrap_or_default()))
    }
}

/// What cells need beyond the rows themselves, for one page, by the rows' numbers.
#[derive(Default)]
pub struct Extras {
    attributes: HashMap<(i64, String), Valued>,
    tags: HashMap<i64, Vec<(String, String)>>,
    owners: HashMap<TeammateId, String>,
}

/// A value of a custom attribute.
struct Valued {
    data_type: DataType,
    number: Option<f64>,
    text: String,
}

impl Extras {
    /// Reads what the columns show; `ids` is a JSON list of lists of one number.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn read<F: Filters>(
        c: &mut Conn,
        workspace: WorkspaceId,
        columns: &[Column],
        ids: &str,
    ) -> Result<Self, Error> {
        let mut extras = Self::default();
        let of = F::OF.word();
        let has = |key: &str| columns.iter().any(|column| column.key == key);
        if has("tags") {
            let link = |(id, name): (TagId, String)| (name, format!("{}?tag={id}", F::PATH));
            let found = tags::of_many(c, workspace, of, ids).await?.into_iter();
            extras.tags =
                found.map(|(owner, tags)| (owner, tags.into_iter().map(link).collect())).collect();
        }
        // Of amounts of money the currency is an attribute.
        if has("spend") || columns.iter().any(|column| column.attribute().is_some()) {
            let sql = "select v.subject_id, a.name, a.data_type, v.number, v.text from json_each($2) j cross join attribute_values v cross join attributes a \
                       where v.workspace_id = $1 and v.subject = $3 and v.subject_id = cast(j.value ->> 0 as bigint) \
                       and a.workspace_id = v.workspace_id and a.id = v.attribute_id and a.archived_at = 0";
            type Row = (i64, String, String, Option<f64>, String);
            let found: Vec<Row> = run!(c, |x| sqlx::query_as::<_, Row>(sql)
                .bind(workspace)
                .bind(ids)
                .bind(of)
                .fetch_all(x))?;
            let valued = |(owner, name, word, number, text): Row| {
                let data_type = DataType::from_word(&word).unwrap_or(DataType::String);
                ((owner, name), Valued { data_type, number, text })
            };
            extras.attributes = found.into_iter().map(valued).collect();
        }
        if has("owner") {
            extras.owners = crate::teammates::names(c, workspace).await?.into_iter().collect();
        }
        Ok(extras)
    }

    /// The cell of a custom attribute, of tags or of the owner; `None` for what stands in the row itself.
    pub fn cell(&self, column: &Column, id: i64, owner: TeammateId, dates: &Dates) -> Option<Cell> {
        if let Some(name) = column.attribute() {
            return Some(self.valued(id, name, dates));
        }
        match column.key.as_str() {
            "tags" => Some(Cell::Links(self.tags.get(&id).cloned().unwrap_or_default())),
            "owner" => Some(Cell::Text(self.owners.get(&owner).cloned().unwrap_or_default())),
            _ => None,
        }
    }

    /// What a custom attribute says of a row.
    pub fn text(&self, id: i64, name: &str) -> Option<&str> {
        self.attributes.get(&(id, name.to_owned())).map(|value| value.text.as_str())
    }

    /// A value as a profile shows it.
    fn valued(&self, id: i64, name: &str, dates: &Dates) -> Cell {
        let Some(value) = self.attributes.get(&(id, name.to_owned())) else {
            return Cell::Text(String::new());
        };
        match (value.data_type, value.number) {
            (DataType::Date, Some(at)) => Cell::Time(Some(dates.stamp(Time(at as i64)))),
            (DataType::Boolean, Some(n)) => Cell::Text(yes_or_no(n > 0.0).into()),
            (data_type, number) => {
                let number = number.filter(|_| is_number(data_type));
                let money = number.and_then(|n| in_currency(name, n, |name| self.text(id, name)));
                Cell::Text(money.unwrap_or_else(|| value.text.clone()))
            }
        }
    }
}

/// The columns that a teammate chose, or those of the start.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn chosen_columns<F: Filters>(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Vec<Column>, Error> {
    let keys: Option<Vec<String>> =
        crate::teammates::setting(c, workspace, teammate, F::SETTING).await?;
    let Some(keys) = keys else { return Ok(Column::at_first::<F>()) };
    let known = columns::<F>(c, workspace).await?;
    let chosen = keys.iter().filter_map(|key| known.iter().find(|column| column.key == *key));
    Ok(chosen.cloned().collect())
}

/// Keeps a teammate's choice of columns, in the order given; unknown ones are left out. An empty choice is that of the start.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn choose_columns<F: Filters>(w: &mut Write<'_>, keys: &[String]) -> Result<(), Error> {
    let known = columns::<F>(&mut w.conn, w.workspace).await?;
    let chosen: Vec<_> =
        keys.iter().filter(|key| known.iter().any(|c| c.key == **key)).take(COLUMNS).collect();
    crate::teammates::set_setting(w, F::SETTING, Some(&chosen).filter(|all| !all.is_empty())).await
}

/// Every column that can be chosen: the standard ones, and one for each custom attribute.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn columns<F: Filters>(
    c: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Vec<Column>, Error> {
    let sql = "select name, label from attributes where workspace_id = $1 and subject = $2 and archived_at = 0 \
               order by name limit 200";
    let found: Vec<(String, String)> = run!(c, |x| {
        sqlx::query_as::<_, (String, String)>(sql).bind(workspace).bind(F::OF.word()).fetch_all(x)
    })?;
    let custom = found.iter().map(|(name, label)| Column::of_attribute(name, label));
    Ok(Column::standard::<F>().into_iter().chain(custom).collect())
}

/// What an address asks for.
pub fn asked_of<F: Filters>(address: &str) -> Asked<F> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Asked::from_query(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
}
