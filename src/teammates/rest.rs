//! `/api/admins` and `/api/me`: who works here, for owners of people and authors of notes.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::rest::{self, Caller, Refused};
use crate::run;
use crate::server::db::Conn;
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The routes of teammates.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/me", get(me)).route("/admins", get(list)).route("/admins/{id}", get(show))
}

/// A teammate as the API shows them.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Admin {
    id: TeammateId,
    name: String,
    email: String,
    role: String,
}

impl Admin {
    fn to_json(&self) -> Value {
        json!({
            "type": "admin",
            "id": self.id.to_string(),
            "name": self.name,
            "email": self.email,
            "avatar": null,
            "has_inbox_seat": true,
            "team_ids": [],
        })
    }
}

/// Those who work here, the first first.
async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Admin>, Error> {
    let sql = "select id, name, email, role from teammates where workspace_id = $1 and removed_at = 0 order by created_at, id";
    run!(c, |x| sqlx::query_as::<_, Admin>(sql).bind(workspace).fetch_all(x))
}

async fn list(caller: Caller) -> Answer {
    let mut c = caller.app.db.read().await?;
    let admins: Vec<_> = all(&mut c, caller.workspace).await?.iter().map(Admin::to_json).collect();
    Ok(Json(json!({ "type": "admin.list", "admins": admins })))
}

async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TeammateId(rest::decimal_id(&id)?);
    let mut c = caller.app.db.read().await?;
    let found = all(&mut c, caller.workspace).await?.into_iter().find(|a| a.id == id);
    Ok(Json(found.ok_or(Error::NotFound)?.to_json()))
}

/// The workspace, with its first admin: a token belongs to no one person.
async fn me(caller: Caller) -> Answer {
    let mut c = caller.app.db.read().await?;
    let all = all(&mut c, caller.workspace).await?;
    let first = all.iter().find(|a| a.role == "admin").ok_or(Error::NotFound)?;
    let mut answer = first.to_json();
    answer["app"] = json!({
        "type": "app",
        "id_code": caller.app_id,
        "name": caller.name,
        "created_at": caller.created_at.seconds(),
        "timezone": caller.time_zone,
    });
    Ok(Json(answer))
}
