//! Jobs that have ended before the viewer's eyes: they stay as long as the page does, and are not on the next one.

use std::cmp::Reverse;
use std::collections::HashSet;

use leptos::ev::visibilitychange;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::answers::Answer;
use crate::id::JobId;
use crate::jobs::api::{CloseJob, recent_jobs, see_jobs};
use crate::jobs::{Job, Place};
use crate::ui::focus;

/// What was seen on this page.
#[derive(Debug, Default)]
pub struct Seen {
    /// What went on when it was last looked.
    open: HashSet<JobId>,
    ended: Vec<Job>,
    closed: HashSet<JobId>,
    /// Those that somebody tried to stop or undo when they were over: they have a line wherever that was.
    tried: Vec<JobId>,
}

impl Seen {
    fn knows(&self, id: JobId) -> bool {
        self.ended.iter().any(|job| job.id == id)
    }

    /// Which of those that went on are no longer among these jobs: another page of the viewer's has shown how they ended.
    fn missed(&mut self, jobs: &[Job]) -> Vec<JobId> {
        let open = jobs.iter().filter(|job| job.state.is_open()).map(|job| job.id).collect();
        let before = std::mem::replace(&mut self.open, open);
        before.into_iter().filter(|id| jobs.iter().all(|job| job.id != *id)).collect()
    }

    /// What has a line: of these jobs those that belong to the place, and what ended here and is told of no more.
    pub fn lines(&self, jobs: Vec<Job>, place: Place) -> Vec<Job> {
        let there: HashSet<_> = jobs.iter().map(|job| job.id).collect();
        // What can be undone is told of for as long as that is so.
        let kept = self.ended.iter().filter(|job| !job.can_undo && !there.contains(&job.id));
        let mut lines: Vec<_> = jobs.into_iter().chain(kept.cloned()).collect();
        lines.retain(|job| job.is_shown_at(place) || self.tried.contains(&job.id));
        lines.retain(|job| !self.closed.contains(&job.id));
        lines.sort_by_key(|job| Reverse(job.id));
        lines
    }
}

/// Says of jobs that have ended that the viewer has seen it, as soon as the page is in sight; those that were `tried` have a
/// line in any case.
pub fn see(
    jobs: Answer<(i64, Vec<Job>)>,
    place: Place,
    tried: Vec<JobId>,
    close: ServerAction<CloseJob>,
) -> RwSignal<Seen> {
    let seen = RwSignal::new(Seen { tried, ..Seen::default() });
    let looks = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let next = move |_| _ = looks.try_update(|n| *n += 1);
        let heard = window_event_listener(visibilitychange, next);
        on_cleanup(move || heard.remove());
    });
    Effect::new(move |_| {
        let Some(Ok((_, all))) = jobs.get() else { return };
        let Some(missed) = seen.try_update_untracked(|seen| seen.missed(&all)) else { return };
        if missed.is_empty() {
            return;
        }
        spawn_local(async move {
            let Ok((_, mut now)) = recent_jobs(missed.clone()).await else { return };
            now.retain(|job| missed.contains(&job.id) && !job.state.is_open());
            seen.try_update(|seen| {
                now.retain(|job| !seen.knows(job.id));
                seen.ended.append(&mut now);
            });
        });
    });
    Effect::new(move |_| {
        looks.track();
        let Some(Ok((_, all))) = jobs.get() else { return };
        let new = |job: &Job| job.is_seen_at(place) && !seen.read_untracked().knows(job.id);
        let new: Vec<_> = all.into_iter().filter(new).collect();
        if new.is_empty() || !focus::is_seen() {
            return;
        }
        let ids = new.iter().map(|job| job.id).collect();
        seen.update(|seen| seen.ended.extend(new));
        spawn_local(async move {
            // Where it does not arrive, the next page shows them again.
            let _ = see_jobs(ids).await;
        });
    });
    Effect::new(move |_| {
        if let Some(CloseJob { job }) = close.input().get() {
            seen.update(|seen| _ = seen.closed.insert(job));
        }
    });
    seen
}

#[cfg(test)]
mod tests {
    use super::Seen;
    use crate::id::{JobId, TeammateId};
    use crate::jobs::{Job, Place, State, What};
    use crate::time::Time;

    fn job(id: i64, what: What, state: State) -> Job {
        Job {
            id: JobId(id),
            title: "Adding “vip”".into(),
            state,
            done: 2,
            total: 2,
            changed: 2,
            rejected: 0,
            what,
            upload: None,
            message: String::new(),
            can_undo: false,
            ends: None,
            about: Vec::new(),
            created_by: TeammateId(1),
            began_at: None,
            updated_at: Time(1),
        }
    }

    #[test]
    fn what_ended_here_stays_until_it_is_closed_and_where_it_belongs() {
        let ids = |lines: Vec<Job>| lines.into_iter().map(|job| job.id.0).collect::<Vec<_>>();
        let done = job(1, What::People, State::Done);
        let runs = job(2, What::Companies, State::Running);
        let mut seen = Seen { ended: vec![done.clone()], ..Seen::default() };
        assert_eq!(ids(seen.lines(vec![runs.clone(), done.clone()], Place::People)), [2, 1]);
        assert_eq!(ids(seen.lines(vec![runs.clone()], Place::People)), [2, 1]);
        assert_eq!(ids(seen.lines(vec![runs.clone()], Place::Companies)), [2]);
        seen.closed.insert(JobId(1));
        assert_eq!(ids(seen.lines(vec![runs, done], Place::People)), [2]);
        let undone = Seen {
            ended: vec![Job { can_undo: true, ..job(3, What::People, State::Done) }],
            ..Seen::default()
        };
        assert!(undone.lines(Vec::new(), Place::People).is_empty());
        let mut seen = Seen::default();
        let goes_on = job(5, What::Entries, State::Waiting);
        assert!(seen.missed(std::slice::from_ref(&goes_on)).is_empty());
        assert!(seen.missed(&[Job { state: State::Cancelled, ..goes_on.clone() }]).is_empty());
        assert!(seen.missed(&[goes_on]).is_empty());
        assert_eq!(seen.missed(&[]), [JobId(5)]);
        assert!(seen.missed(&[]).is_empty(), "asked once");
        let imported = job(4, What::Rows, State::Done);
        assert!(imported.is_seen_at(Place::Imports) && !imported.is_shown_at(Place::Imports));
        assert!(Seen::default().lines(vec![imported.clone()], Place::Imports).is_empty());
        let tried = Seen { tried: vec![JobId(4)], ..Seen::default() };
        assert_eq!(
            ids(tried.lines(vec![imported], Place::Imports)),
            [4],
            "it says why it was not stopped"
        );
    }
}
