//! In a browser.

/// An id that no other page makes: 104 random bits. They name, they do not protect.
pub fn fresh_id() -> String {
    let part = || (js_sys::Math::random() * 4_503_599_627_370_496.0) as u64;
    format!("{:013x}{:013x}", part(), part())
}
