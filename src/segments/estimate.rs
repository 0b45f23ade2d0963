//! How many a rule holds for, about, from one in a hundred: the first answer while a rule is edited.

use super::compile::Scope;
use super::known::known_for;
use super::predicate::Predicate;
use super::resolve::resolve;
use super::rule::Rule;
use super::sentence::sentence;
use super::sets;
use super::shown::Estimate;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{SegmentId, WorkspaceId};
use crate::server::db::Conn;
use crate::time::Time;

/// Of fewer than so many the exact number comes as fast.
pub(super) const FEWEST: i64 = 20_000;

/// About how many a rule holds for; `None` where the exact number comes as fast, and for a rule that makes no sense.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn estimate(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    id: Option<SegmentId>,
    text: &str,
    now: Time,
) -> Result<Option<Estimate>, Error> {
    let total = sets::all_of(c, workspace, subject).await?;
    if total < FEWEST {
        return Ok(None);
    }
    let Ok(predicate) = Predicate::parse(text) else { return Ok(None) };
    let known = known_for(c, workspace, &predicate).await?;
    let Ok(rule) = resolve(&known, subject, id, &predicate) else { return Ok(None) };
    let scope = Scope::sampled(subject, now);
    let asked = sets::everybody(c, workspace, scope).await?;
    let holds = sets::find(c, workspace, scope, &rule).await?;
    let (count, error) = extended(total, asked.len() as i64, holds.len() as i64);
    Ok(Some(Estimate { sentence: sentence(&known, subject, &rule), count, error }))
}

/// Whether somebody in the sample is left out by a rule; of few people there is none, which says nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn leaves_out(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    rule: &Rule,
    now: Time,
) -> Result<bool, Error> {
    if sets::all_of(c, workspace, subject).await? < FEWEST {
        return Ok(false);
    }
    let scope = Scope::sampled(subject, now);
    let asked = sets::everybody(c, workspace, scope).await?;
    let holds = sets::find(c, workspace, scope, rule).await?;
    Ok(holds.len() < asked.len())
}

/// What the sample says of all: how many, and how far that may be off. The error is that of 95 % of samples, by Agresti
/// and Coull (The American Statistician 52, 1998), which is not nothing where the sample has nobody.
fn extended(total: i64, asked: i64, holds: i64) -> (i64, i64) {
    if asked == 0 {
        return (0, total);
    }
    let (total_f, n, k) = (total as f64, asked as f64, holds as f64);
    let share = (k + 2.0) / (n + 4.0);
    let error = 1.96 * total_f * (share * (1.0 - share) / (n + 4.0)).sqrt();
    (rounded(total_f * k / n, error), rounded(error, error))
}

/// Without the digits that an error makes meaningless: the first two of it are left.
fn rounded(value: f64, error: f64) -> i64 {
    let step = 10_f64.powf((error.max(1.0).log10().floor() - 1.0).max(0.0));
    ((value / step).round() * step) as i64
}

#[cfg(test)]
mod tests {
    use super::extended;

    #[test]
    fn an_estimate_says_how_far_it_may_be_off() {
        assert_eq!(extended(1_000_000, 10_000, 2_500), (250_000, 8_500));
        assert_eq!(extended(1_000_000, 10_000, 12), (1_200, 730));
        let (none, error) = extended(1_000_000, 10_000, 0);
        assert_eq!(none, 0);
        assert!((200..500).contains(&error), "nobody in the sample is not nobody: {error}");
        assert_eq!(extended(20_000, 0, 0), (0, 20_000));
    }
}
