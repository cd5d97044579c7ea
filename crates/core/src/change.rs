//! Changes to values that may also be none: keeping a value and clearing it are two things.

/// What becomes of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes this.
    To(T),
}

impl<T> Change<T> {
    /// What it becomes, if it changes.
    pub const fn wanted(&self) -> Option<&T> {
        match self {
            Self::Keep => None,
            Self::To(value) => Some(value),
        }
    }

    /// The same change, told in another type.
    pub fn map<U>(self, tell: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::To(value) => Change::To(tell(value)),
        }
    }
}

impl<T> Change<Option<T>> {
    /// The value that is put there, if one is.
    pub fn named(&self) -> Option<&T> {
        self.wanted()?.as_ref()
    }
}
