//! Cells of tables.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::TimeAgo;
use crate::time::Stamp;

/// How many links a cell shows before it counts the rest.
const LINKS: usize = 3;

/// What a cell of a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// Text, possibly empty.
    Text(String),
    /// A moment, or never.
    Time(Option<Stamp>),
    /// Names with the addresses that they lead to.
    Links(Vec<(String, String)>),
}

/// A cell of a table's row.
#[component]
pub fn CellView(cell: Cell) -> impl IntoView {
    let inside = match cell {
        Cell::Text(text) => view! { <span dir="auto">{text}</span> }.into_any(),
        Cell::Time(Some(stamp)) => view! { <TimeAgo stamp /> }.into_any(),
        Cell::Time(None) => view! { <span class="never">"Never"</span> }.into_any(),
        Cell::Links(links) => {
            let more = links.len().saturating_sub(LINKS);
            let shown = links.into_iter().take(LINKS).map(|(name, href)| {
                view! {
                    // A long name is cut.
                    <a class="cell-link" href=href dir="auto" title=name>
                        {name.clone()}
                    </a>
                }
            });
            let more = (more > 0).then(|| format!("and {more} more"));
            view! { <span class="cell-links">{shown.collect_view()} {more}</span> }.into_any()
        }
    };
    view! { <td>{inside}</td> }.into_any()
}
