//! What came of a message day by day: a drawing, and the same as a table whose numbers open their people.

use leptos::prelude::*;

use crate::id::MessageId;
use crate::outbound::{Channel, Day, Which};
use crate::ui::thousands;

/// How high the drawing is, in its own measure; a day is ten wide.
const HIGH: i64 = 60;

/// A number with its place among those of a day: first what is always drawn, then what is only where there is any.
type Place = (Which, usize);

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
    let told = Which::told_by_day(channel);
    let shown = Memo::new(move |_| shown(which, told, &days.read()));
    let most = move || {
        let (days, shown) = (days.read(), shown.read());
        let of = |day| shown.iter().map(move |(_, place)| count(day, *place));
        days.iter().flat_map(of).max().unwrap_or(0)
    };
    let wide = move || format!("0 0 {} {HIGH}", days.read().len() as i64 * 10);
    let series = move || {
        let all = shown.get();
        let of = all.len();
        let one = move |(n, (which, place)): (usize, Place)| {
            let bars = move || path(&days.read(), place, (n, of), most());
            view! { <path data-which=which.word() d=bars /> }
        };
        all.into_iter().enumerate().map(one).collect_view()
    };
    let key = |(one, _): Place| view! { <li data-which=one.word()>{one.said()}</li> };
    let edge = move |last: bool| {
        let days = days.read();
        let day = if last { days.last() } else { days.first() };
        day.map(|day| day.said.clone())
    };
    view! {
        <section class="message-days" aria-labelledby="days">
            <h2 id="days">"Day by day"</h2>
            <ul class="message-days-key" aria-label="What the bars are">
                {move || shown.get().into_iter().map(key).collect_view()}
                <li class="quiet">{move || format!("Highest: {}", thousands(most()))}</li>
            </ul>
            // Each bar is a number of the table.
            <svg class="message-days-chart" viewBox=wide preserveAspectRatio="none" aria-hidden="true">
                {series}
            </svg>
            <p class="message-days-edges" aria-hidden="true">
                <span>{move || edge(false)}</span>
                <span>{move || edge(true)}</span>
            </p>
            <details>
                <summary class="link-button">"As a table"</summary>
                <Table id shown days />
            </details>
            <p class="hint">{format!("Each person counts on the day of their first time. Days are those of {time_zone}.")}</p>
        </section>
    }
    .into_any()
}

/// What stands there: all that is always drawn, and of the rest what there is any of.
fn shown(which: &[Which], told: &[Which], days: &[Day]) -> Vec<Place> {
    let any = |(_, place): &Place| days.iter().any(|day| count(day, *place) > 0);
    let all: Vec<_> = which.iter().chain(told).copied().zip(0..).collect();
    let (always, rest) = all.split_at(which.len());
    always.iter().chain(rest.iter().filter(|one| any(one))).copied().collect()
}

/// How many came to be counted on a day.
fn count(day: &Day, place: usize) -> i64 {
    day.counts.iter().chain(&day.told).nth(place).copied().unwrap_or(0)
}

#[component]
fn Table(id: MessageId, shown: Memo<Vec<Place>>, days: Memo<Vec<Day>>) -> impl IntoView {
    let heading = |(one, _): Place| view! { <th scope="col">{one.said()}</th> };
    let head = move || shown.get().into_iter().map(heading).collect_view();
    let row = move |day: Day| {
        let cell = |(which, place): Place| {
            let word = which.word();
            let href = format!("/outbound/{id}/{word}?day={}", day.date);
            let shown = match count(&day, place) {
                0 => "0".into_any(),
                n => view! { <a href=href>{thousands(n)}</a> }.into_any(),
            };
            view! { <td data-which=word>{shown}</td> }
        };
        let cells = shown.get().into_iter().map(cell).collect_view();
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

/// The bars of one number, which is one of so many (`n` of `of`): side by side within each day, and none for nothing.
fn path(days: &[Day], place: usize, (n, of): (usize, usize), most: i64) -> String {
    let wide = 8.4 / of.max(1) as f64;
    let bar = |(at, day): (usize, &Day)| {
        let many = count(day, place);
        let high = (many as f64 / most.max(1) as f64 * (HIGH - 1) as f64 + 1.0).min(HIGH as f64);
        let x = at as f64 * 10.0 + 0.8 + n as f64 * wide;
        (many > 0).then(|| format!("M{x:.1} {HIGH}v-{high:.1}h{wide:.1}v{high:.1}z"))
    };
    days.iter().enumerate().filter_map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::{Day, Which, path, shown};

    fn day(counts: &[i64], told: &[i64]) -> Day {
        let (counts, told) = (counts.to_vec(), told.to_vec());
        Day { date: String::new(), said: String::new(), counts, told }
    }

    #[test]
    fn bars_stand_side_by_side_and_the_highest_is_as_high_as_there_is_room() {
        let days = [day(&[4, 2, 0], &[]), day(&[0, 1, 1], &[])];
        assert_eq!(path(&days, 0, (0, 3), 4), "M0.8 60v-60.0h2.8v60.0z");
        assert_eq!(path(&days, 1, (1, 3), 4), "M3.6 60v-30.5h2.8v30.5zM13.6 60v-15.8h2.8v15.8z");
        assert_eq!(path(&days, 2, (2, 3), 4), "M16.4 60v-15.8h2.8v15.8z");
        assert_eq!(path(&[], 0, (0, 3), 0), "");
    }

    #[test]
    fn what_went_wrong_is_drawn_where_there_is_any() {
        let always = [Which::Sent, Which::Opened];
        let rest = [Which::Unsubscribed, Which::Failed, Which::Unknown];
        let days = [day(&[4, 0], &[0, 0, 0]), day(&[0, 0], &[0, 2, 1])];
        assert_eq!(shown(&always, &rest, &days[..1]), [(Which::Sent, 0), (Which::Opened, 1)]);
        let all = [(Which::Sent, 0), (Which::Opened, 1), (Which::Failed, 3), (Which::Unknown, 4)];
        assert_eq!(shown(&always, &rest, &days), all);
        assert_eq!(path(&days, 3, (2, 4), 4), "M15.0 60v-30.5h2.1v30.5z");
    }
}
