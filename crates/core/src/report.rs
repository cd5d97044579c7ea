//! Errors in words, for logs and for people who read the queue or the command line.

use std::error::Error;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the page is missing")]
    struct Page(#[source] std::fmt::Error);

    #[test]
    fn the_cause_follows_what_it_caused() {
        let cause = std::fmt::Error;
        assert_eq!(chain(&Page(cause)), format!("the page is missing: {cause}"));
        assert_eq!(chain(&cause), cause.to_string());
    }
}
