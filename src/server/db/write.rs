//! The one write path: state and the log of what happened commit together.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{moves_lists, topics_of};
use super::{Conn, Entry, activity};
use crate::attributes::Subject;
use crate::companies;
use crate::error::Error;
use crate::id::{ContactId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::segments;
use crate::server::state::AppState;
use crate::time::Time;

/// What makes another lock's number of a workspace's: no workspace has such a one.
const SENDING: i64 = 1 << 60;

/// A transaction in one workspace that gathers its log entries and writes them last.
pub struct Write<'a> {
    /// The connection, for store functions.
    pub conn: Conn,
    /// The process's state: where new ids come from and who is told.
    pub app: &'a AppState,
    /// The workspace that everything in it belongs to.
    pub workspace: WorkspaceId,
    /// Who does what is logged next; 0 is the customer's product or the person.
    pub actor: TeammateId,
    /// When it began.
    pub now: Time,
    entries: Vec<(TeammateId, Entry)>,
    touched: BTreeSet<Topic>,
    people: i64,
    companies: i64,
    jobs: bool,
    files: bool,
    outbound: bool,
    alone: bool,
    changed: BTreeMap<(Subject, i64), BTreeSet<String>>,
    rules: i64,
}

impl<'a> Write<'a> {
    /// Begins a transaction, and waits for its turn where another writes (SQLite). What is not committed has not happened.
    ///
    /// # Errors
    /// As [`Db::begin`](super::Db::begin).
    pub async fn begin(
        app: &'a AppState,
        workspace: WorkspaceId,
        actor: TeammateId,
    ) -> Result<Self, Error> {
        let conn = app.db.begin().await?;
        Ok(Self {
            conn,
            app,
            workspace,
            actor,
            now: app.clock.now(),
            entries: Vec::new(),
            touched: BTreeSet::new(),
            people: 0,
            companies: 0,
            jobs: false,
            files: false,
            outbound: false,
            alone: false,
            changed: BTreeMap::new(),
            rules: 0,
        })
    }

