//! Changing one conversation or several at once, and undoing it.

use super::{Change, Done, Moved, Snooze, Undo, reads, states, tagging};
use crate::error::Error;
use crate::id::{ConversationId, TagId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// The most conversations that one change takes.
const MOST: usize = 500;

/// Changes conversations, all of them or none. What undoes it is in the answer.
///
/// # Errors
/// [`Error::NotFound`] where one of them is not there; [`Error::Invalid`] for none, for more than 500, and for what
/// the change names.
pub async fn act(
    w: &mut Write<'_>,
    dates: &Dates,
    ids: &[ConversationId],
    change: &Change,
) -> Result<Done, Error> {
    let mut ids = ids.to_vec();
    // In one order everywhere, so that two who change the same ones never wait for each other.
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Error::invalid("conversations", "select conversations first"));
    }
    if ids.len() > MOST {
        return Err(Error::invalid("conversations", "select at most 500 conversations"));
    }
    let until = match change {
        Change::Snooze(snooze) => until(dates, snooze)?,
        _ => None,
    };
    let mut undo = Vec::new();
    for id in ids {
        let moved = match change {
            Change::Close => states::close(w, id).await?,
            Change::Open => states::reopen(w, id).await?,
            Change::Snooze(_) => states::snooze(w, id, until).await?,
            Change::Assign(teammate) => states::assign(w, id, *teammate).await?,
            Change::AssignTeam(team) => states::assign_team(w, id, *team).await?,
            Change::Priority(priority) => states::set_priority(w, id, *priority).await?,
            Change::Tag(name) => {
                undo.extend(tagging::tag(w, id, name).await?.map(|tag| Undo::Tagged(id, tag)));
                continue;
            }
            Change::Untag(tag) => {
                if tagging::untag(w, id, *tag).await? {
                    undo.push(Undo::Untagged(id, *tag));
                }
                continue;
            }
            Change::Read => {
                undo.push(Undo::Read(id, reads::mark_read(w, id).await?));
                continue;
            }
            Change::Unread => {
                undo.push(Undo::Read(id, reads::mark_unread(w, id).await?));
                continue;
            }
        };
        if moved.was != moved.now {
            undo.push(Undo::Stood(id, Box::new((moved.was, moved.now))));
        }
    }
    let said = said(dates, change, undo.len(), until);
    Ok(Done { said, undo })
}

/// The moment that a choice means; `None` until the person writes.
fn until(dates: &Dates, snooze: &Snooze) -> Result<Option<Time>, Error> {
    let refused = || Error::invalid("value", "choose a date and a time");
    match snooze {
        Snooze::LaterToday => Ok(Some(dates.now().plus(Snooze::LATER))),
        Snooze::Tomorrow => dates.morning(None).map(Some).ok_or_else(refused),
        Snooze::Monday => dates.morning(Some(1)).map(Some).ok_or_else(refused),
        Snooze::At(text) => dates.moment(text).map(Some).ok_or_else(refused),
        Snooze::Reply => Ok(None),
    }
}

fn said(dates: &Dates, change: &Change, n: usize, until: Option<Time>) -> String {
    if n == 0 {
        return "Nothing changed".into();
    }
    let what = match change {
        Change::Close => "closed".into(),
        Change::Open => "opened".into(),
        Change::Snooze(_) => match until {
            Some(until) => format!("snoozed until {}", dates.short(until)),
            None => "snoozed until they write".into(),
        },
        Change::Assign(teammate) if teammate.0 == 0 => "given to nobody".into(),
        Change::AssignTeam(team) if team.0 == 0 => "given to no team".into(),
        Change::Assign(_) | Change::AssignTeam(_) => "assigned".into(),
        Change::Priority(true) => "marked as priority".into(),
        Change::Priority(false) => "no longer a priority".into(),
        Change::Tag(_) => "tagged".into(),
        Change::Untag(_) => "no longer tagged".into(),
        Change::Read => "marked read".into(),
        Change::Unread => "marked unread".into(),
    };
    match n {
        1 => format!("Conversation {what}"),
        n => format!("{n} conversations {what}"),
    }
}

/// Undoes changes, as far as nobody has changed the same since.
///
/// # Errors
/// [`Error::Invalid`] for more than 500; [`Error::NotFound`] where a conversation is not there.
pub async fn undo(w: &mut Write<'_>, changes: &[Undo]) -> Result<(), Error> {
    if changes.len() > MOST {
        return Err(Error::invalid("changes", "undo at most 500 changes"));
    }
    for change in changes {
        match change {
            Undo::Stood(id, stood) => {
                let (was, now) = stood.as_ref().clone();
                states::put_back(w, *id, &Moved { was, now }).await?;
            }
            Undo::Tagged(id, tag) => {
                tagging::untag(w, *id, *tag).await?;
                forget(w, *tag).await?;
            }
            Undo::Untagged(id, tag) => {
                let name = tagging::name_of(&mut w.conn, w.workspace, *tag).await?;
                if let Some(name) = name {
                    tagging::tag(w, *id, &name).await?;
                }
            }
            Undo::Read(id, part) => {
                super::find(&mut w.conn, w.workspace, *id).await?.ok_or(Error::NotFound)?;
                reads::put(w, *id, *part).await?;
            }
        }
    }
    Ok(())
}

/// A tag that was made by what is undone, and that nothing has, goes too.
async fn forget(w: &mut Write<'_>, tag: TagId) -> Result<(), Error> {
    // Only a young one: an older tag may be kept for later on purpose.
    const YOUNG: i64 = 5 * 60 * 1000;
    let sql = "delete from tags where workspace_id = $1 and id = $2 and created_by = $3 and created_at > $4 \
               and not exists (select 1 from taggings g where g.workspace_id = $1 and g.tag_id = $2)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(tag)
            .bind(w.actor)
            .bind(w.now.plus(-YOUNG))
            .execute(c)
    })?;
    Ok(())
}
