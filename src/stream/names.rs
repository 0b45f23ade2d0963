//! What the log keeps by number alone, read for the entries of a page: names, and the currencies of amounts.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::Kind;
use super::rows::Row;
use crate::attributes::{Subject, currencies};
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::money::is_amount;

/// The name in the log of who looks after somebody.
pub(super) const OWNER: &str = "owner";
/// The same of whom to talk to first in a company.
pub(super) const MAIN_CONTACT: &str = "main_contact";

/// Names of those whom changes name by number only, so that the log keeps none of them, and the currencies of amounts.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub teammates: BTreeMap<i64, String>,
    pub people: BTreeMap<i64, String>,
    /// By whose they are and their names, each with the moment since which it is this one.
    pub currencies: HashMap<(Owner, String), (String, Time)>,
}

/// Whose data changed, where an entry of this kind stands in the stream of `owner`.
pub(super) fn whose(owner: Owner, kind: Kind, person: ContactId) -> Option<Owner> {
    match kind {
        Kind::AttributesChanged => Some(Owner::Contact(person)),
        Kind::CompanyChanged => Some(owner).filter(|owner| matches!(owner, Owner::Company(_))),
        _ => None,
    }
}

impl Names {
    /// Reads the names that these entries need.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn read(
        c: &mut Conn,
        workspace: WorkspaceId,
        owner: Owner,
        rows: &[Row],
    ) -> Result<Self, Error> {
        let (mut teammates, mut people) = (false, Vec::new());
        let mut spenders = BTreeMap::<_, Vec<_>>::new();
        for row in rows {
            let whose = Kind::from_word(&row.kind).and_then(|kind| whose(owner, kind, row.person));
            let Some(whose) = whose else { continue };
            let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
            let mut set = data["set"].as_object().into_iter().flatten();
            if set.any(|(name, value)| value.is_number() && is_amount(name)) {
                let of = match whose {
                    Owner::Contact(_) => Subject::Contact,
                    Owner::Company(_) => Subject::Company,
                };
                spenders.entry(of).or_default().push([whose.number()]);
            }
            for side in [&data["set"], &data["from"]] {
                teammates |= side.get(OWNER).is_some();
                people.extend(side.get(MAIN_CONTACT).and_then(Value::as_i64).map(|id| [id]));
            }
        }
        let mut names = Self::default();
        if teammates {
            // Those too who do not work here any more.
            let sql = "select id, name from teammates where workspace_id = $1";
            let rows: Vec<(i64, String)> =
                run!(c, |x| sqlx::query_as::<_, (i64, String)>(sql).bind(workspace).fetch_all(x))?;
            names.teammates = rows.into_iter().collect();
        }
        if !people.is_empty() {
            let ids = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
            let sql = "select o.id, p.id, p.name, p.email, p.external_id from json_each($2) j cross join contacts o \
                       join contacts p on p.workspace_id = o.workspace_id \
                       and p.id = case when o.merged_into > 0 then o.merged_into else o.id end \
                       where o.workspace_id = $1 and o.id = cast(j.value ->> 0 as bigint)";
            type Row = (i64, ContactId, Option<String>, Option<String>, Option<String>);
            let rows: Vec<Row> = run!(c, |x| {
                sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&ids).fetch_all(x)
            })?;
            let title = |(id, now, name, email, external): Row| {
                (id, title_of(now, [&name, &email, &external]))
            };
            names.people = rows.into_iter().map(title).collect();
        }
        for (subject, ids) in spenders {
            let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
            for ((id, name), known) in currencies(c, workspace, subject, &ids).await? {
                let whose = Owner::new(subject.word(), id).ok_or(Error::Internal)?;
                names.currencies.insert((whose, name), known);
            }
        }
        Ok(names)
    }
}
