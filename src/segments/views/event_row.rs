//! A condition on an event: how often, when, and with what metadata.

use leptos::prelude::*;

use super::row::said;
use super::state::Build;
use super::suggested::{Source, Suggested};
use super::value::Value;
use crate::attributes::Subject;
use crate::segments::fields::Sort;
use crate::segments::tree::{Row, fitted};
use crate::segments::{EventOp, Op};

/// The operators that metadata is compared by.
const MEMBER: [Op; 14] = [
    Op::Is,
    Op::IsNot,
    Op::Contains,
    Op::DoesNotContain,
    Op::StartsWith,
    Op::EndsWith,
    Op::Greater,
    Op::Less,
    Op::AtLeast,
    Op::AtMost,
    Op::IsTrue,
    Op::IsFalse,
    Op::IsUnknown,
    Op::HasAnyValue,
];

/// So many names of events and more are not all there are.
const MANY: usize = 1_000;

/// A part of a row that is text.
type Part = fn(&mut Row) -> &mut String;

/// A condition on an event, as fields of the form.
#[component]
pub fn EventRow(row: Row, n: usize) -> impl IntoView {
    let build = expect_context::<Build>();
    let row = RwSignal::new(fitted(row, |_| None));
    let put = Callback::new(move |(part, value): (Part, String)| {
        row.update(|row| *part(row) = value);
        build.put(row.get_untracked());
    });
    let name = move |field: &str| format!("rows[{n}][{field}]");
    let now = move |part: Part| row.with_untracked(|r| part(&mut r.clone()).clone());
    let op =
        Memo::new(move |_| row.with(|r| EventOp::from_word(&r.op)).unwrap_or(EventOp::Occurred));
    let events = build.choices.with_value(|c| c.events.clone());
    // A name that is misspelt is a condition like any other, of which nobody is told otherwise.
    let all = StoredValue::new(events.clone());
    let unheard = move || {
        let none = |all: &Vec<String>| {
            let event = row.with(|r| r.event.trim().to_owned());
            !event.is_empty() && all.len() < MANY && !all.contains(&event)
        };
        all.with_value(none).then(|| {
            view! { <span class="rule-after">"No event of this name came so far."</span> }
        })
    };
    let ops = EventOp::ALL.iter().map(|one| {
        view! {
            <option value=one.word() selected=*one == op.get_untracked()>
                {one.said()}
            </option>
        }
    });
    let text = move |field: &'static str, label: &'static str, kind: &'static str, part: Part| {
        view! {
            <input
                class="input"
                type=kind
                min=(kind == "number").then_some("0")
                name=name(field)
                aria-label=label
                placeholder=label
                autocomplete="off"
                list=(field == "event").then(|| format!("rule-events-{n}"))
                value=now(part)
                on:input:target=move |ev| put.run((part, ev.target().value()))
            />
        }
    };
    view! {
        <input type="hidden" name=name("path") value=row.with_untracked(|r| r.path.clone()) />
        <input type="hidden" name=name("field") value="event" />
        <datalist id=format!("rule-events-{n}")>{events.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
        {text("event", "Name of the event", "text", |r| &mut r.event)}
        <select
            class="input"
            name=name("op")
            aria-label="How often or when"
            on:change:target=move |ev| put.run((|r| &mut r.op, ev.target().value()))
        >
            {ops.collect_view()}
        </select>
        {move || {
            op.get()
                .counts()
                .then(|| {
                    view! {
                        {text("count", "Times", "number", |r| &mut r.count)}
                        <span class="rule-after">"times"</span>
                    }
                })
        }}
        <When row put names=[name("when_op"), name("when")] parts=[|r| &mut r.when_op, |r| &mut r.when] word="Any time" />
        {move || {
            row.with(|r| !r.when_op.is_empty())
                .then(|| {
                    view! {
                        <When
                            row
                            put
                            names=[name("and_op"), name("and")]
                            parts=[|r| &mut r.and_op, |r| &mut r.and]
                            word="No other time"
                        />
                    }
                })
        }}
        <Metadata row put n at=0 />
        <Metadata row put n at=1 />
        <Metadata row put n at=2 />
        {unheard}
    }
    .into_any()
}

