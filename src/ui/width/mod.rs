//! Columns whose width each browser keeps for itself.

#[cfg(feature = "hydrate")]
mod browser;
mod edge;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
use browser as kept;
pub use edge::Edge;
#[cfg(not(feature = "hydrate"))]
use elsewhere as kept;

/// What gives the columns their widths before the page is first drawn, so that nothing jumps: the policy of pages takes
/// styles that a script sets. It reads what [`browser`](self) keeps, whole pixels by the name of a column.
pub const FIRST: &str = "try{for(const n of ['list','facts']){const w=localStorage.getItem('width-'+n);\
                         if(/^\\d{3}$/.test(w))document.documentElement.style.setProperty('--'+n+'-width',w+'px')}}catch{}";

/// What a width may be, in whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The least.
    pub least: i32,
    /// The most, which grows with the window.
    pub most: i32,
    /// What it is where nobody chose another.
    pub usual: i32,
}

impl Limits {
    /// By the size of a letter of the page and the width of the window, both in pixels: as `style/inbox.css` has it.
    pub fn of(rem: f64, window: f64) -> Self {
        let usual = 20.0 * rem;
        let most = usual.max(window * 0.28).min(999.0);
        Self { least: (15.0 * rem) as i32, most: most as i32, usual: usual as i32 }
    }

    /// The width nearest to one that is wanted.
    pub fn fit(self, wanted: i32) -> i32 {
        wanted.min(self.most).max(self.least)
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_width_leaves_room_for_the_others() {
        let wide = Limits::of(16.0, 1920.0);
        assert_eq!(wide, Limits { least: 240, most: 537, usual: 320 });
        assert_eq!([10, 300, 5_000].map(|wanted| wide.fit(wanted)), [240, 300, 537]);
        assert_eq!(Limits::of(16.0, 900.0).most, 320, "what is usual always fits");
        assert_eq!(Limits::of(16.0, 9_000.0).most, 999);
    }
}
