//! What holds for all deliveries of a workspace at one moment: its time zone, its office hours, its limits.

use super::limits::Limits;
use super::store::Row;
use super::{When, Zone};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::messenger::{Hours, Office, Settings, office};
use crate::run;
use crate::server::db::{Conn, Write};
use crate::time::Time;

/// The terms of a workspace.
#[derive(Debug, Clone)]
pub struct Terms {
    zone: String,
    office: Vec<Hours>,
    /// Its limits.
    pub limits: Limits,
}

impl Terms {
    /// As they are now.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn of(c: &mut Conn, workspace: WorkspaceId) -> Result<Self, Error> {
        let sql = "select w.time_zone, m.value, o.value from workspaces w \
                   left join workspace_settings m on m.workspace_id = w.id and m.name = 'messenger' \
                   left join workspace_settings o on o.workspace_id = w.id and o.name = 'outbound' where w.id = $1";
        type Row = (String, Option<String>, Option<String>);
        let (zone, messenger, limits): Row =
            run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_one(x))?;
        let messenger: Settings =
            messenger.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(Self { zone, office: messenger.office_hours, limits: Limits::read(limits.as_deref()) })
    }

    /// The same, and where anything is limited by what others send, nobody else in the workspace sends until the transaction
    /// ends. Call it before a delivery is taken: who held one could hold up the one it waits for.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn hold(w: &mut Write<'_>) -> Result<Self, Error> {
        let terms = Self::of(&mut w.conn, w.workspace).await?;
        if terms.limits.any() {
            w.sending().await?;
        }
        Ok(terms)
    }

    /// When a message may next reach somebody whose time zone is the first of these that is one, or else the workspace's; `None` for now.
    pub fn opens<'a>(
        &self,
        message: &Row,
        mut zones: impl Iterator<Item = &'a str>,
        now: Time,
    ) -> Option<Time> {
        let when = message.when();
        let hours = match &when {
            When::Always => return None,
            When::Office => &self.office,
            When::Hours(hours) => hours,
        };
        let theirs = match message.zone() {
            Zone::Person => zones.find(|zone| jiff::tz::TimeZone::get(zone).is_ok()),
            Zone::Workspace => None,
        };
        match office(hours, theirs.unwrap_or(&self.zone), now) {
            Office::Open => None,
            Office::Closed(until) => Some(until),
        }
    }
}
