//! Secrets that a command is given: from a variable or a file, never as an argument, where other users would see them.

use std::io::Read;
use std::path::Path;

use secrecy::SecretString;

use crate::failure::{Explain, Failure};

/// The secret in this file (`-` is standard input), or else in this variable.
pub(crate) fn read(variable: &str, file: Option<&Path>) -> Result<SecretString, Failure> {
    let text = match file {
        Some(file) if file == Path::new("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).or_fail("cannot read standard input")?;
            text
        }
        Some(file) => std::fs::read_to_string(file).or_fail(&format!("cannot read {}", file.display()))?,
        None => std::env::var(variable).map_err(|_| {
            Failure::misuse(format!("{variable} is not set")).hint("or name a file that holds it")
        })?,
    };
    match text.trim() {
        "" => Err(Failure::misuse("the secret is empty")),
        secret => Ok(SecretString::from(secret)),
    }
}
