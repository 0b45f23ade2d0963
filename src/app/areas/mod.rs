//! The pages by area: the browser loads the code of an area when the first of its pages is opened.
//!
//! What every page needs comes at once.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(feature = "hydrate")]
use browser::came;
use leptos_router::{Lazy, LazyRoute};
#[cfg(feature = "ssr")]
use server::came;
#[cfg(feature = "ssr")]
pub use server::of_path;

/// The route that loads a page's area when it is opened.
pub fn opened<P: LazyRoute>(_: P) -> Lazy<P> {
    Lazy::new()
}

/// Makes a route of every page named, and one function that shows them all: what it alone reaches is the area's file.
macro_rules! area {
    ($(#[$about:meta])* $area:ident: $($from:ident::$page:ident),+ $(,)?) => {
        $(#[$about])*
        pub mod $area {
            use leptos::prelude::*;
            use wasm_split_helpers::{SplitLoaderError, wasm_split};

            /// Which page of the area.
            #[derive(Clone, Copy)]
            #[allow(clippy::enum_variant_names, reason = "they have the names of the pages")]
            enum Which {
                $($page),+
            }

            #[wasm_split($area, preload(load), fallible)]
            fn show(which: Which) -> Result<AnyView, SplitLoaderError> {
                Ok(match which {
                    $(Which::$page => crate::$from::views::$page().into_any()),+
                })
            }

            $(
                #[doc = concat!("The route of `", stringify!($page), "`.")]
                pub struct $page;

                impl super::LazyRoute for $page {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_: Self) -> AnyView {
                        show(Which::$page).await.unwrap_or_else(|_| ().into_any())
                    }

                    // The router waits for this before it shows the page: what it then shows must be there at once.
                    async fn preload() {
                        super::came(load).await;
                    }
                }
            )+
        }
    };
}

area! {
    /// Before anybody is signed in.
    entrance:
    teammates::SignInPage, teammates::CodePage, teammates::ForgotPage, teammates::ResetPage, teammates::JoinPage,
    workspace::StartPage,
}

area! {
    /// Conversations.
    inbox: conversations::InboxPage,
}

area! {
    /// People, their profiles, and finding notes.
    people: people::PeoplePage, contacts::ProfilePage, notes::NotesPage,
}

area! {
    /// Companies, and what is done with one.
    companies:
    companies::CompaniesPage, companies::CompanyPage, companies::MessagePage, companies::MergePage, companies::DeletePage,
}

area! {
    /// Segments and their rules.
    segments: segments::SegmentsPage, segments::BuilderPage,
}

area! {
    /// Messages that go out by themselves.
    outbound: outbound::OutboundPage, outbound::EditorPage, outbound::ReceiversPage, outbound::WhyPage,
}

area! {
    /// Settings, and bringing data in.
    settings:
    workspace::InstallPage, workspace::WorkspacePage, workspace::KeysPage, teammates::TeamPage, teammates::AccountPage,
    messenger::MessengerPage, replies::RepliesPage, attachments::FilesPage, attributes::DataPage, teams::TeamsPage, audit::AuditPage,
    companies::HealthPage, outbound::OutboundSettingsPage, alerts::NotificationsPage, webhooks::WebhooksPage, import::ImportPage, import::ImportColumnsPage,
}
