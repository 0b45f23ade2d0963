//! The table of companies.

use std::collections::HashSet;

use leptos::prelude::*;

use super::health::HealthBadge;
use super::selection::FORM;
use crate::companies::list::{Asked, Column, Companies, Row, Sort};
use crate::ui::{Avatar, CellView};

/// Companies with the chosen columns; headings sort, boxes select.
#[component]
pub fn Table(
    companies: Companies,
    asked: Asked,
    selected: RwSignal<HashSet<i64>>,
) -> impl IntoView {
    let page: Vec<i64> = companies.rows.iter().map(|r| r.id.0).collect();
    let everything = {
        let page = page.clone();
        move || page.iter().all(|id| selected.read().contains(id))
    };
    let name = Column { key: Sort::Name.word().into(), label: "Company".into() };
    let headings = companies.columns.into_iter().map({
        let asked = asked.clone();
        move |column| view! { <Heading column asked=asked.clone() /> }
    });
    view! {
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">
                            <input
                                type="checkbox"
                                aria-label="Select every company on this page"
                                prop:checked=everything
                                on:change:target=move |ev| {
                                    let ids = if ev.target().checked() { page.iter().copied().collect() } else { HashSet::new() };
                                    selected.set(ids);
                                }
                            />
                        </th>
                        <Heading column=name asked=asked.clone() />
                        <th scope="col">"Health"</th>
                        {headings.collect_view()}
                    </tr>
                </thead>
                <tbody>{companies.rows.into_iter().map(|row| view! { <CompanyRow row selected /> }).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Heading(column: Column, asked: Asked) -> impl IntoView {
    let Some(sort) = column.sort() else {
        return view! { <th scope="col" dir="auto">{column.label}</th> }.into_any();
    };
    let current = asked.sort == sort;
    let descending = sort.descends() != (current && asked.reversed);
    let order = current.then_some(if descending { "descending" } else { "ascending" });
    let reversed = current && !asked.reversed;
    let href = Asked { sort, reversed, after: None, ..asked }.address();
    view! {
        <th scope="col" aria-sort=order>
            <a class="sort" href=href>
                {column.label}
            </a>
        </th>
    }
    .into_any()
}

#[component]
fn CompanyRow(row: Row, selected: RwSignal<HashSet<i64>>) -> impl IntoView {
    let id = row.id.0;
    let cells = row.cells.into_iter().map(|cell| view! { <CellView cell /> }).collect_view();
    view! {
        <tr aria-selected=move || if selected.read().contains(&id) { "true" } else { "false" }>
            <td>
                <input
                    type="checkbox"
                    name="companies[]"
                    value=id.to_string()
                    form=FORM
                    aria-label=format!("Select {}", row.title)
                    prop:checked=move || selected.read().contains(&id)
                    on:change:target=move |ev| {
                        let checked = ev.target().checked();
                        selected.update(|all| { if checked { all.insert(id) } else { all.remove(&id) }; });
                    }
                />
            </td>
            <td>
                <a class="person-cell" href=format!("/companies/{id}")>
                    <Avatar name=row.title.clone() seed=id square=true />
                    <span class="person-name" dir="auto">
                        {row.title}
                    </span>
                </a>
            </td>
            <td>
                <HealthBadge health=row.health />
            </td>
            {cells}
        </tr>
    }
    .into_any()
}
