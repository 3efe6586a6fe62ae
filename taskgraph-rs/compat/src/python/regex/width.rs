//! The number of characters that a piece of a regular expression matches: a look-behind needs a fixed one.

/// The fewest and the most characters that something matches.
#[derive(Clone, Copy)]
pub(super) struct Width {
    pub(super) least: u32,
    pub(super) most: u32,
}

impl Width {
    /// The width of an anchor.
    pub(super) const NONE: Width = Width { least: 0, most: 0 };
    /// The width of a character.
    pub(super) const ONE: Width = Width { least: 1, most: 1 };

    /// One after the other.
    pub(super) fn then(self, next: Width) -> Width {
        Width { least: self.least.saturating_add(next.least), most: self.most.saturating_add(next.most) }
    }

    /// One or the other.
    pub(super) fn or(self, other: Width) -> Width {
        Width { least: self.least.min(other.least), most: self.most.max(other.most) }
    }

    /// The fewest and the most times.
    pub(super) fn times(self, (least, most): (u32, u32)) -> Width {
        Width { least: self.least.saturating_mul(least), most: self.most.saturating_mul(most) }
    }

    /// Whether it always matches as much, as a look-behind has to.
    pub(super) fn is_fixed(self) -> bool {
        self.least == self.most
    }
}
