//! `/api/outbound`: messages that go out by themselves, made, read and moved along by the customer's own programs.

mod draft;

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::draft::{as_sent, blank, drafted, kept, still};
use super::{
    Asked, Brief, Detail, Receiver, Sought, State, When, Which, attach_file, delete, detail, find,
    list, pause, people, reader, resume, save, start, stop, take_away,
};
use crate::attachments::Attachment;
use crate::contacts::public_id;
use crate::error::Error;
use crate::id::{AttachmentId, ContactId, MessageId};
use crate::rest::{self, Caller, Refused, Sent};
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::time::Time;

type Answer = Result<Json<Value>, Refused>;

/// Moments are sent as seconds, so that a zone is needed only to write and read them as a form does.
const ZONE: &str = "UTC";

/// The routes of outbound messages.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/outbound", get(all).post(create))
        .route("/outbound/{message}", get(show).put(update).delete(remove))
        .route("/outbound/{message}/people", get(behind))
        .route("/outbound/{message}/files", post(attach))
        .route("/outbound/{message}/files/{file}", axum::routing::delete(detach))
        .route("/outbound/{message}/{change}", post(change))
}

fn id_of(text: &str) -> Result<MessageId, Error> {
    rest::decimal_id(text).map(MessageId)
}

fn dates(caller: &Caller) -> Dates {
    Dates::new(ZONE, caller.app.clock.now())
}

fn shape(brief: &Brief) -> Value {
    json!({
        "type": "outbound.message",
        "id": brief.id.to_string(),
        "name": brief.name,
        "state": brief.state.word(),
        "channel": brief.channel.word(),
        "audience_sentence": brief.audience,
        "counts": brief.counts,
    })
}

fn file_shape(file: &Attachment) -> Value {
    json!({
        "id": file.id.to_string(),
        "name": file.name,
        "size": file.size,
        "url": format!("/api/attachments/{}", file.id),
    })
}

fn seconds(dates: &Dates, text: &str) -> Value {
    dates.moment(text).filter(|at| at.0 > 0).map(Time::seconds).into()
}

fn whole(dates: &Dates, found: &Detail) -> Value {
    let mut out = shape(&found.brief);
    let named = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
    let people = found.people.split(',').filter_map(|id| id.parse().ok());
    let people: Vec<_> = people.map(|id| public_id(ContactId(id))).collect();
    let hours = match &found.when {
        When::Hours(hours) => json!(hours),
        other => other.word().into(),
    };
    let more = json!({
        "subject": found.subject,
        "body": found.body,
        "audience": found.whom.word(),
        "rule": serde_json::from_str::<Value>(&found.rule).unwrap_or_default(),
        "contacts": people,
        "company_id": found.company.as_ref().map(|(id, _)| id.to_string()),
        "opt_in_tag": named(&found.switches.opt_in),
        "opt_out_tag": named(&found.switches.opt_out),
        "exit_tag": named(&found.switches.exit),
        "starts_at": seconds(dates, &found.starts),
        "stops_at": seconds(dates, &found.stops),
        "hours": hours,
        "zone": found.zone.word(),
        "per_company": found.per_company,
        "subscription_type_id": Some(found.about).filter(|id| id.0 > 0).map(|id| id.to_string()),
        "files": found.files.iter().map(file_shape).collect::<Vec<_>>(),
        "measured": found.brief.measured,
        "event": found.again.as_ref().map(|again| &again.event),
        "every_hours": found.again.as_ref().map(|again| again.hours),
        "most": found.again.as_ref().map(|again| again.most).filter(|most| *most > 0),
        "goal": found.goal.as_ref().map(|goal| json!({
            "rule": serde_json::from_str::<Value>(&goal.rule).unwrap_or_default(),
            "days": goal.days,
        })),
        "goal_sentence": named(&found.brief.goal),
        "reach": found.reach.map(|(count, _)| count),
        "fault": named(&found.fault),
        "version": found.version,
    });
    if let (Value::Object(out), Value::Object(more)) = (&mut out, more) {
        out.extend(more);
    }
    out
}

async fn read(caller: &Caller, c: &mut Conn, id: MessageId) -> Result<Detail, Error> {
    let mail = caller.app.mail.is_some();
    detail(c, &dates(caller), caller.workspace, id, mail).await?.ok_or(Error::NotFound)
}

async fn answer(caller: &Caller, id: MessageId) -> Answer {
    let mut c = reader(&caller.app.db, caller.workspace, id).await?;
    let found = read(caller, &mut c, id).await?;
    Ok(Json(whole(&dates(caller), &found)))
}

async fn all(caller: Caller) -> Answer {
    let mut c = caller.app.db.read().await?;
    let found = list(&mut c, &dates(&caller), caller.workspace, &Sought::default()).await?;
    let messages: Vec<_> = found.all.iter().map(shape).collect();
    Ok(Json(json!({ "type": "list", "data": messages })))
}

async fn show(caller: Caller, Path(message): Path<String>) -> Answer {
    answer(&caller, id_of(&message)?).await
}