/// When it occurred; nothing for any time.
#[component]
fn When(
    row: RwSignal<Row>,
    put: Callback<(Part, String)>,
    names: [String; 2],
    parts: [Part; 2],
    word: &'static str,
) -> impl IntoView {
    let [op_name, value_name] = names;
    let [op_part, value_part] = parts;
    let now = move |part: Part| row.with(|r| part(&mut r.clone()).clone());
    let op = Memo::new(move |_| Op::from_word(&now(op_part)));
    let dates = Sort::Date.ops().iter().filter(|op| !op.is_bare());
    let options = dates.map(|one| {
        view! {
            <option value=one.word() selected=Some(*one) == op.get_untracked()>
                {said(*one)}
            </option>
        }
    });
    view! {
        <select
            class="input"
            name=op_name
            aria-label="When"
            on:change:target=move |ev| put.run((op_part, ev.target().value()))
        >
            <option value="">{word}</option>
            {options.collect_view()}
        </select>
        {move || {
            let name = value_name.clone();
            op.get()
                .map(|op| {
                    let typed = Callback::new(move |value: String| put.run((value_part, value)));
                    let value = row.with_untracked(|r| value_part(&mut r.clone()).clone());
                    view! { <Value name value field=String::new() sort=Sort::Date op of=Subject::Contact typed /> }
                })
        }}
    }
    .into_any()
}

/// The parts of a row that are of one member of the metadata, with their names in the form: the member, how it is compared, and
/// with what. A row has three.
const METADATA: [[(&str, Part); 3]; 3] = [
    [("key", |r| &mut r.key), ("key_op", |r| &mut r.key_op), ("key_value", |r| &mut r.key_value)],
    [
        ("key2", |r| &mut r.key2),
        ("key2_op", |r| &mut r.key2_op),
        ("key2_value", |r| &mut r.key2_value),
    ],
    [
        ("key3", |r| &mut r.key3),
        ("key3_op", |r| &mut r.key3_op),
        ("key3_value", |r| &mut r.key3_value),
    ],
];

/// A member of the metadata, which is asked for once the one before it is.
#[component]
fn Metadata(
    row: RwSignal<Row>,
    put: Callback<(Part, String)>,
    /// Which of the form's conditions it is of.
    n: usize,
    /// Which of its members.
    at: usize,
) -> impl IntoView {
    let [(key, part), _, _] = METADATA[at];
    let text = move |part: Part| row.with(|r| part(&mut r.clone()).clone());
    let named = Memo::new(move |_| !text(part).is_empty());
    let asked = Memo::new(move |_| {
        let before = at.checked_sub(1).map(|before| METADATA[before][0].1);
        // What is there stays to be seen.
        named.get() || before.is_none_or(|before| !text(before).is_empty())
    });
    let word = if at == 0 { "where" } else { "and" };
    let label = if at == 0 { "Metadata, such as total" } else { "More of the metadata" };
    let fields = move || {
        let value = row.with_untracked(|r| part(&mut r.clone()).clone());
        let source = Signal::derive(move || Source::Members(row.with(|r| r.event.clone())));
        let typed = Callback::new(move |value| put.run((part, value)));
        view! {
            <span class="rule-after">{word}</span>
            <Suggested name=format!("rows[{n}][{key}]") value label source typed />
            {move || named.get().then(|| view! { <Member row put n at /> })}
        }
    };
    view! { {move || asked.get().then(fields)} }.into_any()
}

/// How a member of the metadata is compared, and with what.
#[component]
fn Member(row: RwSignal<Row>, put: Callback<(Part, String)>, n: usize, at: usize) -> impl IntoView {
    let [(_, key), (op_name, op_part), (value_name, value_part)] = METADATA[at];
    let text = move |part: Part| row.with(|r| part(&mut r.clone()).clone());
    let op = Memo::new(move |_| Op::from_word(&text(op_part)).unwrap_or(Op::Is));
    let options = MEMBER.iter().map(|one| {
        view! {
            <option value=one.word() selected=*one == op.get_untracked()>
                {one.said()}
            </option>
        }
    });
    view! {
        <select
            class="input"
            name=format!("rows[{n}][{op_name}]")
            aria-label="How the metadata is compared"
            on:change:target=move |ev| put.run((op_part, ev.target().value()))
        >
            {options.collect_view()}
        </select>
        {move || {
            let source = Signal::derive(move || Source::Member(row.with(|r| r.event.clone()), text(key)));
            (!op.get().is_bare())
                .then(|| {
                    let name = format!("rows[{n}][{value_name}]");
                    let typed = Callback::new(move |value: String| put.run((value_part, value)));
                    let value = row.with_untracked(|r| value_part(&mut r.clone()).clone());
                    view! { <Value name value field=String::new() sort=Sort::Text op=op.get_untracked() of=Subject::Contact source typed /> }
                })
        }}
    }
    .into_any()
}
