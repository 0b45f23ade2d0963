//! That a page is on its way whose code has not come yet: said at once, whatever the network does.

use leptos::prelude::*;

/// How many pages are on their way.
#[derive(Clone, Copy)]
pub struct Coming(RwSignal<u32>);

/// Ends when the code is there, and when somebody goes elsewhere meanwhile.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser waits"))]
pub struct Wait(RwSignal<u32>);

impl Coming {
    /// Makes it available below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(0)));
    }

    /// A page is on its way from now on.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser waits"))]
    pub fn begin() -> Option<Wait> {
        let Self(pages) = use_context()?;
        pages.try_update(|n| *n += 1)?;
        Some(Wait(pages))
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.try_update(|n| *n = n.saturating_sub(1));
    }
}

/// A line at the top of the window while a page is on its way.
#[component]
pub fn ComingLine() -> impl IntoView {
    let coming = use_context::<Coming>();
    let any = move || coming.is_some_and(|Coming(pages)| pages.get() > 0);
    view! {
        <div role="status">
            {move || {
                any()
                    .then(|| {
                        view! {
                            <div class="coming">
                                <span class="coming-words">"The page is on its way"</span>
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
