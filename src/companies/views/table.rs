//! The table of companies.

use std::collections::HashSet;

use leptos::prelude::*;

use super::health::HealthBadge;
use super::page::FORM;
use crate::companies::list::{Asked, Companies, Row, Sort};
use crate::lists::views::{Line, Table};
use crate::lists::{Column, Sorts};
use crate::ui::{Avatar, CellView};

/// Companies with their health and the chosen columns.
#[component]
pub fn CompaniesTable(
    companies: Companies,
    asked: Asked,
    selected: RwSignal<HashSet<i64>>,
) -> impl IntoView {
    let page = companies.rows.iter().map(|r| r.id.0).collect();
    let mut columns =
        vec![Column::new(Sort::Name.word(), "Company"), Column::new("health", "Health")];
    columns.extend(companies.columns);
    let line = move |row: Row| view! { <CompanyLine row selected /> };
    view! {
        <Table asked columns label="Select every company on this page" page selected>
            {companies.rows.into_iter().map(line).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn CompanyLine(row: Row, selected: RwSignal<HashSet<i64>>) -> impl IntoView {
    let id = row.id.0;
    view! {
        <Line id title=row.title.clone() form=FORM selected>
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
            {row.cells.into_iter().map(|cell| view! { <CellView cell /> }).collect_view()}
        </Line>
    }
    .into_any()
}
