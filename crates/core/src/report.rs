//! Errors in words, for logs and for people who read the queue or the command line.

use std::error::Error;
use std::iter::successors;

use perennial_store::Outage;

/// An error with all its causes in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// What leads from an answer or a page to the line of the log that tells the cause. Short enough to be read out.
pub fn reference() -> String {
    format!("{:08X}", rand::random::<u32>())
}

/// Whether the error comes of a database that cannot be used just now: nothing was changed, and the same may work later.
pub fn is_outage(error: &(dyn Error + 'static)) -> bool {
    let mut causes = successors(Some(error), |error| (*error).source());
    causes.any(<dyn Error>::is::<Outage>)
}

#[cfg(test)]
mod tests {
    use perennial_store::StoreError;

    use super::*;
    use crate::checkout::StartCheckoutError;

    #[derive(Debug, thiserror::Error)]
    #[error("the page is missing")]
    struct Page(#[source] std::fmt::Error);

    #[test]
    fn the_cause_follows_what_it_caused() {
        let cause = std::fmt::Error;
        assert_eq!(chain(&Page(cause)), format!("the page is missing: {cause}"));
        assert_eq!(chain(&cause), cause.to_string());
    }

    #[test]
    fn an_outage_is_recognised_behind_any_error() {
        let full = || StoreError::Full(Outage::new("no space left"));
        assert!(is_outage(&full()));
        assert!(is_outage(&StartCheckoutError::from(full())));
        assert!(!is_outage(&StoreError::Aborted));
        assert_eq!(chain(&full()), "the disk of the database is full: no space left");
    }
}
