//! Saved replies: found, made, changed, and deleted with a way back.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;

use crate::answers::{Transition, ask, kept};
use crate::live::{Topic, follow};
use crate::replies::api::ListReplies;
use crate::replies::{Reply, VARIABLES};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{in_field, refused};
use crate::workspace::views::SettingsNav;

/// The replies by name. The forms are plain: each loads the page anew.
#[component]
pub fn RepliesPage() -> impl IntoView {
    let query = use_query_map();
    let words = Memo::new(move |_| query.read().get("q").unwrap_or_default());
    let version = RwSignal::new(0);
    let replies = ask(move || {
        version.track();
        ListReplies { words: words.get() }
    });
    follow(Topic::Workspace, version, move || Some(replies.get()?.ok()?.seq));
    let variables = VARIABLES.map(|(name, what)| {
        view! {
            <li>
                <code>{format!("{{{{{name}}}}}")}</code>
                {format!(" {what}")}
            </li>
        }
    });
    view! {
        <Title text="Saved replies" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Saved replies"</h1>
            <p class="quiet">"Answers that your team gives often. Type # in a conversation to insert one."</p>
            <Gone />
            <Make />
            <details>
                <summary class="link-button">"Variables"</summary>
                <ul class="variables">{variables.collect_view()}</ul>
                <p class="quiet">"A word after a bar stands in where nothing is known: " <code>"{{first_name | there}}"</code></p>
            </details>
            <Form method="get" action="" attr:class="toolbar" attr:role="search">
                <input
                    class="input"
                    type="search"
                    name="q"
                    aria-label="Search the replies"
                    placeholder="Search"
                    value=words.get_untracked()
                />
                <button class="button" type="submit">
                    "Search"
                </button>
            </Form>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // What somebody is writing into one stays while anything else changes.
                    let all = kept(move || replies.get().and_then(Result::ok).map(|r| r.replies));
                    move || all.get().map(|replies| view! { <List replies words=words.get_untracked() /> })
                }
            </Transition>
        </div>
    }
    .into_any()
}

/// Says what was just deleted, with the way back.
#[component]
fn Gone() -> impl IntoView {
    let name = use_typed("/do/delete_reply", "name")?;
    let body = use_typed("/do/delete_reply", "body")?;
    Some(
        view! {
            <form class="notice" role="status" method="post" action="/do/make_reply">
                <bdi>{name.clone()}</bdi>
                " was deleted. "
                <input type="hidden" name="name" value=name />
                <textarea name="body" hidden>
                    {in_field(body)}
                </textarea>
                <button class="link-button" type="submit">
                    "Undo"
                </button>
            </form>
        }
        .into_any(),
    )
}

#[component]
fn Make() -> impl IntoView {
    const PATH: &str = "/do/make_reply";
    let failure = use_failure(PATH);
    let open = failure.is_some();
    view! {
        <details class="reply-make" open=open>
            <summary class="button primary">"New reply"</summary>
            <form class="form card" method="post" action=PATH>
                {failure.map(refused)}
                <Fields name=use_typed(PATH, "name") body=use_typed(PATH, "body") />
                <button class="button primary" type="submit">
                    "Save"
                </button>
            </form>
        </details>
    }
    .into_any()
}

#[component]
fn Fields(name: Option<String>, body: Option<String>) -> impl IntoView {
    view! {
        <label class="field">
            "Name"
            <input class="input" name="name" maxlength="100" required value=name dir="auto" />
        </label>
        <label class="field">
            "Text"
            <textarea class="input" name="body" rows="5" maxlength="20000" required dir="auto">
                {in_field(body)}
            </textarea>
        </label>
    }
    .into_any()
}

#[component]
fn List(replies: Vec<Reply>, words: String) -> impl IntoView {
    if replies.is_empty() {
        let text = if words.is_empty() {
            "What you write often, such as how to get a refund, is kept here for everyone."
        } else {
            "No reply has these words."
        };
        return view! { <p class="empty-text">{text}</p> }.into_any();
    }
    let rows = replies.into_iter().map(|reply| view! { <Row reply /> });
    view! { <ul class="replies">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn Row(reply: Reply) -> impl IntoView {
    const PATH: &str = "/do/edit_reply";
    let mine = use_typed(PATH, "reply").is_some_and(|id| id == reply.id.to_string());
    let typed = |field| use_typed(PATH, field).filter(|_| mine);
    let failure = use_failure(PATH).filter(|_| mine);
    let name = typed("name").unwrap_or_else(|| reply.name.clone());
    let body = typed("body").unwrap_or_else(|| reply.body.clone());
    view! {
        <li class="reply">
            <details open=mine>
                <summary>
                    <strong dir="auto">{reply.name.clone()}</strong>
                    <span class="quiet reply-text" dir="auto">
                        {reply.words.clone()}
                    </span>
                </summary>
                <form class="form" method="post" action=PATH>
                    {failure.map(refused)}
                    <input type="hidden" name="reply" value=reply.id.to_string() />
                    <Fields name=Some(name) body=Some(body) />
                    <div class="form-actions">
                        <button class="button primary small" type="submit">
                            "Save"
                        </button>
                        <button
                            class="button danger small"
                            type="submit"
                            formaction="/do/delete_reply"
                            formnovalidate
                        >
                            "Delete"
                        </button>
                    </div>
                </form>
            </details>
        </li>
    }
    .into_any()
}
