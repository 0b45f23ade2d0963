//! What a teammate is shown of their jobs.

use super::ended::End;
use super::store::{Cursor, Row, cursor, find};
use super::{Input, Job, State, What};
use crate::companies;
use crate::error::Error;
use crate::id::{JobId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// How long a finished job waits for its owner to see how it ended, in milliseconds: an hour.
const UNSEEN: i64 = 60 * 60_000;
/// How long it is shown after it ended where something can still be done about it: five minutes.
const SHOWN: i64 = 5 * 60_000;
/// How many are shown at most.
const MOST: usize = 5;

/// A teammate's jobs that are open, or have ended and are not out of their sight, newest first. How one ended that is `watched`
/// they have seen elsewhere only: it is in their sight until they close it, and so is what took it back.
pub async fn recent(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
    watched: &[JobId],
    now: Time,
) -> Result<Vec<Job>, Error> {
    let sql = "select id, state, input, cursor, done, total, message, created_by, updated_at \
               from jobs where workspace_id = $1 and created_by = $2 and (state in ('waiting', 'running') or updated_at > $3) \
               order by id desc limit 20";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(teammate)
            .bind(now.plus(-UNSEEN))
            .fetch_all(x)
    })?;
    let (mut jobs, mut taken_back) = (Vec::new(), Vec::new());
    for row in rows {
        let input: Input = serde_json::from_str(&row.input).map_err(|_| Error::Internal)?;
        let state = State::from_word(&row.state).ok_or(Error::Internal)?;
        let cursor = cursor(&row.cursor);
        let undone = match &input {
            // It is said of what it takes back.
            Input::Undo { job } => find(c, workspace, *job).await?.map(|found| found.input),
            _ => None,
        };
        // What takes something back is newer, so that it was seen before; where it stopped, it is offered again.
        if let Input::Undo { job } = &input
            && !matches!(state, State::Failed | State::Cancelled)
        {
            taken_back.push(*job);
        }
        let can_undo = !state.is_open()
            && cursor.changed > 0
            && input.can_be_undone()
            && !taken_back.contains(&row.id);
        let matters = can_undo || state == State::Failed;
        let undoes = matches!(&input, Input::Undo { job } if watched.contains(job));
        let is_watched = (undoes || watched.contains(&row.id)) && cursor.end == End::Seen;
        if !state.is_open() && !is_watched && !is_shown(&cursor, matters, row.updated_at, now) {
            continue;
        }
        jobs.push(Job {
            id: row.id,
            title: title(c, workspace, &input).await?,
            state,
            done: row.done,
            total: row.total,
            changed: cursor.changed,
            rejected: cursor.rejected,
            upload: match &input {
                Input::Import { upload, .. } => Some(upload.clone()),
                _ => None,
            },
            what: what(undone.as_ref().unwrap_or(&input)),
            ends: match &input {
                Input::EndCompany { company, .. } => Some(*company),
                _ => None,
            },
            about: match &input {
                Input::Message { company, .. } => vec![*company],
                Input::EndCompany { company, into } => {
                    [Some(*company), *into].into_iter().flatten().collect()
                }
                _ => Vec::new(),
            },
            message: row.message,
            began_at: Some(Time(cursor.began)).filter(|at| at.0 > 0),
            can_undo,
            created_by: row.created_by,
            updated_at: row.updated_at,
        });
    }
    jobs.truncate(MOST);
    Ok(jobs)
}

/// Whether a job that has ended is still shown: until its owner has seen it; where they may still undo it, or it failed, for a
/// while after that; never once they closed it.
fn is_shown(cursor: &Cursor, matters: bool, ended: Time, now: Time) -> bool {
    match cursor.end {
        End::Unseen => true,
        End::Seen => matters && ended > now.plus(-SHOWN),
        End::Closed => false,
    }
}

const fn what(input: &Input) -> What {
    match input {
        Input::TagCompanies { .. } => What::Companies,
        Input::Message { .. } => What::Messages,
        Input::Import { .. } => What::Rows,
        Input::MergeCompanies { .. } | Input::DeleteCompany { .. } | Input::BringHistory { .. } => {
            What::Entries
        }
        Input::EndCompany { .. } => What::Company,
        _ => What::People,
    }
}

async fn title(c: &mut Conn, workspace: WorkspaceId, input: &Input) -> Result<String, Error> {
    Ok(match input {
        Input::Tag { tag, add, .. } | Input::TagCompanies { tag, add, .. } => {
            let sql = "select name from tags where workspace_id = $1 and id = $2";
            let name: Option<(String,)> = run!(c, |x| {
                sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(tag).fetch_optional(x)
            })?;
            let name = name.map_or_else(|| "a tag".to_owned(), |(n,)| format!("“{n}”"));
            if *add { format!("Adding {name}") } else { format!("Removing {name}") }
        }
        Input::Message { company, .. } => match companies::find(c, workspace, *company).await? {
            Some(company) => format!("Writing to people of {}", company.title()),
            None => "Writing to people".into(),
        },
        Input::MergeCompanies { into, .. } => match companies::find(c, workspace, *into).await? {
            Some(into) => format!("Merging into {}", into.title()),
            None => "Merging companies".into(),
        },
        Input::DeleteCompany { .. } => "Deleting a company".into(),
        Input::EndCompany { company, into } => {
            let goes = companies::find(c, workspace, *company).await?;
            // Once it is merged its number names the one that stays.
            let goes = goes.filter(|goes| goes.id == *company);
            let goes = goes.map_or_else(|| "a company".to_owned(), |goes| goes.title());
            match into {
                None => format!("Deleting {goes}"),
                Some(into) => match companies::find(c, workspace, *into).await? {
                    Some(into) => format!("Merging {goes} into {}", into.title()),
                    None => format!("Merging {goes}"),
                },
            }
        }
        Input::BringHistory { history, .. } => {
            match companies::find(c, workspace, history.company).await? {
                Some(company) => format!("Bringing history into {}", company.title()),
                None => "Bringing history into a company".into(),
            }
        }
        Input::Undo { .. } => "Undoing".into(),
        Input::Import { .. } => "Importing a file".into(),
        Input::Demo { .. } => "Making up customers".into(),
        Input::Words | Input::NoteWords => "Preparing the search".into(),
        Input::ForgetNote { .. } | Input::ForgetDeleted { .. } => {
            "Forgetting a deleted note".into()
        }
        Input::DeletedNotes => "Looking for deleted notes".into(),
    })
}
