//! Who calls: a workspace, by its token.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::{Refused, VERSION};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Write;
use crate::server::state::AppState;
use crate::teammates;
use crate::time::Time;
use crate::workspace::workspace_of_key;

/// The workspace whose token was sent, and what the routes work with.
#[derive(Clone)]
pub struct Caller {
    /// The process's state.
    pub app: Arc<AppState>,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The workspace's public name.
    pub app_id: String,
    /// The workspace's name.
    pub name: String,
    /// The zone in which its days begin.
    pub time_zone: String,
    /// When it was made.
    pub created_at: Time,
}

impl Caller {
    /// Begins a transaction in which the customer's product, and no teammate, is the one who acts.
    pub async fn write(&self) -> Result<Write<'_>, Error> {
        self.write_as(TeammateId(0)).await
    }

    /// Begins a transaction in which a teammate acts, or for 0 the customer's product.
    pub async fn write_as(&self, teammate: TeammateId) -> Result<Write<'_>, Error> {
        Write::begin(&self.app, self.workspace, teammate).await
    }

    /// The address under which the caller reached us, without a slash at its end.
    pub fn base(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
        format!("{}://{host}", if self.app.secure { "https" } else { "http" })
    }

    /// The teammate whom a field names; nothing where it is empty or not there.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one who does not work here.
    pub async fn teammate(
        &self,
        sent: &Map<String, Value>,
        field: &str,
    ) -> Result<Option<TeammateId>, Error> {
        let refused = || Error::invalid(field, "no teammate has this id");
        let id = super::text(sent, field, 20)?.filter(|id| !id.is_empty());
        let Some(id) = id else { return Ok(None) };
        let id = TeammateId(super::decimal_id(&id).map_err(|_| refused())?);
        let mut c = self.app.db.read().await?;
        let known = teammates::names(&mut c, self.workspace).await?;
        known.iter().any(|(known, _)| *known == id).then_some(Some(id)).ok_or_else(refused)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::Unauthorized.into())
    }
}

/// Around every route: the token, the workspace's limit, and the headers of each answer.
pub async fn check(State(app): State<Arc<AppState>>, mut request: Request, next: Next) -> Response {
    let version = request.headers().get("intercom-version").cloned();
    let version = version.unwrap_or_else(|| HeaderValue::from_static(VERSION));
    let mut response = match caller(&app, request.headers()).await {
        Err(error) => Refused::from(error).into_response(),
        Ok(caller) => {
            let left = app.api_limits.take(caller.workspace);
            let mut response = if left.allowed {
                request.extensions_mut().insert(caller);
                next.run(request).await
            } else {
                Refused::of(StatusCode::TOO_MANY_REQUESTS).into_response()
            };
            left.write(response.headers_mut(), app.clock.now());
            response
        }
    };
    response.headers_mut().insert("intercom-version", version);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn caller(app: &Arc<AppState>, headers: &HeaderMap) -> Result<Caller, Error> {
    let token = bearer(headers).ok_or(Error::Unauthorized)?;
    let workspace = workspace_of_key(app, "api_token", token).await?.ok_or(Error::Unauthorized)?;
    let sql = "select name, app_id, time_zone, created_at from workspaces where id = $1";
    let mut c = app.db.read().await?;
    let (name, app_id, time_zone, created_at): (String, String, String, Time) = run!(c, |x| {
        sqlx::query_as::<_, (String, String, String, Time)>(sql).bind(workspace).fetch_one(x)
    })?;
    Ok(Caller { app: app.clone(), workspace, app_id, name, time_zone, created_at })
}

/// The token; the scheme's name may be in any case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
