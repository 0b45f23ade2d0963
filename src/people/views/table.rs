//! The table of people.

use std::collections::HashSet;

use leptos::prelude::*;

use super::page::FORM;
use crate::lists::views::{Line, Table};
use crate::lists::{Column, Sorts};
use crate::people::{Asked, People, Row, Sort};
use crate::ui::{Avatar, CellView};

/// People with the chosen columns.
#[component]
pub fn PeopleTable(
    people: People,
    asked: Asked,
    selected: RwSignal<HashSet<i64>>,
) -> impl IntoView {
    let page = people.rows.iter().map(|r| r.id.0).collect();
    let mut columns = vec![Column::new(Sort::Name.word(), "Person")];
    columns.extend(people.columns);
    let line = move |row: Row| view! { <PersonLine row selected /> };
    view! {
        <Table asked columns label="Select everyone on this page" page selected>
            {people.rows.into_iter().map(line).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn PersonLine(row: Row, selected: RwSignal<HashSet<i64>>) -> impl IntoView {
    let id = row.id.0;
    view! {
        <Line id title=row.title.clone() form=FORM selected>
            <td>
                <a class="person-cell" href=format!("/contacts/{id}")>
                    <Avatar name=row.title.clone() seed=id picture=row.picture />
                    <span class="person-name" dir="auto">
                        {row.title}
                    </span>
                    <span class="person-email" dir="auto">
                        {row.email}
                    </span>
                </a>
            </td>
            {row.cells.into_iter().map(|cell| view! { <CellView cell /> }).collect_view()}
        </Line>
    }
    .into_any()
}
