//! Forms as data: what was typed, what is wrong with it, and how each field presents itself to a browser.

use super::fields::{self, Options};
use super::problem::Problem;

/// How a field looks and behaves, whatever is typed into it.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name in the form, and its id on the page.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// The key of the hint below the label.
    pub hint: Option<&'static str>,
    /// The `autocomplete` token of the HTML standard, or `off`.
    pub autocomplete: &'static str,
    /// The `inputmode`: which keyboard a phone shows.
    pub input_mode: &'static str,
    /// How long the longest answer is, with generous room for spaces and dashes.
    pub max_length: u32,
    /// How wide it is drawn, which hints at the length of the answer.
    pub width: Width,
    /// Whether it may stay empty; its label then says so.
    pub optional: bool,
    /// The answers to choose from, where they are few.
    pub options: Options,
}

/// How wide a field is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// The whole column.
    Full,
    /// Half a column, beside another half.
    Half,
    /// Two or four digits.
    Digits,
}

/// A form as it was last sent: nothing that was typed is lost.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: Vec<(&'static str, String)>,
    problems: Vec<Problem>,
    /// Whether there is a step to go back to.
    pub has_back: bool,
}

impl Form {
    /// The same form with a field filled in.
    #[must_use]
    pub fn with_value(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The same form with a mistake to mend, shown in the order given.
    #[must_use]
    pub fn with_problem(mut self, problem: Problem) -> Self {
        self.problems.push(problem);
        self
    }

    /// The same form with a button that leads back.
    #[must_use]
    pub fn with_back(mut self) -> Self {
        self.has_back = true;
        self
    }

    /// What was typed or chosen in a field, else nothing.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().rfind(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
    }

    /// What has to be mended, first things first.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn problem(&self, name: &str) -> Option<Problem> {
        self.problems.iter().copied().find(|problem| problem.field() == name)
    }

    pub(crate) fn field(&self, spec: &'static FieldSpec) -> Field<'_> {
        let is_first_problem = self.problems.first().is_some_and(|first| first.field() == spec.name);
        Field {
            spec,
            value: self.value(spec.name),
            problem: self.problem(spec.name),
            has_focus: is_first_problem,
        }
    }
}

/// A field together with its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) spec: &'static FieldSpec,
    pub(crate) value: &'a str,
    pub(crate) problem: Option<Problem>,
    /// Whether the page opens with the cursor here: on the first mistake.
    pub(crate) has_focus: bool,
}

impl Field<'_> {
    /// Code and name of each answer to choose from, if the field is a list.
    pub(crate) fn options(&self) -> &'static [(&'static str, &'static str)] {
        match self.spec.options {
            Options::None => &[],
            Options::UsStates => fields::US_STATES,
            Options::CanadianProvinces => fields::CANADIAN_PROVINCES,
        }
    }

    pub(crate) fn width_class(&self) -> &'static str {
        match self.spec.width {
            Width::Full => "full",
            Width::Half => "half",
            Width::Digits => "digits",
        }
    }

    /// The ids of what describes the field to a screen reader: its hint and its mistake.
    pub(crate) fn described_by(&self) -> Option<String> {
        let name = self.spec.name;
        match (self.spec.hint, self.problem) {
            (None, None) => None,
            (Some(_), None) => Some(format!("{name}-hint")),
            (None, Some(_)) => Some(format!("{name}-problem")),
            (Some(_), Some(_)) => Some(format!("{name}-problem {name}-hint")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::{FULL_NAME, IMEI};
    use super::*;

    #[test]
    fn the_first_mistake_has_the_focus_and_keeps_what_was_typed() {
        let form = Form::default().with_value("imei", "35 1").with_problem(Problem::ImeiInvalid);
        let imei = form.field(&IMEI);
        assert_eq!((imei.value, imei.has_focus), ("35 1", true));
        assert_eq!(imei.described_by().as_deref(), Some("imei-problem imei-hint"));
        assert!(!form.field(&FULL_NAME).has_focus);
    }
}
