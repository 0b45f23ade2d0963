//! A step of each kind of job, but for those that take their steps in transactions of their own.

use super::part::{Part, STEP, tag_many};
use crate::companies;
use crate::contacts;
use crate::conversations;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::jobs::store::{Claimed, find};
use crate::jobs::{Input, State};
use crate::notes;
use crate::server::db::Write;
use crate::tags::{self, Many};

/// How many notes one step takes: each has many words, or is long.
const NOTES: i64 = 50;
/// How many people one step writes to: each takes several rows, and others write in between.
const WRITTEN: usize = 200;

/// Does the next part of a job, in the transaction that says how far it is.
pub(super) async fn step(w: &mut Write<'_>, job: &mut Claimed) -> Result<State, Error> {
    match job.input.clone() {
        Input::Tag { tag, add, people } => {
            let part = Part::next(w, job, &people).await?;
            let people: Vec<_> = part.ids.iter().copied().map(ContactId).collect();
            part.tag(w, job, Many::People(&people), tag, add).await
        }
        Input::TagCompanies { tag, add, companies } => {
            let part = Part::next(w, job, &companies).await?;
            let companies: Vec<_> = part.ids.iter().copied().map(CompanyId).collect();
            part.tag(w, job, Many::Companies(&companies), tag, add).await
        }
        Input::Message { message, people, .. } => {
            let part = Part::of(job, &people, WRITTEN)?;
            let people: Vec<_> = part.ids.iter().copied().map(ContactId).collect();
            let (made, left_out) = companies::message::step(w, message, &people).await?;
            job.cursor.changed += made as i64;
            job.cursor.rejected += left_out as i64;
            let state = part.end(job);
            if state == State::Done {
                companies::message::forget(w, message).await?;
            }
            Ok(state)
        }
        Input::MergeCompanies { from, .. } => {
            let moved = companies::end::move_stream(w, from).await?;
            Ok(entries_moved(job, moved))
        }
        Input::DeleteCompany { company } => {
            let dropped = companies::end::drop_stream(w, company).await?;
            Ok(entries_moved(job, dropped))
        }
        Input::EndCompany { company, into } => {
            companies::end::finish(w, company, into).await?;
            job.done = job.total;
            Ok(State::Done)
        }
        Input::ForgetNote { conversation, part } => {
            conversations::forget_note(w, conversation, part).await?;
            job.done = job.total;
            Ok(State::Done)
        }
        Input::ForgetDeleted { note } => {
            notes::forget_deleted(w, note).await?;
            job.done = job.total;
            Ok(State::Done)
        }
        Input::BringHistory { history, from } => {
            let before = job.cursor.place.unwrap_or(from);
            let Some((place, count)) = companies::bring_history(w, &history, before).await? else {
                return Ok(State::Done);
            };
            job.cursor.place = Some(place);
            Ok(entries_moved(job, count))
        }
        Input::Undo { job: undone } => {
            let before = find(&mut w.conn, w.workspace, undone).await?.ok_or(Error::NotFound)?;
            let (tag, add) = match before.input {
                Input::Tag { tag, add, .. } | Input::TagCompanies { tag, add, .. } => (tag, add),
                _ => return Err(Error::NotFound),
            };
            let from = job.cursor.next.max(before.cursor.from_seq);
            let asked = tags::Done { job: undone, tag, add, after: from };
            let (people, companies, next) = tags::done_by(w, &asked, STEP).await?;
            for many in [Many::People(&people), Many::Companies(&companies)] {
                let changed = tag_many(w, many, tag, !add, job.id).await?;
                job.cursor.changed += changed as i64;
            }
            job.done += (people.len() + companies.len()) as i64;
            let done = next.is_none() || job.done >= before.cursor.changed;
            job.cursor.next = next.unwrap_or(from);
            Ok(if done { State::Done } else { State::Running })
        }
        Input::Import { .. } | Input::Demo { .. } => Err(Error::Internal),
        Input::Words | Input::NoteWords | Input::DeletedNotes => {
            let (n, next) = match job.input {
                Input::NoteWords => notes::write_words(w, job.cursor.next, NOTES).await?,
                Input::DeletedNotes => notes::forget_later(w, job.cursor.next, NOTES).await?,
                _ => contacts::write_words(w, job.cursor.next, STEP).await?,
            };
            job.done += n;
            job.total = job.total.max(job.done);
            job.cursor.next = next.unwrap_or(job.cursor.next);
            Ok(if next.is_none() { State::Done } else { State::Running })
        }
    }
}

/// Notes how many entries a step took; it goes on until one finds none.
fn entries_moved(job: &mut Claimed, count: i64) -> State {
    job.done += count;
    job.total = job.total.max(job.done);
    if count == 0 { State::Done } else { State::Running }
}
