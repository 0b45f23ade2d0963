//! A picture, or initials in a coloured disc.

use leptos::html::Img;
use leptos::prelude::*;

/// A person's picture over up to two initials, the colour by their number. The initials are what is seen until the picture
/// has come, and where it does not come: without a script too, since a picture that is broken is transparent.
#[component]
pub fn Avatar(
    /// The name, or what stands for it.
    #[prop(into)]
    name: String,
    /// What picks the colour.
    seed: i64,
    /// The address of the picture, on this site.
    #[prop(optional_no_strip)]
    picture: Option<String>,
    /// The large form, for headers.
    #[prop(optional)]
    large: bool,
    /// The square form, for companies.
    #[prop(optional)]
    square: bool,
) -> impl IntoView {
    let hue = seed.rem_euclid(8).to_string();
    view! {
        <span class="avatar" class:large=large class:square=square data-hue=hue aria-hidden="true">
            {initials(&name)}
            {picture.map(|picture| view! { <Picture picture /> })}
        </span>
    }
}

#[component]
fn Picture(picture: String) -> impl IntoView {
    let image = NodeRef::<Img>::new();
    // Nothing while it is on its way.
    let came = RwSignal::new(None);
    // It may have come, or failed, before the script did.
    Effect::new(move |_| {
        if let Some(image) = image.get().filter(|image| image.complete()) {
            came.set(Some(image.natural_width() > 0));
        }
    });
    view! {
        <img
            src=picture
            alt=""
            loading="lazy"
            decoding="async"
            node_ref=image
            hidden=move || came.get() == Some(false)
            data-came=move || (came.get() == Some(true)).then_some("on")
            on:load=move |_| came.set(Some(true))
            on:error=move |_| came.set(Some(false))
        />
    }
}

fn initials(name: &str) -> String {
    // Words of signs alone, such as emoji, have none.
    let letter = |word: &str| {
        word.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string())
    };
    let words = name.split(|c: char| c.is_whitespace() || c == '@');
    let letters: Vec<_> = words.filter_map(letter).collect();
    match letters.as_slice() {
        [] => "?".into(),
        [only] => only.clone(),
        [first, .., last] => format!("{first}{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_come_from_the_first_and_last_word() {
        assert_eq!(initials("Grace Brewster Hopper"), "GH");
        assert_eq!(initials("ada@example.com"), "AE");
        assert_eq!(initials("محمد"), "م");
        assert_eq!(initials("  "), "?");
        assert_eq!(initials("🚀🦊 Rocket Fox 👩‍👩‍👧"), "RF");
        assert_eq!(initials("Zoë 👩‍🚀"), "Z");
        assert_eq!(initials("🚀 🦊"), "?");
    }
}
