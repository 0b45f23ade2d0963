//! When a webhook is told again, and when it is given up.

use super::round::Round;
use super::send::Answer;
use super::work::Hook;
use crate::id::WebhookId;
use crate::time::{DAY, Time};

/// The wait after the first failure, which doubles, and the longest, in milliseconds.
const FIRST: i64 = 10_000;
const LONGEST: i64 = 60 * 60 * 1000;
/// For how long one thing is tried, and after how long without a single success a webhook is paused.
const TRIED: i64 = DAY;
const PATIENCE: i64 = 3 * DAY;

/// Where each of a round stands after its try, and why the webhook is paused from then on ('' for not); moves the webhook along.
/// `tried`: when they were sent; `now`: when the answers were there.
pub(super) fn stand(
    hook: &mut Hook,
    round: &mut Round,
    answers: &[Answer],
    tried: Time,
    now: Time,
) -> (Vec<&'static str>, &'static str) {
    let taken = answers.iter().any(Answer::is_taken);
    if taken {
        hook.failing_since = Time(0);
    }
    let (mut paused, mut rests, mut states) = ("", Time(0), Vec::new());
    for (about, answer) in round.all.iter().zip(answers) {
        states.push(if answer.is_taken() {
            "sent"
        } else if about.asked {
            "failed"
        } else {
            if !taken && hook.failing_since.0 == 0 {
                hook.failing_since = now;
            }
            let wait = wait(hook.id, about.seq, about.before + 1).max(answer.after.unwrap_or(0));
            rests = rests.max(now.plus(wait));
            if answer.status == 410 {
                paused = "gone";
            }
            if now.0 - about.begun(tried).0 >= TRIED {
                "failed"
            } else {
                round.waits.insert(about.seq);
                "waiting"
            }
        });
    }
    if round.all.iter().any(|about| about.asked) {
        return (states, "");
    }
    if paused.is_empty() && hook.failing_since.0 > 0 && now.0 - hook.failing_since.0 >= PATIENCE {
        paused = "failing";
    }
    hook.due_at = rests;
    hook.cursor = round.waits.first().map_or(round.end, |seq| seq - 1);
    (states, paused)
}

/// How long to wait after so many failures, in milliseconds: a fifth more or less, so that many that failed together do not come back
/// together.
fn wait(webhook: WebhookId, seq: i64, attempts: i64) -> i64 {
    let whole = FIRST.saturating_mul(1 << (attempts - 1).clamp(0, 20)).min(LONGEST);
    let spread = (webhook.0 % 1_009 * 7_919 + seq % 1_013 * 104_729 + attempts * 31) % 401;
    whole * (800 + spread) / 1_000
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, WebhookId, wait};

    #[test]
    fn waits_double_up_to_an_hour_and_are_spread() {
        let hook = WebhookId(7);
        let all: Vec<_> = (1..=12).map(|attempts| wait(hook, 1, attempts)).collect();
        assert!((8_000..=12_000).contains(&all[0]), "{all:?}");
        assert!(all.windows(2).take(7).all(|pair| pair[1] > pair[0]), "{all:?}");
        assert!(all.iter().all(|wait| *wait <= LONGEST * 6 / 5), "{all:?}");
        let spread: std::collections::BTreeSet<_> = (0..50).map(|seq| wait(hook, seq, 3)).collect();
        assert!(spread.len() > 20);
    }
}