    /// Waits until nobody else in the workspace changes who is in which company, or counts what they do, and keeps
    /// the others waiting to the end of the transaction. Call it before the first row is written: who came to be held
    /// up with a row in hand could hold up the one it waits for.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn alone(&mut self) -> Result<(), Error> {
        if !std::mem::replace(&mut self.alone, true) {
            self.conn.alone(self.workspace.0).await?;
        }
        Ok(())
    }

    /// Waits until nobody else finds out who is in the workspace's segments, to the end of the transaction.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub(crate) async fn judging(&mut self) -> Result<(), Error> {
        self.conn.alone(-self.workspace.0).await
    }

    /// Waits until nobody else in the workspace decides what may go out, where that depends on what others send, to the end
    /// of the transaction. Call it before the first row is written.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub(crate) async fn sending(&mut self) -> Result<(), Error> {
        self.conn.alone(self.workspace.0 + SENDING).await
    }

    /// Notes that something of a person or a company changed, so that the segments that ask for it are looked at again.
    /// `word` says what, as [`Asks::word`](crate::segments::Asks::word) writes it; a `*` at its end is everything that
    /// begins so.
    pub(crate) fn changed(&mut self, subject: Subject, id: i64, word: impl Into<String>) {
        self.changed.entry((subject, id)).or_default().insert(word.into());
    }

    /// Notes that the rules of segments, or what they name, may mean something else from now on.
    pub(crate) fn rules_changed(&mut self) {
        self.rules += 1;
    }

    /// Adds a line to the log; it gets its number when the transaction commits.
    pub fn log(&mut self, entry: Entry) {
        for (subject, id, word) in segments::changes_of(&entry) {
            self.changed(subject, id, word);
        }
        self.entries.push((self.actor, entry));
    }

    /// Adds a line to the log of what somebody else did: one writes down what another typed.
    pub(crate) fn log_by(&mut self, by: TeammateId, entry: Entry) {
        let actor = std::mem::replace(&mut self.actor, by);
        self.log(entry);
        self.actor = actor;
    }

    /// Gives what was logged of one person to another, before it is written.
    pub(crate) fn redirect(&mut self, from: ContactId, to: ContactId) {
        for (_, entry) in self.entries.iter_mut().filter(|(_, e)| e.contact == from) {
            entry.contact = to;
        }
        self.touch(Topic::Contact(from));
    }

    /// Keeps count of the list of people: those who are neither archived nor merged.
    pub(crate) fn count_people(&mut self, more: i64) {
        self.people += more;
    }

    /// Keeps count of the list of companies: those that are neither archived nor merged.
    pub(crate) fn count_companies(&mut self, more: i64) {
        self.companies += more;
    }

    /// Wakes who works on jobs, after the commit.
    pub(crate) fn wake_jobs(&mut self) {
        self.jobs = true;
    }

    /// Wakes who sends messages, after the commit.
    pub(crate) fn wake_outbound(&mut self) {
        self.outbound = true;
    }

    /// Removes the bytes of files that were let go, after the commit.
    pub(crate) fn sweep_files(&mut self) {
        self.files = true;
    }

    /// Tells listeners of a topic after the commit, for what changes without a line in the log.
    pub fn touch(&mut self, topic: Topic) {
        self.touched.insert(topic);
    }

    /// Numbers the entries, writes them and their stream rows, commits, and then tells who listens.
    /// Answers the last number.
    /// The number's row is locked here, last, so that the lock lasts one commit.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails; then nothing was written, and nobody is told.
    pub async fn commit(mut self) -> Result<i64, Error> {
        let entries = std::mem::take(&mut self.entries);
        let count = entries.len() as i64;
        let said =
            entries.iter().flat_map(|(_, e)| topics_of(e.kind, e.contact, e.company, e.ref_id));
        let said: BTreeSet<Topic> = said.collect();
        let lists = said.iter().chain(&self.touched).any(moves_lists);
        let sql = "update workspace_seq set n = n + $1, people = people + $3, companies = companies + $4, \
                   segments = segments + $5, inbox = inbox + $6 where workspace_id = $2 returning n, segments";
        let (last, version): (i64, i64) = run!(self.conn, |c| {
            sqlx::query_as::<_, (i64, i64)>(sql)
                .bind(count)
                .bind(self.workspace)
                .bind(self.people)
                .bind(self.companies)
                .bind(self.rules)
                .bind(i64::from(lists))
                .fetch_one(c)
        })?;
        if count > 0 {
            activity::write(&mut self.conn, self.workspace, &entries, last - count + 1).await?;
        }
        let changed = std::mem::take(&mut self.changed);
        let checks = segments::note(&mut self, version, changed).await?;
        let looked_at = self.app.hub.companies(self.workspace);
        let around = self.around(&entries, &looked_at).await?;
        self.conn.commit().await?;
        let mut topics = std::mem::take(&mut self.touched);
        let lines = (count > 0).then_some((last - count + 1, last));
        self.app.hub.touch(self.workspace, &topics, self.app.clock.now());
        self.app.hub.nodes.committed(self.workspace, lines, &topics);
        topics.extend(said);
        topics.extend(around);
        if entries.iter().any(|(_, e)| e.contact.0 > 0) {
            // Who began to look at a company meanwhile may have found this neither here nor in the log.
            let later = self.app.hub.companies(self.workspace);
            topics.extend(later.difference(&looked_at).copied());
        }
        self.app.hub.publish(self.workspace, topics, last);
        if checks || self.rules > 0 {
            self.app.segments.wake.notify_one();
        }
        if self.jobs {
            self.app.jobs_added.notify_one();
        }
        if self.outbound {
            self.app.outbound.ring();
        }
        if self.files
            && let Err(error) = crate::attachments::sweep(self.app).await
        {
            // The rows are still there: the next sweep goes on.
            tracing::error!(%error, "files");
        }
        Ok(last)
    }

    /// The companies of those whom entries are about, whose pages show what they did; nothing where nobody looks at any.
    async fn around(
        &mut self,
        entries: &[(TeammateId, Entry)],
        looked_at: &BTreeSet<Topic>,
    ) -> Result<BTreeSet<Topic>, Error> {
        if looked_at.is_empty() {
            return Ok(BTreeSet::new());
        }
        let people = entries.iter().map(|(_, e)| e.contact).collect();
        let around = companies::around(&mut self.conn, self.workspace, &people).await?;
        Ok(around.into_iter().map(|(_, company)| Topic::Company(company)).collect())
    }
}
