//! The settings of which kinds of files are taken.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use crate::answers::{Transition, ask};
use crate::attachments::api::{FileRules, SaveFileRules};
use crate::attachments::{Customers, Rules};
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{in_field, refused};
use crate::workspace::views::SettingsNav;

/// A plain form for admins, the facts for others.
#[component]
pub fn FilesPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let found = ask(move || {
        version.track();
        FileRules {}
    });
    follow(Topic::Workspace, version, move || Some(found.get()?.ok()?.seq));
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let done = use_typed("/settings/files", "done");
    view! {
        <Title text="Files" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Files"</h1>
            <p class="hint">
                "A file has at most 25 MB. Nothing in it is opened or run here; whoever saves it may open it by a double click."
            </p>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // Only a change of what the form shows makes it anew, or each change of the settings would empty it.
                    let rules = Memo::new(move |_| found.get().map(|setup| setup.map(|setup| setup.rules)));
                    move || {
                        rules
                            .get()
                            .map(|rules| match rules {
                                Ok(rules) if admin => view! { <Form rules /> }.into_any(),
                                Ok(rules) => view! { <Facts rules /> }.into_any(),
                                Err(error) => refused(error).into_any(),
                            })
                    }
                }
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Form(rules: Rules) -> impl IntoView {
    let path = SaveFileRules::PATH;
    let failure = use_failure(path);
    let endings = use_typed(path, "refused").unwrap_or_else(|| rules.refused.join(" "));
    let chosen = use_typed(path, "customers").unwrap_or_else(|| rules.customers.word().to_owned());
    let choices = Customers::ALL.map(|(_, word, label)| {
        view! {
            <label>
                <input type="radio" name="customers" value=word checked=chosen == word />
                {label}
            </label>
        }
    });
    view! {
        {failure.map(refused)}
        <form class="form" method="post" action=path>
            <div class="field">
                <label for="refused">"Refused from everybody: names that end in"</label>
                <textarea
                    class="input"
                    id="refused"
                    name="refused"
                    rows="7"
                    dir="ltr"
                    spellcheck="false"
                    autocapitalize="none"
                    maxlength="6000"
                    aria-describedby="refused-hint"
                >
                    {in_field((!endings.is_empty()).then_some(endings))}
                </textarea>
                <p class="field-hint" id="refused-hint">
                    "Programs, installers and disks at first. A program under another name is known by its content and refused where exe, or the ending of its kind, stands here. What is packed in an archive is not looked at: add zip to refuse those too. Left empty, every file is taken."
                </p>
            </div>
            <fieldset class="field">
                <legend>"Customers may send"</legend>
                {choices.into_iter().collect_view()}
            </fieldset>
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Save"
                </button>
                <button class="button" type="submit" name="usual" value="true">
                    "Save with the usual endings"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Facts(rules: Rules) -> impl IntoView {
    let customers =
        Customers::ALL.into_iter().find(|(customers, ..)| *customers == rules.customers);
    let endings =
        if rules.refused.is_empty() { "None".to_owned() } else { rules.refused.join(", ") };
    view! {
        <p class="notice">"Only admins change these. Ask one of them."</p>
        <dl class="facts-list">
            <div class="fact">
                <dt>"Refused from everybody"</dt>
                <dd dir="ltr">{endings}</dd>
            </div>
            <div class="fact">
                <dt>"Customers may send"</dt>
                <dd>{customers.map(|(.., label)| label)}</dd>
            </div>
        </dl>
    }
    .into_any()
}
