//! The table of a list: headings sort, boxes select.

use std::collections::HashSet;

use leptos::prelude::*;

use crate::lists::{Asked, Column, Filters, Sorts};

/// What a heading says that leads to no order: a page of it could not be had at once where there are many.
const UNSORTED: &str = "The list cannot be sorted by this column";

/// Headings over the lines that stand inside it.
#[component]
pub fn Table<F: Filters>(
    asked: Asked<F>,
    /// The name that comes first, then the chosen columns.
    columns: Vec<Column>,
    /// What the box over all says to those who cannot see it.
    label: &'static str,
    /// The numbers of this page's lines.
    page: Vec<i64>,
    selected: RwSignal<HashSet<i64>>,
    children: Children,
) -> impl IntoView {
    let whole = {
        let page = page.clone();
        move || page.iter().all(|id| selected.read().contains(id))
    };
    let headings = columns.into_iter().map(|column| heading(column, &asked));
    view! {
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">
                            <input
                                type="checkbox"
                                aria-label=label
                                prop:checked=whole
                                on:change:target=move |ev| {
                                    let ids = if ev.target().checked() { page.iter().copied().collect() } else { HashSet::new() };
                                    selected.set(ids);
                                }
                            />
                        </th>
                        {headings.collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn heading<F: Filters>(column: Column, asked: &Asked<F>) -> AnyView {
    let Some(sort) = F::Sort::from_word(&column.key) else {
        return view! {
            <th scope="col" dir="auto" title=UNSORTED>
                {column.label}
            </th>
        }
        .into_any();
    };
    let current = asked.sort == sort;
    let descending = sort.descends() != (current && asked.reversed);
    let order = current.then_some(if descending { "descending" } else { "ascending" });
    let reversed = current && !asked.reversed;
    let href = Asked { sort, reversed, after: None, ..asked.clone() }.address();
    view! {
        <th scope="col" aria-sort=order>
            <a class="sort" href=href>
                {column.label}
            </a>
        </th>
    }
    .into_any()
}

/// A line of the table, with the box that selects it.
#[component]
pub fn Line(
    id: i64,
    /// The name of what stands in it.
    title: String,
    /// The form that the box belongs to, by its id.
    form: &'static str,
    selected: RwSignal<HashSet<i64>>,
    children: Children,
) -> impl IntoView {
    view! {
        <tr aria-selected=move || if selected.read().contains(&id) { "true" } else { "false" }>
            <td>
                <Tick id title name="selected[]" form selected />
            </td>
            {children()}
        </tr>
    }
    .into_any()
}

/// A box that selects one of a list.
#[component]
pub fn Tick(
    id: i64,
    title: String,
    /// Its name in the form.
    name: &'static str,
    form: &'static str,
    selected: RwSignal<HashSet<i64>>,
) -> impl IntoView {
    view! {
        <input
            type="checkbox"
            name=name
            value=id.to_string()
            form=form
            aria-label=format!("Select {title}")
            prop:checked=move || selected.read().contains(&id)
            on:change:target=move |ev| {
                let checked = ev.target().checked();
                selected.update(|all| { if checked { all.insert(id) } else { all.remove(&id) }; });
            }
        />
    }
    .into_any()
}
