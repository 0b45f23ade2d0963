//! Initials in a coloured disc.

use leptos::prelude::*;

/// A person without a picture: up to two initials, the colour by their number.
#[component]
pub fn Avatar(
    /// The name, or what stands for it.
    #[prop(into)]
    name: String,
    /// What picks the colour.
    seed: i64,
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
        </span>
    }
}

fn initials(name: &str) -> String {
    let words: Vec<_> =
        name.split(|c: char| c.is_whitespace() || c == '@').filter(|w| !w.is_empty()).collect();
    let letter = |word: &&str| {
        word.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string())
    };
    match words.as_slice() {
        [] => "?".into(),
        [only] => letter(only).unwrap_or_else(|| "?".into()),
        [first, .., last] => [first, last].into_iter().filter_map(letter).collect(),
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
    }
}
