//! How many conversations each list has, counted once for each change, however many look.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::counts::counts;
use super::{Filter, Scope};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Db};

/// Up to how many counts are kept: some megabytes.
const MOST: usize = 20_000;
/// How many lists one statement counts.
const TOGETHER: usize = 200;

/// Whose lists are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// The viewer's workspace.
    pub workspace: WorkspaceId,
    /// The viewer.
    pub viewer: TeammateId,
}

type Key = (WorkspaceId, TeammateId, Filter);

/// Counts of lists, each true as long as its workspace's inbox has the version that it was counted for.
#[derive(Default)]
pub struct Counted {
    kept: Mutex<HashMap<Key, (i64, i64)>>,
    /// One counts at a time, so that the tabs which a change reaches together share what the first of them counted.
    counting: tokio::sync::Mutex<()>,
}

impl Counted {
    /// The counts of these lists, when all are known of this version.
    pub fn find(&self, version: i64, whose: Whose, filters: &[Filter]) -> Option<Vec<i64>> {
        let kept = self.lock();
        let one = |filter: &Filter| {
            let (of, count) = kept.get(&key(whose, filter))?;
            (*of == version).then_some(*count)
        };
        filters.iter().map(one).collect()
    }

    /// Counts these lists, those that nobody has counted meanwhile.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn count(
        &self,
        db: &Db,
        whose: Whose,
        filters: &[Filter],
    ) -> Result<Vec<i64>, Error> {
        let _one = self.counting.lock().await;
        let mut c = db.read().await?;
        // The version is read first: what changes while it is counted has a later one.
        let (_, version) = version(&mut c, whose.workspace).await?;
        let mut found: HashMap<Filter, i64> = HashMap::new();
        let mut unknown = Vec::new();
        for filter in filters {
            match self.find(version, whose, std::slice::from_ref(filter)).as_deref() {
                Some([count]) => _ = found.insert(filter.clone(), *count),
                _ => unknown.push(filter.clone()),
            }
        }
        for part in unknown.chunks(TOGETHER) {
            let counts = counts(&mut c, whose.workspace, whose.viewer, part).await?;
            self.keep(version, whose, part, &counts);
            found.extend(part.iter().cloned().zip(counts));
        }
        Ok(filters.iter().map(|f| found.get(f).copied().unwrap_or_default()).collect())
    }

    fn keep(&self, version: i64, whose: Whose, filters: &[Filter], counts: &[i64]) {
        let mut kept = self.lock();
        if kept.len() + filters.len() > MOST {
            kept.clear();
        }
        // What people are called changes without a version.
        let lasting = filters.iter().zip(counts).filter(|(filter, _)| filter.find.is_empty());
        kept.extend(lasting.map(|(filter, count)| (key(whose, filter), (version, *count))));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, (i64, i64)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Most lists are the same for everybody, so that they are counted for everybody.
fn key(whose: Whose, filter: &Filter) -> Key {
    let own = matches!(filter.scope, Scope::Mine | Scope::Mentions);
    let viewer = if own { whose.viewer } else { TeammateId(0) };
    (whose.workspace, viewer, filter.clone())
}

/// The number of the newest entry of a workspace, and how often lists of its inbox have changed.
pub async fn version(c: &mut Conn, workspace: WorkspaceId) -> Result<(i64, i64), Error> {
    let sql = "select n, inbox from workspace_seq where workspace_id = $1";
    let found: Option<(i64, i64)> =
        run!(c, |x| { sqlx::query_as::<_, (i64, i64)>(sql).bind(workspace).fetch_optional(x) })?;
    Ok(found.unwrap_or_default())
}
