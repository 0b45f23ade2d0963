//! Small drawings of the last 90 days.

/// How many days a drawing shows.
pub const DAYS: i64 = 90;

/// The path of a drawing 90 wide and 16 high: a bar for each day on which something happened, the busiest 16 high.
/// `days` are pairs of a day, 0 the oldest and 89 today, and how often.
pub fn spark(days: &[(i64, i64)]) -> String {
    let most = days.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1) as f64;
    let bar =
        |(x, n): &(i64, i64)| format!("M{x} 16v-{:.1}", (*n as f64 / most * 15.0 + 1.0).min(16.0));
    days.iter().filter(|(x, _)| (0..DAYS).contains(x)).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn the_busiest_day_is_the_highest_bar_and_days_out_of_sight_are_left_out() {
        assert_eq!(spark(&[(0, 1), (89, 4), (95, 9), (-1, 2)]), "M0 16v-2.7M89 16v-7.7");
        assert_eq!(spark(&[(3, 5)]), "M3 16v-16.0");
        assert_eq!(spark(&[]), "");
    }
}
