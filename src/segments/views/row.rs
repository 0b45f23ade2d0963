//! A condition on a field: the field, how it is compared, and with what.

use leptos::prelude::*;

use super::state::Build;
use super::value::Value;
use crate::attributes::Subject;
use crate::segments::Op;
use crate::segments::fields::{CUSTOM, Sort, clauses};
use crate::segments::tree::{Row, fitted};

/// What people read of an operator before the value, and after it.
pub fn said(op: Op) -> String {
    if op.is_relative() { format!("{} … days ago", op.said()) } else { op.said().to_owned() }
}

/// The operators of a field, each with what people read of it after the field's name.
fn ops_of(field: &str, sort: Sort) -> Vec<(Op, String)> {
    if clauses(field).is_some() {
        // The name is a sentence, which is so or is not, of everybody.
        return vec![(Op::IsTrue, "yes".into()), (Op::IsFalse, "no".into())];
    }
    sort.ops().iter().map(|op| (*op, said(*op))).collect()
}

/// A condition, as three fields of the form.
#[component]
pub fn FieldRow(row: Row, n: usize, of: Subject) -> impl IntoView {
    let build = expect_context::<Build>();
    let row = RwSignal::new(row);
    let put = move |change: &dyn Fn(&mut Row)| {
        row.update(|row| {
            change(row);
            *row = fitted(row.clone(), |field| build.sort(field));
        });
        build.put(row.get_untracked());
    };
    let name = move |field: &str| format!("rows[{n}][{field}]");
    let field = Memo::new(move |_| row.with(|r| r.field.clone()));
    let sort = Memo::new(move |_| build.sort(&field.get()).unwrap_or(Sort::Text));
    let op = Memo::new(move |_| row.with(|r| Op::from_word(&r.op)).unwrap_or(Op::Is));
    let groups = build.fields(of).into_iter().filter(|(_, fields)| !fields.is_empty());
    let groups = groups.map(|(title, fields)| {
        let option = move |(key, label): (String, String)| {
            let chosen = row.with_untracked(|r| r.field == key);
            view! {
                <option value=key selected=chosen>
                    {label}
                </option>
            }
        };
        view! { <optgroup label=title>{fields.into_iter().map(option).collect_view()}</optgroup> }
    });
    // A field that is not there any more is shown all the same.
    let key = field.get_untracked();
    let gone = build.sort(&key).is_none().then(|| {
        let label = key.strip_prefix(CUSTOM).unwrap_or(&key).to_owned();
        view! {
            <option value=key selected=true>
                {label}
            </option>
        }
    });
    let ops = move || {
        let (mut ops, now) = (field.with(|field| ops_of(field, sort.get())), op.get_untracked());
        // So is how it was compared, which nothing else would say again.
        if ops.iter().all(|(op, _)| *op != now) {
            ops.insert(0, (now, said(now)));
        }
        let option = |(one, said): (Op, String)| {
            view! {
                <option value=one.word() selected=one == now>
                    {said}
                </option>
            }
        };
        ops.into_iter().map(option).collect_view()
    };
    let cased = move || {
        let text = sort.get() == Sort::Text && !op.get().is_bare();
        text.then(|| {
            view! {
                <label class="check rule-exact">
                    <input
                        type="checkbox"
                        name=name("exact")
                        value="1"
                        checked=row.with_untracked(|r| r.exact == "1")
                        on:change:target=move |ev| {
                            let exact = ev.target().checked();
                            put(&|r| r.exact = if exact { "1".into() } else { String::new() });
                        }
                    />
                    "Exact case"
                </label>
            }
        })
    };
    view! {
        <input type="hidden" name=name("path") value=row.with_untracked(|r| r.path.clone()) />
        <select
            class="input"
            name=name("field")
            aria-label="Field"
            on:change:target=move |ev| {
                let value = ev.target().value();
                put(&|r| r.field.clone_from(&value));
            }
        >
            {gone}
            {groups.collect_view()}
        </select>
        <select
            class="input"
            name=name("op")
            aria-label="Comparison"
            prop:value=move || op.get().word()
            on:change:target=move |ev| {
                let value = ev.target().value();
                put(&|r| r.op.clone_from(&value));
            }
        >
            {ops}
        </select>
        {move || {
            let (sort, op, field) = (sort.get(), op.get(), field.get());
            (!op.is_bare())
                .then(|| {
                    let typed = Callback::new(move |value: String| put(&|r| r.value.clone_from(&value)));
                    view! { <Value name=name("value") value=row.with_untracked(|r| r.value.clone()) field sort op of typed /> }
                })
        }}
        {cased}
    }
    .into_any()
}
