//! What the workspace keeps about people and companies.

use leptos::prelude::*;
use leptos_meta::Title;

use super::make::Make;
use super::row::Row;
use crate::answers::{Transition, ask, kept};
use crate::attributes::api::{ArchiveAttribute, DescribeAttribute, ReadAttributes};
use crate::attributes::{Attribute, Subject};
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::workspace::views::SettingsNav;

/// Every attribute of people, of companies, and those that are archived. Admins change them; agents read.
#[component]
pub fn DataPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let found = ask(move || {
        version.track();
        ReadAttributes {}
    });
    follow(Topic::Workspace, version, move || Some(found.get()?.ok()?.seq));
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    view! {
        <Title text="Data" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Data"</h1>
            <p class="hint">
                "What your product sends about people and companies. A new name is kept at once; its type is learned from its values."
            </p>
            {if admin {
                view! { <Make changed /> }.into_any()
            } else {
                view! { <p class="notice">"Only admins describe and archive data. Ask one of them."</p> }.into_any()
            }}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // Whether there is an answer changes once, and what it says often: the rows stay while it does.
                    let there = kept(move || found.get().is_some_and(|answer| answer.is_ok()));
                    let all = Memo::new(move |_| found.get().and_then(Result::ok).map(|found| found.all).unwrap_or_default());
                    move || there.get().then(|| view! { <Lists all admin changed /> })
                }
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Lists(all: Memo<Vec<Attribute>>, admin: bool, changed: Callback<()>) -> impl IntoView {
    let describe = ServerAction::<DescribeAttribute>::new();
    let archive = ServerAction::<ArchiveAttribute>::new();
    Effect::new(move |_| {
        if matches!(describe.value().get(), Some(Ok(())))
            || matches!(archive.value().get(), Some(Ok(())))
        {
            changed.run(());
        }
    });
    let of = move |subject: Subject, archived: bool| {
        Signal::derive(move || {
            let fits = |a: &Attribute| a.subject == subject && a.archived.is_some() == archived;
            all.get().into_iter().filter(fits).collect::<Vec<_>>()
        })
    };
    let put_away = Signal::derive(move || {
        all.get().into_iter().filter(|a| a.archived.is_some()).collect::<Vec<_>>()
    });
    let list = move |rows: Signal<Vec<Attribute>>, label: &'static str| {
        view! {
            <ul class="team" aria-label=label>
                <For each=move || rows.get() key=|a| a.id let:attribute>
                    <Row first=attribute all admin describe archive />
                </For>
            </ul>
        }
    };
    let section = move |subject: Subject, title: &'static str, empty: &'static str| {
        let rows = of(subject, false);
        view! {
            <section class="setting">
                <h2>{title}</h2>
                {move || rows.read().is_empty().then(|| view! { <p class="empty-text">{empty}</p> })}
                {list(rows, title)}
            </section>
        }
    };
    view! {
        {section(Subject::Contact, "People", "Attributes that your product sends about people appear here.")}
        {section(Subject::Company, "Companies", "Attributes that your product sends about companies appear here.")}
        <section class="setting" hidden=move || put_away.read().is_empty()>
            <h2>"Archived"</h2>
            <p class="hint">"Kept with all their values, but shown nowhere. Your product may go on sending them."</p>
            {list(put_away, "Archived")}
        </section>
    }
    .into_any()
}
