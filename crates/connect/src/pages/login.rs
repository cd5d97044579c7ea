//! Logging in by a code sent to an e-mail address, for visits that do not know their customer yet.
//!
//! Neither page says whether an address belongs to anybody: that is for its owner to know.

use crate::i18n::Translator;
use crate::pages::fields::{EMAIL, LOGIN_CODE};
use crate::pages::form::{Field, Form};
use crate::pages::page;
use crate::pages::problem::Problem;

/// Asks for the customer's e-mail address.
#[derive(Debug, Clone)]
pub struct EmailPage {
    /// Field `email`.
    pub form: Form,
}

/// Asks for the code that was sent there.
#[derive(Debug, Clone)]
pub struct CodePage {
    /// The address as it was typed.
    pub email: String,
    /// What has become of the code.
    pub state: CodeState,
    /// Field `code`.
    pub form: Form,
}

/// What has become of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeState {
    /// It was sent and can be entered.
    Sent,
    /// Another one was sent; only this one counts.
    SentAgain,
    /// It is too old.
    Expired,
    /// It was entered wrongly too often and does not count any more.
    TooManyTries,
    /// So many were asked for that no more are sent for a while.
    TooManyCodes,
}

impl EmailPage {
    fn email(&self) -> Field<'_> {
        self.form.field(&EMAIL)
    }
}

impl CodePage {
    fn code(&self) -> Field<'_> {
        self.form.field(&LOGIN_CODE)
    }

    /// Whether there is a code that still counts.
    fn takes_code(&self) -> bool {
        matches!(self.state, CodeState::Sent | CodeState::SentAgain)
    }

    fn takes_resend(&self) -> bool {
        self.state != CodeState::TooManyCodes
    }

    fn heading_key(&self) -> &'static str {
        match self.state {
            CodeState::Sent | CodeState::SentAgain => "login-code-heading",
            CodeState::Expired => "login-expired-heading",
            CodeState::TooManyTries => "login-too-many-tries-heading",
            CodeState::TooManyCodes => "login-too-many-codes-heading",
        }
    }

    fn why(&self, t: &Translator<'_>) -> String {
        let key = match self.state {
            CodeState::Sent => "login-code-why",
            CodeState::SentAgain => "login-code-why-again",
            CodeState::Expired => "login-expired-why",
            CodeState::TooManyTries => "login-too-many-tries-why",
            CodeState::TooManyCodes => "login-too-many-codes-why",
        };
        t.one(key, "email", &self.email)
    }
}

page!(EmailPage, "pages/login/email.html", {
    let typed = |email: &str, problem| Form::default().with_value("email", email).with_problem(problem);
    let invalid = typed("noa<example.org", Problem::EmailInvalid);
    [Form::default(), typed("", Problem::EmailMissing), invalid].map(|form| Self { form }).to_vec()
});

page!(CodePage, "pages/login/code.html", {
    let page = |state| Self { email: "noa@example.org".to_owned(), state, form: Form::default() };
    let mistaken = |problem| Self {
        form: Form::default().with_value("code", "48 29").with_problem(problem),
        ..page(CodeState::Sent)
    };
    vec![
        page(CodeState::Sent),
        page(CodeState::SentAgain),
        mistaken(Problem::CodeWrong),
        mistaken(Problem::CodeMissing),
        page(CodeState::Expired),
        page(CodeState::TooManyTries),
        page(CodeState::TooManyCodes),
    ]
});
