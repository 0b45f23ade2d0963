//! Pages of a list: a cursor says where the next one begins.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Query;
use crate::error::Error;

/// The most rows of a page, and how many it has when nothing is said.
const MOST: i64 = 150;
const USUAL: i64 = 50;

/// Where a page begins: after this row of the list in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// The order that it belongs to.
    pub order: String,
    /// What the last row is sorted by.
    pub key: Value,
    /// The last row's number.
    pub id: i64,
    /// The number of the page that begins here.
    pub page: i64,
    /// How many there were in all when the first page was asked for, so that who reads many pages need not have them
    /// counted at each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// What a caller asks of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Paging {
    /// Rows of a page, 1 to 150.
    pub per_page: i64,
    /// Where it begins; at the beginning when there is none.
    pub after: Option<Cursor>,
}

impl Paging {
    /// Reads `per_page` and `starting_after` of an address.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the one that makes no sense.
    pub fn of_query(query: &Query) -> Result<Self, Error> {
        Self::new(query.number("per_page")?, query.get("starting_after"))
    }

    /// Reads the `pagination` of a search.
    ///
    /// # Errors
    /// [`Error::Invalid`] names what makes no sense.
    pub fn of_search(sent: &Map<String, Value>) -> Result<Self, Error> {
        let asked = super::object(sent, "pagination")?;
        let per_page = match asked.get("per_page") {
            None | Some(Value::Null) => None,
            // A number that is not whole is out of every range.
            Some(n) => Some(n.as_i64().unwrap_or(0)),
        };
        let after = super::text(&asked, "starting_after", 10_000)?.filter(|t| !t.is_empty());
        Self::new(per_page, after.as_deref())
    }

    fn new(per_page: Option<i64>, after: Option<&str>) -> Result<Self, Error> {
        let per_page = per_page.unwrap_or(USUAL);
        if !(1..=MOST).contains(&per_page) {
            return Err(Error::invalid("per_page", format!("send 1 to {MOST}")));
        }
        let read = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            serde_json::from_slice::<Cursor>(&bytes).ok()
        };
        let refused = || Error::invalid("starting_after", "send what pages.next said");
        let after = after.map(|text| read(text).ok_or_else(refused)).transpose()?;
        Ok(Self { per_page, after })
    }

    /// Refuses a cursor of another list or another order.
    ///
    /// # Errors
    /// [`Error::Invalid`] then.
    pub fn in_order(&self, order: &str) -> Result<(), Error> {
        match &self.after {
            Some(cursor) if cursor.order != order => {
                Err(Error::invalid("starting_after", "this cursor belongs to another order"))
            }
            _ => Ok(()),
        }
    }

    /// The `pages` of an answer. `last` is what the page's last row is sorted by and its number, when there are more.
    pub fn pages(&self, order: &str, total: i64, last: Option<(Value, i64)>) -> Value {
        let page = self.after.as_ref().map_or(1, |c| c.page);
        let mut pages = json!({
            "type": "pages",
            "page": page,
            "per_page": self.per_page,
            "total_pages": (total + self.per_page - 1) / self.per_page,
        });
        if let Some((key, id)) = last {
            let page = page.saturating_add(1);
            let cursor = Cursor { order: order.to_owned(), key, id, page, total: Some(total) };
            let text = serde_json::to_string(&cursor).unwrap_or_default();
            pages["next"] = json!({
                "per_page": self.per_page,
                "starting_after": URL_SAFE_NO_PAD.encode(text),
            });
        }
        pages
    }
}

/// A page of a list as it is answered.
pub fn list(data: Vec<Value>, total: i64, pages: Value) -> Value {
    json!({ "type": "list", "data": data, "total_count": total, "pages": pages })
}