/// Makes a draft. It goes out in the name of the teammate in `admin_id`.
async fn create(caller: Caller, Sent(sent): Sent) -> Answer {
    let author = caller.teammate(&sent, "admin_id").await?;
    let author = author
        .ok_or_else(|| Error::invalid("admin_id", "send the id of who it is to come from"))?;
    let draft = drafted(&dates(&caller), &sent, blank())?;
    let mut w = caller.write_as(author).await?;
    let id = save(&mut w, None, &draft, ZONE).await.map_err(as_sent)?;
    w.commit().await?;
    answer(&caller, id).await
}

/// Changes what is sent and leaves the rest. With a `version`, only if nobody else changed it meanwhile.
async fn update(caller: Caller, Path(message): Path<String>, Sent(sent): Sent) -> Answer {
    let id = id_of(&message)?;
    let found = {
        let mut c = reader(&caller.app.db, caller.workspace, id).await?;
        read(&caller, &mut c, id).await?
    };
    let version = match sent.get("version") {
        None | Some(Value::Null) => found.version,
        Some(sent) => sent
            .as_i64()
            .ok_or_else(|| Error::invalid("version", "send the number that was answered"))?,
    };
    if found.brief.state != State::Draft {
        still(&sent, &found.switches.opt_out)?;
    }
    let draft = drafted(&dates(&caller), &sent, kept(found)?)?;
    let mut w = caller.write().await?;
    save(&mut w, Some((id, version)), &draft, ZONE).await.map_err(as_sent)?;
    w.commit().await?;
    answer(&caller, id).await
}

async fn remove(caller: Caller, Path(message): Path<String>) -> Result<StatusCode, Refused> {
    let mut w = caller.write().await?;
    delete(&mut w, id_of(&message)?).await?;
    w.commit().await?;
    Ok(StatusCode::OK)
}

/// `start`, with `confirm` where the rule holds for everybody; `pause`, `resume` and `stop`.
async fn change(
    caller: Caller,
    Path((message, change)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> Answer {
    let id = id_of(&message)?;
    let sent = if body.is_empty() { Map::new() } else { rest::read(&body)? };
    let confirm = rest::text(&sent, "confirm", 20)?.unwrap_or_default();
    let mut w = caller.write().await?;
    match change.as_str() {
        "start" => start(&mut w, id, &confirm).await.map_err(as_sent)?,
        "pause" => pause(&mut w, id).await?,
        "resume" => resume(&mut w, id).await?,
        "stop" => stop(&mut w, id).await?,
        _ => return Err(Error::NotFound.into()),
    }
    w.commit().await?;
    answer(&caller, id).await
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

/// Takes in a file of a draft: its bytes are the body, its name is in the address.
async fn attach(
    caller: Caller,
    Path(message): Path<String>,
    Query(named): Query<Named>,
    body: axum::body::Body,
) -> Answer {
    let id = id_of(&message)?;
    let author = {
        let mut c = caller.app.db.read().await?;
        find(&mut c, caller.workspace, id).await?.ok_or(Error::NotFound)?.author_id
    };
    let name = named.name.filter(|name| !name.contains('\0'));
    let name = name.ok_or_else(|| Error::invalid("name", "send the name of the file"))?;
    let bytes = body.into_data_stream();
    let file = attach_file(&caller.app, caller.workspace, author, id, &name, bytes).await?;
    Ok(Json(file_shape(&file)))
}

/// Takes a file away from a draft.
async fn detach(
    caller: Caller,
    Path((message, file)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let file = rest::decimal_id(&file).map(AttachmentId)?;
    let mut w = caller.write().await?;
    take_away(&mut w, id_of(&message)?, file).await?;
    w.commit().await?;
    Ok(StatusCode::OK)
}

#[derive(Deserialize)]
struct Behind {
    which: Option<String>,
    after: Option<String>,
}

/// Some of the people whom a number counts: `?which=sent`; `next` is what to send as `after` for those that follow.
async fn behind(caller: Caller, Path(message): Path<String>, Query(sent): Query<Behind>) -> Answer {
    let id = id_of(&message)?;
    let which = sent.which.as_deref().and_then(Which::from_word);
    let which = which.ok_or_else(|| Error::invalid("which", "name one of the counts"))?;
    let after = sent.after.map_or(Ok(0), |after| after.parse());
    let after = after.map_err(|_| Error::invalid("after", "send what was answered as next"))?;
    let asked = Asked { which, after, day: "" };
    let mut c = caller.app.db.read().await?;
    let found = people(&mut c, &dates(&caller), caller.workspace, id, &asked).await?;
    let one = |r: &Receiver| {
        json!({
            "contact_id": public_id(r.id),
            "at": r.at.at.seconds(),
            "times": r.times,
            "run": r.run,
            "company_id": r.company.as_ref().map(|(id, _)| id.to_string()),
            "conversation_id": r.conversation.map(|id| id.to_string()),
            "reason": Some(&r.reason).filter(|reason| !reason.is_empty()),
        })
    };
    let rows: Vec<_> = found.rows.iter().map(one).collect();
    Ok(Json(json!({ "type": "list", "data": rows, "next": found.next.map(|n| n.to_string()) })))
}
