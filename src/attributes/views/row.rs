//! One attribute in the settings.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::edit::Edit;
use crate::attributes::api::{ArchiveAttribute, DescribeAttribute};
use crate::attributes::{Attribute, COUNTED, Subject};
use crate::ui::flash::use_typed;
use crate::ui::thousands;

/// Its names, type and meaning, with what an admin may do. The row stays while its content changes, so that what is
/// typed in it is not lost.
#[component]
pub fn Row(
    /// The attribute when the row was made.
    first: Attribute,
    /// All of them now.
    all: Memo<Vec<Attribute>>,
    /// Whether the viewer may change it.
    admin: bool,
    /// The form that describes.
    describe: ServerAction<DescribeAttribute>,
    /// The form that archives.
    archive: ServerAction<ArchiveAttribute>,
) -> impl IntoView {
    let id = first.id;
    let put_away = first.archived.is_some();
    let edit = (admin && !put_away).then(|| {
        let again = use_typed("/do/describe_attribute", "attribute") == Some(id.to_string());
        view! {
            <details class="ask" open=again>
                <summary class="button small">"Edit"</summary>
                <Edit first=first.clone() describe again />
            </details>
        }
    });
    let move_it = admin.then(|| {
        let label = if put_away { "Bring back" } else { "Archive" };
        view! {
            <ActionForm action=archive>
                <input type="hidden" name="attribute" value=id.to_string() />
                <button class="button small" type="submit" name="archived" value=(!put_away).to_string()>
                    {label}
                </button>
            </ActionForm>
        }
    });
    let now = Memo::new(move |_| {
        all.with(|all| all.iter().find(|a| a.id == id).cloned()).unwrap_or_else(|| first.clone())
    });
    view! {
        <li class="team-row attribute-row">
            <span class="team-name" dir="auto">
                <strong>{move || title(&now.read())}</strong>
                <span class="quiet">{move || about(&now.read())}</span>
            </span>
            <span class="badge quiet">{move || now.read().data_type.said()}</span>
            <span class="quiet">{move || counted(&now.read())}</span>
            {edit}
            {move_it}
            <span class="attribute-words" dir="auto" hidden=move || now.read().description.is_empty()>
                {move || now.read().description.clone()}
            </span>
            <span class="attribute-words" dir="auto" hidden=move || now.read().options.is_empty()>
                {move || format!("Choices: {}", now.read().options.join(", "))}
            </span>
        </li>
    }
    .into_any()
}

fn title(a: &Attribute) -> String {
    if a.label.is_empty() { a.name.clone() } else { a.label.clone() }
}

/// The name as it is sent, where people read another, and who may write it.
fn about(a: &Attribute) -> String {
    let mut parts = Vec::new();
    if !a.label.is_empty() {
        parts.push(a.name.clone());
    }
    if a.subject == Subject::Company && a.archived.is_some() {
        parts.push("of companies".into());
    }
    let writers = [
        (a.api_writable, "your product"),
        (a.messenger_writable, "the Messenger"),
        (a.ui_writable, "teammates"),
    ];
    let writers: Vec<_> = writers.into_iter().filter(|(may, _)| *may).map(|(_, who)| who).collect();
    parts.push(match writers.as_slice() {
        [] => "nobody writes it".into(),
        some => format!("written by {}", some.join(", ")),
    });
    parts.join(" · ")
}

fn counted(a: &Attribute) -> String {
    let (one, many) = match a.subject {
        Subject::Contact => ("person", "people"),
        Subject::Company => ("company", "companies"),
    };
    match a.count {
        1 => format!("1 {one}"),
        n if n >= COUNTED => format!("10,000 {many} or more"),
        n => format!("{} {many}", thousands(n.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::{about, counted};
    use crate::attributes::{Attribute, COUNTED, DataType, Subject};
    use crate::id::AttributeId;
    use crate::time::{Stamp, Time};

    #[test]
    fn an_attribute_is_worded_for_people() {
        let text = String::new;
        let since = Stamp { at: Time(0), exact: text(), clock: text(), iso: text(), ago: text() };
        let mut a = Attribute {
            id: AttributeId(1),
            subject: Subject::Contact,
            name: "mrr".into(),
            label: text(),
            description: text(),
            data_type: DataType::Float,
            options: Vec::new(),
            api_writable: true,
            messenger_writable: false,
            ui_writable: true,
            archived: None,
            since,
            count: 1,
        };
        assert_eq!(
            (about(&a).as_str(), counted(&a).as_str()),
            ("written by your product, teammates", "1 person")
        );
        (a.label, a.api_writable, a.ui_writable, a.count) =
            ("Revenue".into(), false, false, COUNTED);
        assert_eq!(
            (about(&a).as_str(), counted(&a).as_str()),
            ("mrr · nobody writes it", "10,000 people or more")
        );
    }
}
