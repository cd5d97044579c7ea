//! Reads TOML tables key by key, and goes on after a mistake so that all of them are found.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::Mistake;

/// Turns byte offsets into lines and columns.
pub(super) struct Lines<'t> {
    text: &'t str,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text }
    }

    pub(super) fn mistake(&self, offset: usize, message: String) -> Mistake {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Mistake { line, column: before[start..].chars().count() + 1, message }
    }
}

/// How much of something.
#[derive(Clone, Copy)]
pub(super) enum Quantity {
    Limited(u64),
    Unlimited,
}

impl Quantity {
    /// The limit, if there is one.
    pub(super) fn limit(self) -> Option<u64> {
        match self {
            Self::Limited(number) => Some(number),
            Self::Unlimited => None,
        }
    }
}

/// One table of the file. Keys that nobody asked for are mistakes.
pub(super) struct TableReader<'r, 't> {
    table: &'r DeTable<'t>,
    offset: usize,
    lines: &'r Lines<'t>,
    mistakes: &'r mut Vec<Mistake>,
    asked: BTreeSet<&'static str>,
}

impl<'r, 't> TableReader<'r, 't> {
    pub(super) fn new(
        table: &'r DeTable<'t>,
        offset: usize,
        lines: &'r Lines<'t>,
        mistakes: &'r mut Vec<Mistake>,
    ) -> Self {
        Self { table, offset, lines, mistakes, asked: BTreeSet::new() }
    }

    /// Reports a mistake at the start of the table.
    pub(super) fn complain(&mut self, message: impl Into<String>) {
        self.complain_at(self.offset, message);
    }

    fn complain_at(&mut self, offset: usize, message: impl Into<String>) {
        self.mistakes.push(self.lines.mistake(offset, message.into()));
    }

    /// The line of the table.
    pub(super) fn line(&self) -> usize {
        self.lines.mistake(self.offset, String::new()).line
    }

    fn value(&mut self, key: &'static str) -> Option<&'r Spanned<DeValue<'t>>> {
        self.asked.insert(key);
        self.table.get(key)
    }

    /// A value that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<T> {
        if self.table.get(key).is_none() {
            self.asked.insert(key);
            self.complain(format!("`{key}` is missing"));
            return None;
        }
        read(self, key)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            DeValue::String(_) => self.wrong(value, key, "must not be empty"),
            _ => self.wrong(value, key, "must be a text"),
        }
    }

    pub(super) fn integer(&mut self, key: &'static str) -> Option<i64> {
        let value = self.value(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        number.or_else(|| self.wrong(value, key, "must be a whole number"))
    }

    /// A whole number, or the word `unlimited`.
    pub(super) fn quantity(&mut self, key: &'static str) -> Option<Quantity> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(word) if word == "unlimited" => Some(Quantity::Unlimited),
            DeValue::Integer(_) => match self.integer(key).map(u64::try_from)? {
                Ok(number) => Some(Quantity::Limited(number)),
                Err(_) => self.wrong(value, key, "must not be negative"),
            },
            _ => self.wrong(value, key, "must be a whole number or \"unlimited\""),
        }
    }

    /// A word of a fixed set.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(key)?;
        let found = match value.get_ref() {
            DeValue::String(text) => words.iter().find(|(word, _)| text == word).map(|(_, value)| *value),
            _ => None,
        };
        found.or_else(|| {
            let known = words.iter().map(|(word, _)| format!("{word:?}")).collect::<Vec<_>>().join(", ");
            self.wrong(value, key, &format!("must be one of {known}"))
        })
    }

    /// A text that is read by a rule.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key)?;
        match parse(&text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let value = self.table.get(key)?;
                self.wrong(value, key, &error.to_string())
            }
        }
    }

    /// A list of texts; empty when absent.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<(usize, String)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong::<()>(value, key, "must be a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => texts.push((item.span().start, text.to_string())),
                _ => drop(self.wrong::<()>(item, key, "must be a list of texts")),
            }
        }
        texts
    }

    /// A list of texts that are each read by a rule.
    pub(super) fn all_parsed<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let mut parsed = Vec::new();
        for (offset, text) in self.texts(key) {
            match parse(&text) {
                Ok(value) => parsed.push(value),
                Err(error) => self.complain_at(offset, format!("`{key}`: {error}")),
            }
        }
        parsed
    }

    /// A table of texts; empty when absent.
    pub(super) fn text_map(&mut self, key: &'static str) -> Vec<(String, String)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong::<()>(value, key, "must be a table of texts");
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for (name, item) in table {
            match item.get_ref() {
                DeValue::String(text) => pairs.push((name.get_ref().to_string(), text.to_string())),
                _ => drop(self.wrong::<()>(item, key, "must be a table of texts")),
            }
        }
        pairs
    }

    /// A table inside this one.
    pub(super) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut TableReader<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => self.within(table, value.span().start, read),
            _ => self.wrong(value, key, "must be a table"),
        }
    }

    /// A list of tables; those with mistakes are left out.
    pub(super) fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut TableReader<'_, 't>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong::<()>(value, key, "must be a list of tables");
            return Vec::new();
        };
        let mut entries = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => entries.extend(self.within(table, item.span().start, &mut read)),
                _ => drop(self.wrong::<()>(item, key, "must be a table")),
            }
        }
        entries
    }

    fn within<T>(
        &mut self,
        table: &DeTable<'t>,
        offset: usize,
        read: impl FnOnce(&mut TableReader<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        let mut reader = TableReader::new(table, offset, self.lines, self.mistakes);
        let entry = read(&mut reader);
        reader.finish();
        entry
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self) {
        for key in self.table.keys().filter(|key| !self.asked.contains(key.get_ref().as_ref())) {
            let known = self.asked.iter().copied().collect::<Vec<_>>().join(", ");
            let message = format!("unknown key `{}`, expected one of {known}", key.get_ref());
            self.mistakes.push(self.lines.mistake(key.span().start, message));
        }
    }

    fn wrong<T>(&mut self, value: &Spanned<DeValue<'_>>, key: &str, what: &str) -> Option<T> {
        self.complain_at(value.span().start, format!("`{key}` {what}"));
        None
    }
}
