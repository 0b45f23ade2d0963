//! The people that a group of calls names, looked up once.

use std::collections::{HashMap, HashSet};

use super::{Body, Call};
use crate::contacts::{self, IdentityKind};
use crate::error::Error;
use crate::id::ContactId;
use crate::run;
use crate::server::db::Write;

/// Who is called what, for one group of calls: `None` is nobody yet.
#[derive(Default)]
pub struct People<'a> {
    found: HashMap<(IdentityKind, &'a str), Option<ContactId>>,
}

impl<'a> People<'a> {
    /// Looks up everyone whom the calls name.
    pub async fn known(w: &mut Write<'_>, calls: &'a [Call]) -> Result<Self, Error> {
        let mut wanted = HashSet::new();
        for call in calls {
            let user = call.user_id.as_deref().map(|id| (IdentityKind::ExternalId, id));
            let anonymous = call.anonymous_id.as_deref().map(|id| (IdentityKind::AnonymousId, id));
            wanted.extend(user.into_iter().chain(anonymous));
            if let Body::Alias { previous_id } = &call.body {
                wanted.insert((IdentityKind::AnonymousId, previous_id));
            }
        }
        let pairs: Vec<_> = wanted.iter().map(|(kind, value)| (kind.word(), value)).collect();
        let pairs = serde_json::to_string(&pairs).map_err(|_| Error::Internal)?;
        // A cross join, because SQLite keeps its order: the few that are asked for lead, not the whole index.
        let sql = "select i.kind, i.value, i.contact_id from json_each($2) j cross join contact_identities i \
                   where i.workspace_id = $1 and i.kind = j.value ->> 0 and i.value = j.value ->> 1";
        type Row = (String, String, ContactId);
        let rows: Vec<Row> = run!(w.conn, |c| sqlx::query_as::<_, Row>(sql)
            .bind(w.workspace)
            .bind(&pairs)
            .fetch_all(c))?;
        let ids: HashMap<_, _> =
            rows.into_iter().map(|(kind, value, id)| ((kind, value), id)).collect();
        let id_of = |(kind, value): (IdentityKind, &'a str)| {
            let id = ids.get(&(kind.word().to_owned(), value.to_owned())).copied();
            ((kind, value), id)
        };
        Ok(Self { found: wanted.into_iter().map(id_of).collect() })
    }

    /// The person who is called this, if anyone is.
    pub fn find(&self, kind: IdentityKind, value: &'a str) -> Option<ContactId> {
        self.found.get(&(kind, value)).copied().flatten()
    }

    /// The person who is called this, made when nobody is.
    pub async fn find_or_create(
        &mut self,
        w: &mut Write<'_>,
        kind: IdentityKind,
        value: &'a str,
    ) -> Result<ContactId, Error> {
        if let Some(Some(id)) = self.found.get(&(kind, value)) {
            return Ok(*id);
        }
        let id = contacts::find_or_create(w, kind, value).await?;
        self.set(kind, value, id);
        Ok(id)
    }

    /// Remembers who is called this.
    pub fn set(&mut self, kind: IdentityKind, value: &'a str, contact: ContactId) {
        self.found.insert((kind, value), Some(contact));
    }

    /// Lets whoever was one person be another.
    pub fn redirect(&mut self, from: ContactId, to: ContactId) {
        self.found.values_mut().filter(|id| **id == Some(from)).for_each(|id| *id = Some(to));
    }
}
