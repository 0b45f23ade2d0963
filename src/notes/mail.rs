//! Telling teammates by mail that a note names them, when they have not looked at it for a while.

use std::sync::Weak;
use std::time::Duration;

use super::mentions;
use super::texts::Home;
use crate::alerts::{self, About};
use crate::conversations::beginning;
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Changed;
use crate::server::looks::Looks;
use crate::server::mail::{Letter, Mailer};
use crate::server::state::AppState;
use crate::time::Time;
use crate::ui::markdown;

/// How often is looked for mails that are due.
const LOOK: Duration = Duration::from_secs(10);
/// How long after a mail that was not taken it is tried again, in milliseconds: 15 minutes.
const AGAIN: i64 = 15 * 60 * 1000;
/// After which time it is news no more, in milliseconds: a day.
const OLD: i64 = 24 * 60 * 60 * 1000;
/// How many mails one look sends.
const STEP: i64 = 50;

#[derive(sqlx::FromRow)]
struct Due {
    workspace_id: WorkspaceId,
    /// The note; for one of a conversation, its part.
    note_id: NoteId,
    teammate_id: TeammateId,
    mail_at: Time,
    email: String,
    by_name: Option<String>,
    owner_kind: String,
    owner_id: i64,
    title: String,
    body: String,
}

/// Sends such mails for as long as the process runs.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::every(LOOK, app);
    while let Some(app) = looks.next().await {
        if let Err(error) = send_due(&app).await {
            tracing::error!(%error, "mail about notes");
        }
    }
}

/// Sends the mails that are due, each once, whichever process does it; answers how many. Without a mail server there are
/// none.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the next look goes on.
pub async fn send_due(app: &AppState) -> Result<usize, Error> {
    let Some(mail) = &app.mail else { return Ok(0) };
    let now = app.clock.now();
    let mut sent = 0;
    for due in due(app, now).await? {
        let mut c = app.db.read().await?;
        let about = alerts::alerts(&mut c, due.workspace_id, due.teammate_id).await?.about;
        drop(c);
        // Whoever takes it away is the one who sends it: in doubt no mail is better than two.
        if !put(app, &due, due.mail_at, Time(0)).await? || about == About::Nothing {
            continue;
        }
        match send(app, mail, &due).await {
            Ok(()) => sent += 1,
            Err(error) => {
                tracing::warn!(%error, "mail about a note was not taken");
                put(app, &due, Time(0), now.plus(AGAIN)).await?;
            }
        }
    }
    Ok(sent)
}

async fn send(app: &AppState, mail: &Mailer, due: &Due) -> Result<(), Error> {
    let (home, title) = (Home::new(&due.owner_kind, due.owner_id)?, due.title.clone());
    let subject = match (home, due.by_name.as_deref()) {
        (Home::Owner(owner), by) => mentions::told(by, owner, title),
        (Home::Conversation(_), Some(by)) => format!("{by} named you in a note about {title}"),
        (Home::Conversation(_), None) => format!("You are named in a note about {title}"),
    };
    let url = format!("{}{}", app.public_url, home.address(due.note_id));
    let first = format!("{subject}:");
    let paragraphs = [first.as_str(), &beginning(&markdown::words(&due.body))];
    mail.send(Letter::with_link(&due.email, &subject, &paragraphs, ("Open the note", &url))).await
}

const NOTES: &str = "select m.workspace_id, m.note_id, m.teammate_id, m.mail_at, t.email, b.name as by_name, n.owner_kind, n.owner_id, \
     coalesce(p.name, p.email, p.external_id, k.name, '') as title, n.body from note_mentions m \
     join teammates t on t.workspace_id = m.workspace_id and t.id = m.teammate_id and t.removed_at = 0 \
     join notes n on n.workspace_id = m.workspace_id and n.id = m.note_id and n.deleted_at = 0 \
     left join teammates b on b.workspace_id = m.workspace_id and b.id = m.by_id \
     left join contacts p on n.owner_kind = 'contact' and p.workspace_id = n.workspace_id and p.id = n.owner_id \
     left join companies k on n.owner_kind = 'company' and k.workspace_id = n.workspace_id and k.id = n.owner_id \
     where m.mail_at > 0 and m.mail_at <= $1 and m.created_at > $2 and m.seen_at = 0 and m.times > 0 \
     order by m.mail_at limit $3";
/// Who had the note on the screen since has looked as well: its change is no part that waits to be read.
const PARTS: &str = "select m.workspace_id, m.part_id as note_id, m.teammate_id, m.mail_at, t.email, b.name as by_name, \
     'conversation' as owner_kind, m.conversation_id as owner_id, \
     coalesce(p.name, p.email, p.external_id, 'Visitor ' || cast(p.id as text)) as title, n.body from mentions m \
     join teammates t on t.workspace_id = m.workspace_id and t.id = m.teammate_id and t.removed_at = 0 \
     join parts n on n.workspace_id = m.workspace_id and n.conversation_id = m.conversation_id and n.id = m.part_id and n.deleted_at = 0 \
     join conversations v on v.workspace_id = m.workspace_id and v.id = m.conversation_id \
     join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
     left join teammates b on b.workspace_id = m.workspace_id and b.id = m.by_id \
     left join note_looks l on l.workspace_id = m.workspace_id and l.note_id = m.part_id and l.teammate_id = m.teammate_id \
     where m.mail_at > 0 and m.mail_at <= $1 and m.created_at > $2 and m.seen_at = 0 and coalesce(l.at, 0) < m.created_at \
     order by m.mail_at limit $3";

async fn due(app: &AppState, now: Time) -> Result<Vec<Due>, Error> {
    let mut all = Vec::new();
    let mut c = app.db.read().await?;
    for sql in [NOTES, PARTS] {
        let rows: Vec<Due> = run!(c, |x| {
            sqlx::query_as::<_, Due>(sql).bind(now).bind(now.plus(-OLD)).bind(STEP).fetch_all(x)
        })?;
        all.extend(rows);
    }
    Ok(all)
}

/// Sets when a mail is due, if that was another moment and they have not looked meanwhile; false where it was not.
async fn put(app: &AppState, due: &Due, was: Time, at: Time) -> Result<bool, Error> {
    let sql = match Home::new(&due.owner_kind, due.owner_id)? {
        Home::Owner(_) => {
            "update note_mentions set mail_at = $5 where workspace_id = $1 and note_id = $2 and teammate_id = $3 \
             and mail_at = $4 and seen_at = 0"
        }
        Home::Conversation(_) => {
            "update mentions set mail_at = $5 where workspace_id = $1 and part_id = $2 and teammate_id = $3 \
             and mail_at = $4 and seen_at = 0"
        }
    };
    let mut c = app.db.begin().await?;
    let done: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(due.workspace_id)
            .bind(due.note_id)
            .bind(due.teammate_id)
            .bind(was)
            .bind(at)
            .execute(x)
    })?;
    c.commit().await?;
    Ok(done == Changed(1))
}
