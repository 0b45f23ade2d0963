//! The first page of an installation.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::error::Error;
use crate::teammates::views::NewPassword;
use crate::ui::flash::{use_failure, use_typed};

const WORKSPACE: &str = "Name of your team or product";
const NAME: &str = "Your name";

/// Why it was refused, with the field where several want the same.
fn said(error: &Error) -> String {
    let label = match error {
        Error::Invalid { field, .. } if field == "workspace" => WORKSPACE,
        Error::Invalid { field, .. } if field == "name" => NAME,
        _ => return error.sentence(),
    };
    format!("{label}: {}", error.sentence())
}

/// One plain form: the workspace and its first admin.
#[component]
pub fn StartPage() -> impl IntoView {
    let failure = use_failure("/do/start");
    let field =
        |name: &'static str, label: &'static str, kind: &'static str, complete: &'static str| {
            view! {
                <div class="field">
                    <label for=name>{label}</label>
                    <input
                        class="input"
                        id=name
                        type=kind
                        name=name
                        autocomplete=complete
                        maxlength="200"
                        required
                        value=use_typed("/do/start", name)
                    />
                </div>
            }
        };
    view! {
        <Title text="Create your workspace" />
        <main class="auth" id="main">
            <div class="card">
                <p class="brand">"Rapport"</p>
                <h1 class="auth-title">"Create your workspace"</h1>
                {failure.map(|e| view! { <p class="notice error" role="alert">{said(&e)}</p> })}
                <form class="form" method="post" action="/do/start">
                    {field("workspace", WORKSPACE, "text", "organization")}
                    {field("name", NAME, "text", "name")}
                    {field("email", "E-mail address", "email", "username")}
                    <NewPassword />
                    <button class="button primary" type="submit">
                        "Create the workspace"
                    </button>
                    <p class="hint">
                        "Made-up customers let you look around: 2,000 people in 150 companies with events, notes and \
                        3,000 conversations, and teammates who wrote to them. They stay until you delete them."
                    </p>
                    <button class="button" type="submit" name="demo" value="true">
                        "Create it with made-up customers"
                    </button>
                </form>
            </div>
        </main>
    }
    .into_any()
}
