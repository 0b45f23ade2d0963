//! The application: routes, and the frame around every page.

pub mod areas;
mod coming;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::alerts::views::{Bell, listen};
use crate::answers::{provide_answers, shared};
use crate::app::areas::{companies, entrance, inbox, opened, outbound, people, segments, settings};
use crate::app::coming::{Coming, ComingLine};
use crate::conversations::outbox::Outbox;
use crate::live::Live;
use crate::notes::editor::carry_kept;
use crate::teammates::Viewer;
use crate::ui::flash::{FlashOfPage, provide_flash};
use crate::ui::{Icon, cards, escape, provide_minute, title};

/// Every page of Rapport.
#[component]
pub fn App(
    /// Says in a browser when it has taken over the page that the server sent.
    #[prop(default = ArcRwSignal::new(false))]
    settled: ArcRwSignal<bool>,
) -> impl IntoView {
    provide_meta_context();
    provide_answers();
    provide_flash();
    Coming::provide();
    cards::keep();
    provide_minute();
    let viewer = shared("viewer", use_context::<Viewer>);
    let me = viewer.as_ref().map(|v| v.id);
    provide_context(viewer);
    if let Some(me) = me {
        let live = Live::provide();
        Outbox::provide(me, live, settled);
        carry_kept(me, live);
    }
    let bell = me.map(Bell::provide);
    let titled = move |title: String| {
        let title =
            if title.is_empty() { "Rapport".into() } else { format!("{title}{}", title::SUFFIX) };
        match &bell {
            Some(bell) => bell.titled(title),
            None => title,
        }
    };
    view! {
        <Title formatter=titled text=title::came_with() />
        <ComingLine />
        <Router>
            <FlashOfPage />
            <Routes fallback=|| view! { <NotFound /> }>
                <Route path=path!("/sign-in") view=opened(entrance::SignInPage) />
                <Route path=path!("/sign-in/code") view=opened(entrance::CodePage) />
                <Route path=path!("/forgot-password") view=opened(entrance::ForgotPage) />
                <Route path=path!("/reset-password/:token") view=opened(entrance::ResetPage) />
                <Route path=path!("/start") view=opened(entrance::StartPage) />
                <Route path=path!("/join/:token") view=opened(entrance::JoinPage) />
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/inbox/:id?") view=opened(inbox::InboxPage) />
                    <Route path=path!("/people") view=opened(people::PeoplePage) />
                    <Route path=path!("/notes") view=opened(people::NotesPage) />
                    <Route path=path!("/segments") view=opened(segments::SegmentsPage) />
                    <Route path=path!("/segments/:id") view=opened(segments::BuilderPage) />
                    <Route path=path!("/outbound") view=opened(outbound::OutboundPage) />
                    <Route path=path!("/outbound/:id") view=opened(outbound::EditorPage) />
                    <Route path=path!("/outbound/:id/why") view=opened(outbound::WhyPage) />
                    <Route path=path!("/outbound/:id/:which") view=opened(outbound::ReceiversPage) />
                    <Route path=path!("/companies") view=opened(companies::CompaniesPage) />
                    <Route path=path!("/companies/:id") view=opened(companies::CompanyPage) />
                    <Route path=path!("/companies/:id/message") view=opened(companies::MessagePage) />
                    <Route path=path!("/companies/:id/merge") view=opened(companies::MergePage) />
                    <Route path=path!("/companies/:id/delete") view=opened(companies::DeletePage) />
                    <Route path=path!("/settings/install") view=opened(settings::InstallPage) />
                    <Route path=path!("/settings/workspace") view=opened(settings::WorkspacePage) />
                    <Route path=path!("/settings/team") view=opened(settings::TeamPage) />
                    <Route path=path!("/settings/messenger") view=opened(settings::MessengerPage) />
                    <Route path=path!("/settings/replies") view=opened(settings::RepliesPage) />
                    <Route path=path!("/settings/files") view=opened(settings::FilesPage) />
                    <Route path=path!("/settings/data") view=opened(settings::DataPage) />
                    <Route path=path!("/settings/keys") view=opened(settings::KeysPage) />
                    <Route path=path!("/settings/webhooks") view=opened(settings::WebhooksPage) />
                    <Route path=path!("/settings/teams") view=opened(settings::TeamsPage) />
                    <Route path=path!("/settings/audit") view=opened(settings::AuditPage) />
                    <Route path=path!("/settings/health") view=opened(settings::HealthPage) />
                    <Route path=path!("/settings/outbound") view=opened(settings::OutboundSettingsPage) />
                    <Route path=path!("/settings/account") view=opened(settings::AccountPage) />
                    <Route path=path!("/settings/notifications") view=opened(settings::NotificationsPage) />
                    <Route path=path!("/import") view=opened(settings::ImportPage) />
                    <Route path=path!("/import/:id") view=opened(settings::ImportColumnsPage) />
                    <Route path=path!("/contacts/:id") view=opened(people::ProfilePage) />
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The navigation beside the page.
#[component]
fn Frame() -> impl IntoView {
    listen();
    let location = use_location();
    let (path, search) = (location.pathname, location.search);
    let people = move || {
        let path = path.read();
        ["/people", "/contacts", "/segments", "/notes", "/import"]
            .iter()
            .any(|lead| path.starts_with(lead))
            .then_some("page")
    };
    let companies = move || path.read().starts_with("/companies").then_some("page");
    let outbound = move || path.read().starts_with("/outbound").then_some("page");
    let inbox = move || path.read().starts_with("/inbox").then_some("page");
    let settings = move || path.read().starts_with("/settings").then_some("page");
    let live = use_context::<Live>();
    let lost = move || live.is_some_and(|live| !live.online.get() && !live.signed_out.get());
    let signed_out = move || live.is_some_and(|live| live.signed_out.get());
    view! {
        <a class="skip-link" href="#main" rel="external">
            "Skip to the page"
        </a>
        <p class="live-bar" role="status" hidden=move || !lost()>
            "Connection lost. Trying again; nothing you wrote is lost."
        </p>
        <p class="live-bar" role="status" hidden=move || !signed_out()>
            "You are signed out. "
            <a href=move || format!("/sign-in?next={}", escape(&format!("{}?{}", path.read(), search.read()))) rel="external">
                "Sign in to go on"
            </a>
        </p>
        <div class="shell">
            <nav class="rail" aria-label="Main">
                <a class="rail-link" href="/inbox" aria-current=inbox>
                    <Icon name="message" />
                    <span class="rail-label">"Inbox"</span>
                </a>
                <a class="rail-link" href="/people" aria-current=people>
                    <Icon name="people" />
                    <span class="rail-label">"People"</span>
                </a>
                <a class="rail-link" href="/companies" aria-current=companies>
                    <Icon name="company" />
                    <span class="rail-label">"Companies"</span>
                </a>
                <a class="rail-link" href="/outbound" aria-current=outbound>
                    <Icon name="send" />
                    <span class="rail-label">"Outbound"</span>
                </a>
                <span class="rail-spacer"></span>
                <a class="rail-link" href="/settings/install" aria-current=settings>
                    <Icon name="settings" />
                    <span class="rail-label">"Settings"</span>
                </a>
                <form method="post" action="/do/sign_out">
                    <button class="rail-link" type="submit">
                        <Icon name="out" />
                        <span class="rail-label">"Sign out"</span>
                    </button>
                </form>
            </nav>
            <main class="page" id="main">
                <Outlet />
            </main>
        </div>
    }
}

/// What an address without a page shows, with the status that says so.
#[component]
fn NotFound() -> impl IntoView {
    crate::ui::status::not_found();
    view! {
        <Title text="Not found" />
        <div class="empty">
            <h1 class="empty-title">"There is no page here"</h1>
            <a class="button" href="/people">
                "All people"
            </a>
        </div>
    }
}
