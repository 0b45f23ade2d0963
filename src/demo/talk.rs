//! What is made up of the team's side: conversations, tags and notes.

use super::people::user_id;
use crate::contacts;
use crate::conversations::{self, PartKind};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::notes;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::state::AppState;
use crate::tags;

/// How many of the first people have something said with or of them.
pub const PEOPLE: i64 = 60;
const HOUR: i64 = 60 * 60 * 1000;
const MINUTE: i64 = 60 * 1000;

/// What happens with somebody: lines alternate, the customer's first.
struct Scene {
    lines: &'static [&'static str],
    closed: bool,
    tag: &'static str,
    note: &'static str,
}

const SCENES: [Scene; 8] = [
    Scene {
        lines: &[
            "Hello, the export of last week's orders stops at 10,000 rows. Is there a limit?",
            "Good morning. There is none in the product; I am looking at your export now.",
            "Thank you. It is **orders-week-46.csv**, if that helps.",
        ],
        closed: false,
        tag: "export",
        note: "Exports every Monday for their accountant. Broken exports hurt them *the same day*.",
    },
    Scene {
        lines: &[
            "Could we pay by invoice instead of by card?",
            "Yes, from the Team plan on. Shall I switch you over with the next renewal?",
            "Please do. The address is the same.",
            "Done: the next invoice comes by e-mail on the first.",
        ],
        closed: true,
        tag: "vip",
        note: "## Renewal\n\n- wants to pay by invoice\n- decides together with the owner\n- [x] address checked",
    },
    Scene {
        lines: &["Where do I change the language of the reports?"],
        closed: false,
        tag: "",
        note: "",
    },
    Scene {
        lines: &[
            "We are thinking about leaving, the filters are too slow for us.",
            "I am sorry to hear that. Which filter is it, and how many orders do you have?",
        ],
        closed: false,
        tag: "at risk",
        note: "Slow filters are the reason. Call before the renewal.",
    },
    Scene {
        lines: &["شكرا، يعمل الآن 👍", "Glad to hear it. Write again at any time."],
        closed: true,
        tag: "",
        note: "",
    },
    Scene { lines: &[], closed: false, tag: "beta", note: "" },
    Scene {
        lines: &["The invitation that I sent to a colleague never arrived 😕"],
        closed: false,
        tag: "",
        note: "Their mail server refuses links. A known thing: send invitations from *Settings, Team* again.",
    },
    Scene {
        lines: &[],
        closed: false,
        tag: "",
        note: "Met at the trade fair. Wants to see the *API* first.",
    },
];

/// Says, tags and notes what belongs to person number `n`, once.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn with(
    app: &AppState,
    workspace: WorkspaceId,
    actor: TeammateId,
    n: i64,
) -> Result<(), Error> {
    let Some(user) = user_id(n) else { return Ok(()) };
    let scene = &SCENES[n as usize % SCENES.len()];
    let mut w = Write::begin(app, workspace, actor).await?;
    let sql = "insert into message_ids (workspace_id, message_id) values ($1, $2) on conflict (workspace_id, message_id) do nothing";
    let mark = format!("demo:talk:{n}");
    let new: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&mark).execute(c))?;
    let Some(person) = contacts::find_by_external_id(&mut w.conn, w.workspace, &user).await? else {
        return Ok(());
    };
    if new.0 == 0 || person.blocked_at.0 > 0 {
        return Ok(());
    }
    let now = w.now;
    let begun = now.plus(-(n * 7 + 1) * HOUR);
    let mut conversation = None;
    for (line, text) in scene.lines.iter().enumerate() {
        w.now = begun.plus(line as i64 * 4 * MINUTE).min(now);
        let id = format!("demo-{n}-{line}");
        match conversation {
            Some(known) if line % 2 == 1 => {
                w.actor = actor;
                conversations::say(&mut w, known, PartKind::Message, text, &id).await?;
            }
            _ => {
                w.actor = TeammateId(0);
                let found =
                    conversations::receive(&mut w, person.id, conversation, text, &id).await?;
                conversation = Some(found);
            }
        }
    }
    w.actor = actor;
    if let Some(known) = conversation {
        if scene.lines.len() > 1 {
            conversations::assign(&mut w, known, actor).await?;
        }
        if scene.closed {
            conversations::close(&mut w, known).await?;
        }
    }
    w.now = begun.plus(30 * MINUTE).min(now);
    if !scene.tag.is_empty() {
        tags::add(&mut w, person.id, scene.tag).await?;
    }
    if !scene.note.is_empty() {
        notes::add(&mut w, notes::Owner::Contact(person.id), scene.note).await?;
    }
    w.commit().await?;
    Ok(())
}
