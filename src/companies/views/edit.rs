//! The form with what every company has.

use leptos::form::ActionForm;
use leptos::html::Details;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use crate::companies::Profile;
use crate::companies::api::SetCompany;
use crate::teammates::views::OwnerField;
use crate::ui::flash::{failure_here, use_failure, use_typed, was_about};
use crate::ui::menu::put_away;
use crate::ui::{focus, refused};

/// Name, website, industry, size, plan, monthly spend, since when a customer, and who looks after it.
#[component]
pub fn Edit(
    profile: Memo<Profile>,
    changed: Callback<()>,
    /// Whether it is a part of a column, and folds there; otherwise it hangs from a button.
    #[prop(optional)]
    folds: bool,
) -> impl IntoView {
    let company = profile.with_untracked(|p| p.company.id);
    let set = ServerAction::<SetCompany>::new();
    let mine = was_about(SetCompany::PATH, "company", company);
    let failed = mine && use_failure(SetCompany::PATH).is_some();
    let failure = failure_here(set, mine);
    let around = NodeRef::<Details>::new();
    // What nobody has typed in is drawn anew when the form is opened: by then the page has what others changed.
    let touched = RwSignal::new(failed);
    let drawn = RwSignal::new(0);
    Effect::new(move |_| {
        if let Some(Ok(())) = set.value().get() {
            touched.set(false);
            if !folds {
                put_away();
            } else if let Some(around) = around.get_untracked() {
                around.set_open(false);
                focus::focus(".company-edit");
            }
            changed.run(());
        }
    });
    let opens = move |_| {
        if !touched.get_untracked() {
            drawn.update(|n| *n += 1);
        }
    };
    let (class, button, form, words) = if folds {
        ("fact-add", "company-edit", "form", "Edit name, plan, spend")
    } else {
        ("menu", "button", "form menu-form", "Edit")
    };
    view! {
        <details class=class open=failed node_ref=around>
            <summary class=button on:click=opens>
                {words}
            </summary>
            <ActionForm action=set attr:class=form on:input=move |_| touched.set(true)>
                <input type="hidden" name="company" value=company.to_string() />
                {move || {
                    let again = drawn.get() > 0 || !mine;
                    view! { <Fields now=profile.get_untracked() again /> }
                }}
                {move || failure().map(refused)}
                <button class="button primary small" type="submit">
                    "Save"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Everything as it is now, which goes along: a field that nobody touched does not undo what others change meanwhile.
#[component]
fn Fields(
    now: Profile,
    /// Whether nothing was typed here before the page came, or it is done with.
    again: bool,
) -> impl IntoView {
    let typed = move |name: &str| {
        if again { None } else { use_typed(SetCompany::PATH, name) }
    };
    let company = now.company;
    let texts = [&company.name, &company.website, &company.industry, &company.plan];
    let texts = texts.map(|text| text.clone().unwrap_or_default());
    let size = company.size.map(|n| n.to_string()).unwrap_or_default();
    let spend = company.monthly_spend.map(|n| n.to_string()).unwrap_or_default();
    let since = now.customer_day.unwrap_or_default();
    let amounts = [company.owner_id.to_string(), size.clone(), spend.clone(), since.clone()];
    let drawn = texts.into_iter().chain(amounts).enumerate();
    let was = drawn.map(|(n, value)| {
        let name = format!("was[{n}]");
        let value = typed(&name).unwrap_or(value);
        view! { <input type="hidden" name=name value=value /> }
    });
    let was = was.collect_view();
    let field = |name: &'static str, label: &'static str, now: Option<String>| {
        let value = typed(name).or(now).unwrap_or_default();
        view! {
            <label class="field">
                {label}
                <input class="input" name=name maxlength="1000" dir="auto" value=value />
            </label>
        }
    };
    view! {
        {was}
        {field("name", "Name", company.name)}
        {field("website", "Website", company.website)}
        {field("industry", "Industry", company.industry)}
        {field("size", "Size, in people", Some(size))}
        {field("plan", "Plan", company.plan)}
        {field("spend", "Monthly spend", Some(spend))}
        <label class="field">
            "Customer since"
            <input
                class="input"
                type="date"
                name="since"
                value=typed("since").unwrap_or(since)
            />
        </label>
        <OwnerField team=now.owners now=company.owner_id />
    }
    .into_any()
}
