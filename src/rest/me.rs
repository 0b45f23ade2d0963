//! `GET /api/me`: whose token this is.

use axum::Json;
use serde_json::{Value, json};

use super::{Caller, Refused};
use crate::error::Error;
use crate::id::TeammateId;
use crate::run;

/// The workspace, with its first admin: a token belongs to no one person.
pub async fn show(caller: Caller) -> Result<Json<Value>, Refused> {
    let sql = "select id, name, email from teammates \
               where workspace_id = $1 and role = 'admin' and removed_at = 0 order by created_at, id limit 1";
    let mut c = caller.app.db.read().await?;
    let found: Option<(TeammateId, String, String)> = run!(c, |x| {
        sqlx::query_as::<_, (TeammateId, String, String)>(sql)
            .bind(caller.workspace)
            .fetch_optional(x)
    })?;
    let (id, name, email) = found.ok_or(Error::NotFound)?;
    Ok(Json(json!({
        "type": "admin",
        "id": id.to_string(),
        "name": name,
        "email": email,
        "email_verified": null,
        "app": {
            "type": "app",
            "id_code": caller.app_id,
            "name": caller.name,
            "created_at": caller.created_at.0.div_euclid(1000),
            "timezone": caller.time_zone,
        },
        "avatar": { "type": "avatar", "image_url": null },
        "has_inbox_seat": true,
    })))
}
