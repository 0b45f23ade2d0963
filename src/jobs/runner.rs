//! Working on jobs: a step is one transaction that does a part and says how far it is.

use std::sync::Weak;
use std::time::Duration;

use super::store::{Claimed, advance, claim, find, next_due, prepare};
use super::{Ids, Input, State};
use crate::attachments;
use crate::companies;
use crate::contacts;
use crate::conversations;
use crate::demo;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, JobId, TagId};
use crate::import::{self, Import, Progress, Running, Upload};
use crate::notes;
use crate::server::db::Write;
use crate::server::looks::Looks;
use crate::server::state::AppState;
use crate::stream;
use crate::tags::{self, Many};

/// How many people one step takes.
const STEP: i64 = 500;
/// How many notes one step takes: each has many words, or is long.
const NOTES: i64 = 50;
/// How many people one step writes to: each takes several rows, and others write in between.
const WRITTEN: usize = 200;
/// How often to look for jobs that another process left behind.
const LOOK: Duration = Duration::from_secs(15);

/// Works on jobs until the process stops: at once when one is added here, and every now and then.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::rung(|app| app.jobs_added.clone(), LOOK, app);
    for look in 0_u64.. {
        let Some(app) = looks.next().await else { return };
        if look == 0
            && let Err(error) = prepare(&app).await
        {
            tracing::error!(%error, "jobs");
        }
        if let Err(error) = run_due(&app).await {
            tracing::error!(%error, "jobs");
        }
        import::sweep(&app);
        if let Err(error) = companies::sweep(&app).await {
            tracing::error!(%error, "health of companies");
        }
        if let Err(error) = attachments::sweep(&app).await {
            tracing::error!(%error, "files");
        }
        looks.soon(until_next(&app).await);
    }
}

/// How long until a job begins, at most until the next look.
async fn until_next(app: &AppState) -> Duration {
    match next_due(app).await {
        Ok(Some(at)) => {
            let wait = (at.0 - app.clock.now().0).max(0) + 1;
            LOOK.min(Duration::from_millis(wait.unsigned_abs()))
        }
        Ok(None) | Err(_) => LOOK,
    }
}

/// Works on every job that is due, one after the other, to its end.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the job is taken up again after its lease.
pub async fn run_due(app: &AppState) -> Result<(), Error> {
    while let Some(mut job) = claim(app).await? {
        loop {
            if *app.stopping.borrow() {
                return Ok(());
            }
            if let Input::Import { .. } = job.input {
                import(app, &mut job).await?;
                break;
            }
            if let Input::Demo { plan } = job.input {
                make_up(app, &mut job, plan).await?;
                break;
            }
            let mut w = Write::begin(app, job.workspace, job.created_by).await?;
            let state = match step(&mut w, &mut job).await {
                Ok(state) => state,
                Err(Error::Internal) => return Err(Error::Internal),
                Err(error) => {
                    drop(w);
                    let mut w = Write::begin(app, job.workspace, job.created_by).await?;
                    advance(&mut w, &job, State::Failed, &error.sentence()).await?;
                    w.commit().await?;
                    break;
                }
            };
            // A job that was cancelled meanwhile keeps nothing of this step.
            if !advance(&mut w, &job, state, "").await? {
                break;
            }
            w.commit().await?;
            if state == State::Done {
                break;
            }
        }
    }
    Ok(())
}

