//! The proof that workspaces are apart: every page, every server function and every other route is asked by nobody, by
//! an agent and by an admin of another workspace, with the numbers of what is in the first. What is new and in no table
//! here fails a test.

mod dump;
mod first;
mod functions;
mod pages;
mod routes;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::id::WorkspaceId;
use rapport::server::db::Write;
use rapport::teammates::{self, Role, sign_in, viewer_of};

use crate::support::{TestApp, new_workspace};

/// Stands in everything that the first workspace has, and in nothing else.
const MARK: &str = "zqxmark";

/// Two teammates of another workspace, and its token for the REST API.
struct Outsiders {
    admin: String,
    agent: String,
    api_token: String,
    write_key: String,
}

async fn outsiders(app: &TestApp) -> Outsiders {
    let now = app.state.clock.now();
    let made = rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), now);
    let keys = made.await.unwrap();
    let admin = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
    let eve = viewer_of(&app.state, &admin).await.unwrap().unwrap();
    let mut w = Write::begin(&app.state, eve.workspace, eve.id).await.unwrap();
    let link = teammates::invite(&mut w, "mallory@example.com", Role::Agent).await.unwrap();
    w.commit().await.unwrap();
    teammates::join(&app.state, &link, "Mallory", "correct horse battery").await.unwrap();
    let agent = sign_in(&app.state, "mallory@example.com", "correct horse battery").await.unwrap();
    Outsiders { admin, agent, api_token: keys.api_token, write_key: keys.write_key }
}

async fn first_workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces order by id limit 1").await)
}

/// Asks a server function: arguments in the address for what reads, in the body for what writes.
async fn ask(
    app: &TestApp,
    token: Option<&str>,
    origin: Option<&str>,
    function: &functions::Function,
    arguments: &str,
) -> (StatusCode, String) {
    let reads = function.method == "GET";
    let path = format!("/do/{}", function.name);
    let uri = if reads { format!("{path}?{arguments}") } else { path };
    let mut request = Request::builder()
        .method(function.method)
        .uri(uri)
        .header(header::HOST, "rapport.example")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    if let Some(token) = token {
        request = request.header(header::COOKIE, format!("rapport_session={token}"));
    }
    let body = if reads { Body::empty() } else { Body::from(arguments.to_owned()) };
    let (status, body) = app.send(request.body(body).unwrap()).await;
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// What stands in one list and not in the other, worded for who added a route.
fn same(there: &BTreeSet<String>, known: &BTreeSet<String>, table: &str) {
    let new: Vec<_> = there.difference(known).collect();
    let gone: Vec<_> = known.difference(there).collect();
    assert!(new.is_empty(), "say in {table} what an outsider gets of {new:?}");
    assert!(gone.is_empty(), "{table} speaks of what is no longer there: {gone:?}");
}
