//! What pages are measured against: a bare handler that runs a profile's queries and answers the same bytes.
//!
//! `bare DATABASE_URL ADDR SESSION CONTACT FILE`: the bytes are those of FILE, a page saved before.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use rapport::attributes::Subject;
use rapport::id::ContactId;
use rapport::owner::Owner;
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::Db;
use rapport::server::state::AppState;
use rapport::stream::{self, Asked, Place};
use rapport::teammates;
use rapport::{contacts, conversations, notes, outbound, segments};

struct Bare {
    app: AppState,
    session: String,
    contact: ContactId,
    page: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, addr, session, contact, file] = arguments.as_slice() else {
        return Err("bare DATABASE_URL ADDR SESSION CONTACT FILE".into());
    };
    let app = AppState::new(Db::open(url).await?, Clock::System, false);
    let bare = Bare {
        app,
        session: session.clone(),
        contact: contact.parse()?,
        page: std::fs::read_to_string(file)?,
    };
    let router = Router::new().fallback(get(answer)).with_state(Arc::new(bare));
    let listener = tokio::net::TcpListener::bind(addr).await?;
    let listener = listener.tap_io(|stream| {
        stream.set_nodelay(true).ok();
    });
    axum::serve(listener, router).await?;
    Ok(())
}

async fn answer(State(bare): State<Arc<Bare>>) -> Response {
    match queries(&bare).await {
        Some(()) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bare.page.clone())
            .into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What a profile's page asks the database: the session, the person, the first 50 entries of the stream, notes and who saw
/// them, segments, conversations, messages, and what they want to hear of.
async fn queries(bare: &Bare) -> Option<()> {
    let viewer = teammates::viewer_of(&bare.app, &bare.session).await.ok()??;
    let dates = Dates::new(&viewer.time_zone, bare.app.clock.now());
    let mut c = bare.app.db.read().await.ok()?;
    contacts::profile(&mut c, &dates, viewer.workspace, viewer.id, bare.contact).await.ok()??;
    let owner = Owner::Contact(bare.contact).existing(&mut c, viewer.workspace).await.ok()??;
    let asked =
        Asked { owner, facet: None, event: None, person: None, place: Place::Newest, limit: 50 };
    stream::page(&mut c, &dates, viewer.workspace, &asked).await.ok()?;
    notes::of_owner(&mut c, &dates, viewer.workspace, owner, viewer.id).await.ok()?;
    notes::looks::of_owner(&mut c, &dates, viewer.workspace, owner, viewer.id).await.ok()?;
    let (of, number) = (Subject::Contact, bare.contact.0);
    segments::standings(&bare.app, &mut c, viewer.workspace, of, number).await.ok()?;
    conversations::of_contact(&mut c, &dates, viewer.workspace, bare.contact).await.ok()?;
    outbound::standings(&bare.app, &mut c, &dates, viewer.workspace, owner).await.ok()?;
    outbound::types::of_person(&mut c, &dates, viewer.workspace, bare.contact).await.ok()?;
    Some(())
}
