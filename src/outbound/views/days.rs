//! What came of a message day by day: a drawing, and the same as a table whose numbers open their people.

use leptos::prelude::*;

use crate::id::MessageId;
use crate::outbound::{Channel, Day, Which};

/// How high the drawing is, in its own measure; a day is ten wide.
const HIGH: i64 = 60;

/// The last days of a message.
#[component]
pub fn DaysOf(
    id: MessageId,
    channel: Channel,
    /// Whether there is a goal to reach.
    goal: bool,
    days: Memo<Vec<Day>>,
    /// Where the days are those of.
    time_zone: String,
) -> impl IntoView {
    let which = Which::by_day(channel, goal);
    let most =
        move || days.read().iter().flat_map(|day| day.counts.iter().copied()).max().unwrap_or(0);
    let wide = move || format!("0 0 {} {HIGH}", days.read().len() as i64 * 10);
    let series = move |n: usize| {
        let bars = move || path(&days.read(), n, which.len(), most());
        view! { <path data-which=which[n].word() d=bars /> }
    };
    let key = |one: &Which| view! { <li data-which=one.word()>{one.said()}</li> };
    let edge = move |last: bool| {
        let days = days.read();
        let day = if last { days.last() } else { days.first() };
        day.map(|day| day.said.clone())
    };
    view! {
        <section class="message-days" aria-labelledby="days">
            <h2 id="days">"Day by day"</h2>
            <ul class="message-days-key" aria-hidden="true">
                {which.iter().map(key).collect_view()}
                <li class="quiet">{move || format!("Highest: {}", most())}</li>
            </ul>
            <svg class="message-days-chart" viewBox=wide preserveAspectRatio="none" aria-hidden="true">
                {(0..which.len()).map(series).collect_view()}
            </svg>
            <p class="message-days-edges" aria-hidden="true">
                <span>{move || edge(false)}</span>
                <span>{move || edge(true)}</span>
            </p>
            <details>
                <summary class="link-button">"As a table"</summary>
                <Table id which told=Which::told_by_day(channel) days />
            </details>
            <p class="hint">{format!("Each person counts on the day of their first time. Days are those of {time_zone}.")}</p>
        </section>
    }
    .into_any()
}

#[component]
fn Table(
    id: MessageId,
    which: &'static [Which],
    /// What stands in columns of its own only where there is any.
    told: &'static [Which],
    days: Memo<Vec<Day>>,
) -> impl IntoView {
    let any = move |n: usize| days.read().iter().any(|day| day.told.get(n).is_some_and(|n| *n > 0));
    let columns = Memo::new(move |_| (0..told.len()).filter(|n| any(*n)).collect::<Vec<_>>());
    let heading = |one: Which| view! { <th scope="col">{one.said()}</th> };
    let head = move || {
        let told = columns.get().into_iter().map(|n| told[n]);
        which.iter().copied().chain(told).map(heading).collect_view()
    };
    let row = move |day: Day| {
        let drawn = which.iter().copied().zip(day.counts.iter().copied());
        let told =
            columns.get().into_iter().map(|n| (told[n], day.told.get(n).copied().unwrap_or(0)));
        let cell = |(which, count): (Which, i64)| {
            let word = which.word();
            let href = format!("/outbound/{id}/{word}?day={}", day.date);
            let shown = match count {
                0 => "0".into_any(),
                n => view! { <a href=href>{n}</a> }.into_any(),
            };
            view! { <td data-which=word>{shown}</td> }
        };
        let cells = drawn.chain(told).map(cell).collect_view();
        view! {
            <tr data-day=day.date.clone()>
                <th scope="row">{day.said}</th>
                {cells}
            </tr>
        }
    };
    view! {
        <table class="message-days-table">
            <thead>
                <tr>
                    <th scope="col">"Day"</th>
                    {head}
                </tr>
            </thead>
            // The latest first.
            <tbody>{move || days.get().into_iter().rev().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The bars of one of so many numbers: side by side within each day, and none for nothing.
fn path(days: &[Day], series: usize, of: usize, most: i64) -> String {
    let wide = 8.4 / of.max(1) as f64;
    let bar = |(place, day): (usize, &Day)| {
        let n = day.counts.get(series).copied().unwrap_or(0);
        let high = (n as f64 / most.max(1) as f64 * (HIGH - 1) as f64 + 1.0).min(HIGH as f64);
        let x = place as f64 * 10.0 + 0.8 + series as f64 * wide;
        (n > 0).then(|| format!("M{x:.1} {HIGH}v-{high:.1}h{wide:.1}v{high:.1}z"))
    };
    days.iter().enumerate().filter_map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::{Day, path};

    #[test]
    fn bars_stand_side_by_side_and_the_highest_is_as_high_as_there_is_room() {
        let day = |counts: &[i64]| Day {
            date: String::new(),
            said: String::new(),
            counts: counts.to_vec(),
            told: Vec::new(),
        };
        let days = [day(&[4, 2, 0]), day(&[0, 1, 1])];
        assert_eq!(path(&days, 0, 3, 4), "M0.8 60v-60.0h2.8v60.0z");
        assert_eq!(path(&days, 1, 3, 4), "M3.6 60v-30.5h2.8v30.5zM13.6 60v-15.8h2.8v15.8z");
        assert_eq!(path(&days, 2, 3, 4), "M16.4 60v-15.8h2.8v15.8z");
        assert_eq!(path(&[], 0, 3, 0), "");
    }
}