/// Imports a file in groups that each know which rows were there already, and says after each how far it is.
async fn import(app: &AppState, job: &mut Claimed) -> Result<(), Error> {
    let Input::Import { upload, map, event, asked } = job.input.clone() else { return Ok(()) };
    let upload = match Upload::find(app, job.workspace, job.created_by, &upload) {
        Ok(upload) => upload,
        Err(error) => return tell(app, job, State::Failed, &error.sentence()).await.map(|_| ()),
    };
    let import = Import {
        kind: upload.kind(),
        file: upload.file(app),
        asked,
        map,
        event,
        rejects: upload.rejects(app),
    };
    if !import.file.exists() {
        let message = "The file is not there any more: upload it again.";
        return tell(app, job, State::Failed, message).await.map(|_| ());
    }
    job.cursor.began = app.clock.now().0;
    let outcome = 'run: {
        // All of the file is read to know it by its content.
        let open = import.clone();
        let opened = tokio::task::spawn_blocking(move || Running::open(&open)).await;
        let mut running = match opened.map_err(|_| Error::Internal)? {
            Ok(running) => running,
            Err(message) => break 'run Err(message),
        };
        loop {
            match running.step(app, job.workspace).await {
                Ok(true) => {}
                Ok(false) => break 'run Ok(true),
                Err(message) => break 'run Err(message),
            }
            note(job, running.progress());
            // A teammate stopped it, or the process stops: then another run goes on after the lease.
            if !tell(app, job, State::Running, "").await? {
                break 'run Ok(false);
            }
            if *app.stopping.borrow() {
                return Ok(());
            }
        }
    };
    match outcome {
        Ok(true) => {
            job.done = job.total;
            tell(app, job, State::Done, "").await?;
            upload.finish(app);
        }
        // The file stays for a day, so that its import can go on.
        Ok(false) => {}
        Err(message) => {
            let place = format!("{}: ", import.file.display());
            let message = message.strip_prefix(&place).unwrap_or(&message);
            tell(app, job, State::Failed, message).await?;
        }
    }
    Ok(())
}

/// Makes customers up in steps that know how far they are.
async fn make_up(app: &AppState, job: &mut Claimed, plan: demo::Plan) -> Result<(), Error> {
    let mut made = demo::begin(app, job.workspace, job.created_by, plan).await?;
    loop {
        let more = match demo::step(app, job.workspace, &mut made).await {
            Ok(more) => more,
            Err(Error::Internal) => return Err(Error::Internal),
            Err(error) => {
                return tell(app, job, State::Failed, &error.sentence()).await.map(|_| ());
            }
        };
        job.cursor.changed = made.next;
        (job.done, job.total) = (made.next, made.plan.people);
        let state = if more { State::Running } else { State::Done };
        if !tell(app, job, state, "").await? || !more || *app.stopping.borrow() {
            return Ok(());
        }
    }
}

fn note(job: &mut Claimed, progress: Progress) {
    job.done = progress.bytes as i64;
    job.cursor.changed = progress.written as i64;
    job.cursor.rejected = progress.rejected as i64;
}

async fn tell(app: &AppState, job: &Claimed, state: State, message: &str) -> Result<bool, Error> {
    let mut w = Write::begin(app, job.workspace, job.created_by).await?;
    let goes_on = advance(&mut w, job, state, message).await?;
    w.commit().await?;
    Ok(goes_on)
}

async fn step(w: &mut Write<'_>, job: &mut Claimed) -> Result<State, Error> {
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

async fn tag_many(
    w: &mut Write<'_>,
    many: Many<'_>,
    tag: TagId,
    add: bool,
    job: JobId,
) -> Result<usize, Error> {
    if add {
        tags::add_many(w, many, tag, job).await
    } else {
        tags::remove_many(w, many, tag, job).await
    }
}

/// The part of a list that a step takes.
struct Part {
    ids: Vec<i64>,
    at: usize,
    all: usize,
}

impl Part {
    /// The part that follows what is done; the first one remembers where the log was.
    async fn next(w: &mut Write<'_>, job: &mut Claimed, ids: &Ids) -> Result<Self, Error> {
        if job.cursor.next == 0 {
            job.cursor.from_seq = stream::last_seq(&mut w.conn, w.workspace).await?;
        }
        Self::of(job, ids, STEP as usize)
    }

    /// The part of at most so many that follows what is done.
    fn of(job: &Claimed, ids: &Ids, most: usize) -> Result<Self, Error> {
        let at = usize::try_from(job.cursor.next).unwrap_or(usize::MAX);
        let (ids, all) = ids.part(at, most)?;
        Ok(Self { at: at.min(all), ids, all })
    }

    /// Notes that the part is done.
    fn end(self, job: &mut Claimed) -> State {
        let end = self.at + self.ids.len();
        job.cursor.next = end as i64;
        job.done = end as i64;
        if end == self.all { State::Done } else { State::Running }
    }

    async fn tag(
        self,
        w: &mut Write<'_>,
        job: &mut Claimed,
        many: Many<'_>,
        tag: TagId,
        add: bool,
    ) -> Result<State, Error> {
        let changed = tag_many(w, many, tag, add, job.id).await?;
        job.cursor.changed += changed as i64;
        Ok(self.end(job))
    }
}
