//! How many conversations lists have.

use std::collections::HashMap;

use super::begin::{Begin, Shape};
use super::list::Asked;
use super::{Filter, Order, Scope, State};
use crate::error::Error;
use crate::id::{SegmentId, TeammateId, WorkspaceId};
use crate::server::db::{Conn, Statement};

/// Up to how many are counted.
pub const COUNTED: i64 = 1_000;
/// How many conversations are looked through at a time for those whose people are in segments.
const STEP: i64 = 20_000;

/// How many conversations each list has, up to 1,000, which stands for that many and more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn counts(
    c: &mut Conn,
    workspace: WorkspaceId,
    viewer: TeammateId,
    filters: &[Filter],
) -> Result<Vec<i64>, Error> {
    let mut s = Statement::default();
    s.planned_anew();
    let mut of_segments: HashMap<State, Vec<(usize, SegmentId)>> = HashMap::new();
    let mut first = true;
    for (n, filter) in filters.iter().enumerate() {
        let asked = Asked { workspace, viewer, filter };
        let shape = Shape::choose(c, asked).await?;
        if let Some(segment) = whole(filter, &shape) {
            of_segments.entry(filter.state).or_default().push((n, segment));
            continue;
        }
        s.push(if first { "select " } else { " union all select " });
        first = false;
        s.number(n as i64).push(" as n, (select count(*) from (select 1 as one ");
        shape.push(&mut s, asked, None);
        if filter.order == Order::Waiting {
            s.push(" and v.waiting_since > 0");
        }
        s.push(" limit ").number(COUNTED).push(") l) as found");
    }
    let mut found = vec![0; filters.len()];
    if !first {
        for (n, count) in s.fetch_all::<(i64, i64)>(c).await? {
            found[n as usize] = count;
        }
    }
    for (state, wanted) in of_segments {
        let ids: Vec<_> = wanted.iter().map(|(_, id)| *id).collect();
        let counted = in_segments(c, workspace, state, &ids).await?;
        for (n, id) in wanted {
            found[n] = counted.get(&id.0).copied().unwrap_or_default().min(COUNTED);
        }
    }
    Ok(found)
}

/// The segment of which a list has every conversation in a state, where it has too many people to begin with them.
fn whole(filter: &Filter, shape: &Shape) -> Option<SegmentId> {
    match filter.scope {
        Scope::Segment(id)
            if shape.begin == Begin::Order
                && filter.find.is_empty()
                && filter.order != Order::Waiting =>
        {
            Some(id)
        }
        _ => None,
    }
}

/// How many conversations in a state are with people of each of these segments, up to 1,000 or somewhat more.
///
/// All segments are counted in one pass: a pass for each of thirty takes six seconds on PostgreSQL where their people,
/// of a million, have hardly written. The newest come first, and who has enough is not counted further.
async fn in_segments(
    c: &mut Conn,
    workspace: WorkspaceId,
    state: State,
    segments: &[SegmentId],
) -> Result<HashMap<i64, i64>, Error> {
    let mut found = HashMap::new();
    let mut before = (i64::MAX, i64::MAX);
    loop {
        let short = |id: &i64| found.get(id).is_none_or(|n| *n < COUNTED);
        let wanted: Vec<i64> = segments.iter().map(|id| id.0).filter(short).collect();
        if wanted.is_empty() {
            return Ok(found);
        }
        let last = last_of_step(c, workspace, state, before).await?;
        let mut s = Statement::new(
            "select m.segment_id, count(*) from conversations v cross join segment_members m where ",
        );
        s.planned_anew();
        older_than(&mut s, workspace, state, before);
        if let Some((at, id)) = last {
            s.push(" and (v.updated_at, v.id) >= (").number(at).push(", ").number(id).push(")");
        }
        s.push(" and m.workspace_id = ").number(workspace.0);
        s.push(" and m.subject_id = v.contact_id and m.segment_id in (");
        for (n, id) in wanted.into_iter().enumerate() {
            s.push(if n == 0 { "" } else { ", " }).number(id);
        }
        s.push(") group by m.segment_id");
        for (segment, count) in s.fetch_all::<(i64, i64)>(c).await? {
            *found.entry(segment).or_default() += count;
        }
        match last {
            Some(last) => before = last,
            None => return Ok(found),
        }
    }
}

/// The last conversation of the next step, unless that step ends with the last there is.
async fn last_of_step(
    c: &mut Conn,
    workspace: WorkspaceId,
    state: State,
    before: (i64, i64),
) -> Result<Option<(i64, i64)>, Error> {
    let mut s = Statement::new("select v.updated_at, v.id from conversations v where ");
    older_than(&mut s, workspace, state, before);
    s.push(" order by v.updated_at desc, v.id desc limit 1 offset ").number(STEP - 1);
    Ok(s.fetch_all::<(i64, i64)>(c).await?.pop())
}

fn older_than(s: &mut Statement, workspace: WorkspaceId, state: State, (at, id): (i64, i64)) {
    s.push("v.workspace_id = ").number(workspace.0).push(" and v.state = ").text(state.word());
    s.push(" and (v.updated_at, v.id) < (").number(at).push(", ").number(id).push(")");
}
