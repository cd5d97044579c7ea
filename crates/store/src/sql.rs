//! The few words in which the two databases' SQL differs, replaced before a text is used.
//!
//! Text between single quotes is left alone.

use crate::Engine;

const ROW_LOCK: &str = "FOR UPDATE";

/// A statement as SQLite wants it: `?1` for `$1`, since SQLite takes `$1` for a name and numbers names by
/// order of appearance; and no row locks, since its writer is alone.
pub(crate) fn statement_for_sqlite(sql: &str) -> String {
    // Every statement comes by here, and most are plain: they are not taken apart.
    if !sql.contains('\'') && !sql.contains(ROW_LOCK) {
        return sql.replace('$', "?");
    }
    let mut text = String::with_capacity(sql.len());
    for_each_part(sql, |part| match part {
        Part::Quoted(quoted) => text.push_str(quoted),
        Part::Code(code) => push_unlocked(&mut text, code),
    });
    text
}

fn push_unlocked(text: &mut String, code: &str) {
    for (index, piece) in code.split(ROW_LOCK).enumerate() {
        let piece = if index == 0 { piece } else { piece.strip_prefix(" SKIP LOCKED").unwrap_or(piece) };
        text.push_str(&piece.replace('$', "?"));
    }
}

/// A migration as the engine wants it: comments dropped, and these words, in capitals, replaced.
///
/// | word | SQLite | PostgreSQL |
/// |---|---|---|
/// | `UUID` | `BLOB` | `UUID` |
/// | `TIMESTAMP_US` | `INTEGER` | `BIGINT` |
/// | `BIGINT` | `INTEGER` | `BIGINT` |
/// | `BOOLEAN` | `INTEGER` | `BOOLEAN` |
/// | `BYTES` | `BLOB` | `BYTEA` |
/// | `TEXT`, `JSON` | `TEXT` | `TEXT COLLATE "C"`, which also sorts by bytes wherever the server is |
/// | `STRICT` | `STRICT` | |
pub(crate) fn migration_for(engine: Engine, sql: &str) -> String {
    let bare: String = sql.lines().map(without_comment).flat_map(|line| [line, "\n"]).collect();
    let mut text = String::with_capacity(bare.len());
    for_each_part(&bare, |part| match part {
        Part::Quoted(quoted) => text.push_str(quoted),
        Part::Code(code) => push_translated(&mut text, code, engine),
    });
    text
}

/// A comment starts with `--` outside quotes; a quoted text does not span lines in our migrations.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices("--").map(|(at, _)| at);
    let outside_quotes = |at: &usize| line[..*at].matches('\'').count().is_multiple_of(2);
    starts.into_iter().find(outside_quotes).map_or(line, |at| &line[..at])
}

fn push_translated(text: &mut String, code: &str, engine: Engine) {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut rest = code;
    while let Some(start) = rest.find(is_word) {
        let (gap, from_word) = rest.split_at(start);
        let end = from_word.find(|letter| !is_word(letter)).unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        text.push_str(gap);
        text.push_str(translated(word, engine));
        rest = after;
    }
    text.push_str(rest);
}

fn translated(word: &str, engine: Engine) -> &str {
    match (word, engine) {
        ("UUID" | "BYTES", Engine::Sqlite) => "BLOB",
        ("TIMESTAMP_US" | "BIGINT" | "BOOLEAN", Engine::Sqlite) => "INTEGER",
        ("TIMESTAMP_US", Engine::Postgres) => "BIGINT",
        ("BYTES", Engine::Postgres) => "BYTEA",
        ("JSON", Engine::Sqlite) => "TEXT",
        ("TEXT" | "JSON", Engine::Postgres) => "TEXT COLLATE \"C\"",
        ("STRICT", Engine::Postgres) => "",
        _ => word,
    }
}

enum Part<'s> {
    Code(&'s str),
    /// With its quotes.
    Quoted(&'s str),
}

/// Cuts a text at its single quotes. A quote that is written twice inside a quoted text ends one part and
/// begins the next, which comes to the same.
fn for_each_part<'s>(sql: &'s str, mut each: impl FnMut(Part<'s>)) {
    let mut rest = sql;
    while let Some(open) = rest.find('\'') {
        each(Part::Code(&rest[..open]));
        let end = rest[open + 1..].find('\'').map_or(rest.len(), |close| open + close + 2);
        each(Part::Quoted(&rest[open..end]));
        rest = &rest[end..];
    }
    each(Part::Code(rest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_for_sqlite() {
        assert_eq!(statement_for_sqlite("SELECT $2, $1, $2"), "SELECT ?2, ?1, ?2");
    }

    #[test]
    fn row_locks_are_left_to_postgres() {
        assert_eq!(statement_for_sqlite("SELECT a FROM t FOR UPDATE").trim_end(), "SELECT a FROM t");
        assert_eq!(
            statement_for_sqlite(
                "WITH d AS (SELECT a FROM t LIMIT $1 FOR UPDATE SKIP LOCKED) SELECT a FROM d"
            ),
            "WITH d AS (SELECT a FROM t LIMIT ?1 ) SELECT a FROM d"
        );
    }

    #[test]
    fn quoted_text_is_left_alone() {
        let sql = "SELECT '$1 isn''t FOR UPDATE', $1";
        assert_eq!(statement_for_sqlite(sql), "SELECT '$1 isn''t FOR UPDATE', ?1");
    }

    #[test]
    fn a_migration_speaks_both_dialects() {
        let sql = "-- Why: the customer's id\nCREATE TABLE t (id UUID, at TIMESTAMP_US, n BIGINT, b BOOLEAN, k BYTES, j JSON, uuid_text TEXT DEFAULT 'UUID') STRICT;";
        assert_eq!(
            migration_for(Engine::Sqlite, sql).trim(),
            "CREATE TABLE t (id BLOB, at INTEGER, n INTEGER, b INTEGER, k BLOB, j TEXT, uuid_text TEXT DEFAULT 'UUID') STRICT;"
        );
        assert_eq!(
            migration_for(Engine::Postgres, sql).trim(),
            "CREATE TABLE t (id UUID, at BIGINT, n BIGINT, b BOOLEAN, k BYTEA, j TEXT COLLATE \"C\", uuid_text TEXT COLLATE \"C\" DEFAULT 'UUID') ;"
        );
    }

    #[test]
    fn a_comment_may_hold_quotes_and_a_quote_may_hold_dashes() {
        let sql = "CREATE TABLE t (a TEXT DEFAULT '--') -- isn't UUID\n;";
        assert_eq!(migration_for(Engine::Sqlite, sql), "CREATE TABLE t (a TEXT DEFAULT '--') \n;\n");
    }
}
