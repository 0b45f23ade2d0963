//! How a product's data arrives: the `identify` and `track` calls of the Segment tracking
//! specification (<https://segment.com/docs/connections/spec/>).

mod call;
mod rest;

pub use call::{Body, Call, parse};
pub use rest::router;

use crate::contacts::{self, IdentityKind};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::state::AppState;

/// Writes one call and answers when it is durable. A `messageId` seen before changes nothing:
/// answers whether the call was new.
pub async fn accept(app: &AppState, workspace: WorkspaceId, call: &Call) -> Result<bool, Error> {
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    if let Some(message_id) = &call.message_id {
        let sql = "insert into message_ids (workspace_id, message_id) values ($1, $2) \
                   on conflict (workspace_id, message_id) do nothing";
        let fresh: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(message_id).execute(c))?;
        if fresh.0 == 0 {
            return Ok(false);
        }
    }
    let (kind, value) = match (&call.user_id, &call.anonymous_id) {
        (Some(id), _) => (IdentityKind::ExternalId, id),
        (None, Some(id)) => (IdentityKind::AnonymousId, id),
        (None, None) => return Err(Error::invalid("userId", "send userId or anonymousId")),
    };
    let contact = contacts::find_or_create(&mut w, kind, value).await?;
    match &call.body {
        Body::Identify { traits } => contacts::identify(&mut w, contact, traits, call.at).await?,
        Body::Track { event, properties } => {
            contacts::track(&mut w, contact, event, properties, call.at).await?;
        }
    }
    w.commit().await?;
    Ok(true)
}
