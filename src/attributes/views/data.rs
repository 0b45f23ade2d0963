//! Custom data of a person or a company: read, changed in place, with what it was before.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_router::hooks::use_query_map;

use super::value::ValueField;
use crate::answers::{Transition, ask};
use crate::attributes::api::{AttributeHistory, SetAttribute};
use crate::attributes::{DataType, Datum};
use crate::owner::Owner;
use crate::ui::flash::{failure_here, use_typed, was_about};
use crate::ui::{Section, TimeAgo, escape, refused, yes_or_no};

/// Every attribute, and a form for one more.
#[component]
pub fn Data(owner: Owner, data: Signal<Vec<Datum>>, changed: Callback<()>) -> impl IntoView {
    let set = ServerAction::<SetAttribute>::new();
    // A page may have the data of several.
    let mine = was_about(SetAttribute::PATH, "owner", owner);
    let failure = failure_here(set, mine);
    let typed = |field| mine.then(|| use_typed(SetAttribute::PATH, field)).flatten();
    let (typed_name, typed_value) = (typed("name"), typed("value"));
    Effect::new(move |_| {
        if let Some(Ok(())) = set.value().get() {
            changed.run(());
        }
    });
    view! {
        <Section title="Data">
            {move || data.read().is_empty().then(|| view! { <p class="empty-text">"Attributes that your product sends appear here."</p> })}
            <dl class="facts-list">
                <For each=move || data.get() key=|datum| (datum.value.name.clone(), datum.value.editable, datum.value.data_type, datum.value.options.clone()) let:datum>
                    <Row owner first=datum data set />
                </For>
            </dl>
            {move || failure().map(refused)}
            <details class="fact-add">
                <summary>"Add data"</summary>
                <ActionForm action=set attr:class="fact-form">
                    <input type="hidden" name="owner" value=owner.to_string() />
                    <input
                        class="input"
                        name="name"
                        aria-label="Name of the attribute"
                        placeholder="Name"
                        maxlength="190"
                        required
                        value=typed_name
                    />
                    <input
                        class="input"
                        name="value"
                        aria-label="Value"
                        placeholder="Value"
                        required
                        value=typed_value
                    />
                    <button class="button small" type="submit">
                        "Save"
                    </button>
                </ActionForm>
            </details>
        </Section>
    }
    .into_any()
}

#[component]
fn Row(
    owner: Owner,
    first: Datum,
    data: Signal<Vec<Datum>>,
    set: ServerAction<SetAttribute>,
) -> impl IntoView {
    let query = use_query_map();
    let name = StoredValue::new(first.value.name.clone());
    let editable = first.value.editable;
    let (text, options) = (first.value.text.clone(), first.value.options.clone());
    let label =
        if first.value.label.is_empty() { &first.value.name } else { &first.value.label }.clone();
    // The row stays while its value changes, so that what is typed in it is not lost.
    let now = Memo::new(move |_| {
        let all = data.get();
        all.into_iter()
            .find(|d| name.with_value(|n| d.value.name == *n))
            .unwrap_or_else(|| first.clone())
    });
    let value = move || shown(now.get());
    let asked = move || query.read().get("history").is_some_and(|n| name.with_value(|m| *m == n));
    let href = format!("{}?view=facts&history={}", owner.href(), escape(&name.get_value()));
    let edit = editable.then(|| {
        let label = format!("New value of {label}");
        view! {
            <ActionForm action=set attr:class="fact-form">
                <input type="hidden" name="owner" value=owner.to_string() />
                <input type="hidden" name="name" value=name.get_value() />
                <ValueField label text=text.clone() options=options.clone() />
                <button class="button small" type="submit">
                    "Save"
                </button>
            </ActionForm>
        }
    });
    view! {
        <div class="fact">
            <dt dir="auto">{label.clone()}</dt>
            <dd>
                <details class="fact-edit" open=asked>
                    <summary title="Change, or see what it was">{value}</summary>
                    {edit}
                    {move || {
                        if asked() {
                            view! { <History owner name=name.get_value() /> }.into_any()
                        } else {
                            view! {
                                <a class="link-button" href=href.clone()>
                                    "What it was before"
                                </a>
                            }
                                .into_any()
                        }
                    }}
                </details>
            </dd>
        </div>
    }
    .into_any()
}

/// A value as its type is shown.
fn shown(datum: Datum) -> AnyView {
    let text = datum.value.text;
    if text.is_empty() {
        return view! { <span class="never">"Not set"</span> }.into_any();
    }
    if let Some(money) = datum.money {
        return view! { <bdi>{money}</bdi> }.into_any();
    }
    match (datum.at, datum.value.data_type) {
        (Some(stamp), _) => view! { <TimeAgo stamp /> }.into_any(),
        (None, DataType::Boolean) => yes_or_no(text == "true").into_any(),
        _ if text.starts_with("https://") || text.starts_with("http://") => view! {
            <a href=text.clone() rel="noopener noreferrer nofollow" target="_blank" dir="auto">
                {text.clone()}
            </a>
        }
        .into_any(),
        _ => view! { <bdi>{text}</bdi> }.into_any(),
    }
}

#[component]
fn History(owner: Owner, name: String) -> impl IntoView {
    let past = ask(move || AttributeHistory { owner, name: name.clone() });
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            <ol class="fact-history">
                {move || {
                    past.get()
                        .and_then(Result::ok)
                        .map(|past| {
                            past.into_iter()
                                .map(|p| {
                                    let by = p.by.unwrap_or_else(|| "your product".into());
                                    view! {
                                        <li>
                                            <bdi>{p.value.unwrap_or_else(|| "taken away".into())}</bdi>
                                            <span class="fact-past">
                                                <TimeAgo stamp=p.at />
                                                {format!(", {by}")}
                                            </span>
                                        </li>
                                    }
                                })
                                .collect_view()
                        })
                }}
            </ol>
        </Transition>
    }
    .into_any()
}
