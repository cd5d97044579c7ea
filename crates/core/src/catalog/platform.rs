//! Who works on the platform: directories, apps, businesses with their staff, and tokens of the file.
//!
//! The file makes them and changes nothing that is there: what a business is called, and whether a token still works, is
//! decided where the platform runs. Of secrets it holds the hashes alone.

use std::fmt;

use perennial_domain::{AppKind, Email, ProjectId, TokenGrant};
use perennial_store::{StoreError, Tx};

use super::reader::TableReader;
use crate::business::{
    NewApp, NewBusiness, NewDirectory, NewStaff, NewToken, SaveAppError, SaveBusinessError, SaveTokenError,
    add_staff, create_app_of_hash, create_business, create_directory, create_token_of_hash, find_app,
    find_business,
};
use crate::context::Cx;
use crate::secrets::SecretHash;

const APP_KINDS: [(&str, AppKind); 2] = [("paid", AppKind::Paid), ("billing", AppKind::Billing)];

/// The tables `directory`, `app`, `business` and `token` of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformFile {
    parts: Vec<PlatformPart>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformPart {
    /// A partner's set of businesses.
    Directory {
        /// What the API calls it.
        number: u32,
        /// What people call it.
        name: String,
    },
    /// An app.
    App {
        /// What products call it.
        code_name: String,
        /// What people call it.
        name: String,
        /// What it is there for.
        kind: AppKind,
        /// SHA-256 of the secret by which it fetches tokens.
        secret_hash: SecretHash,
    },
    /// A business and its owner.
    Business {
        /// Its uid.
        uid: String,
        /// What it is called.
        name: String,
        /// The number of its directory; the project's first one when absent.
        directory: Option<u32>,
        /// Who buys when nobody is named.
        owner: PersonEntry,
    },
    /// Somebody else who works for a business.
    Staff {
        /// The business's uid.
        business: String,
        /// Who.
        person: PersonEntry,
    },
    /// A token that the operator made up, and of which the file knows the hash.
    Token {
        /// What the operator calls it.
        label: String,
        /// SHA-256 of the token.
        hash: SecretHash,
        /// For this business alone, by its uid.
        business: Option<String>,
        /// For this staff member of it, by their uid.
        staff: Option<String>,
        /// For the businesses of this directory.
        directory: Option<u32>,
        /// For this app, by its code name.
        app: Option<String>,
    },
}

/// A person of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonEntry {
    /// By which they are known again.
    pub uid: String,
    /// Unique among the project's members.
    pub email: Email,
    /// As they write it.
    pub name: String,
}

/// Why a part of the file is not made.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// A directory, a business or a member of its staff cannot be made.
    #[error(transparent)]
    Business(#[from] SaveBusinessError),
    /// An app cannot be made.
    #[error(transparent)]
    App(#[from] SaveAppError),
    /// A token cannot be made.
    #[error("the token {label:?} cannot be made")]
    Token {
        /// What the file calls it.
        label: String,
        /// Why.
        #[source]
        source: SaveTokenError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads them, in the order in which they need each other.
pub(super) fn read_platform(reader: &mut TableReader<'_, '_>) -> PlatformFile {
    let mut parts = reader.tables("directory", read_directory);
    parts.extend(reader.tables("app", read_app));
    parts.extend(reader.tables("business", read_business).into_iter().flatten());
    parts.extend(reader.tables("token", read_token));
    PlatformFile { parts }
}

impl PlatformFile {
    /// What of it is not there yet.
    pub(super) fn missing(
        &self,
        tx: &mut Tx<'_>,
        project: ProjectId,
    ) -> Result<Vec<PlatformPart>, StoreError> {
        let mut missing = Vec::new();
        for part in &self.parts {
            if !part.is_there(tx, project)? {
                missing.push(part.clone());
            }
        }
        Ok(missing)
    }
}

impl PlatformPart {
    fn is_there(&self, tx: &mut Tx<'_>, project: ProjectId) -> Result<bool, StoreError> {
        Ok(match self {
            Self::Directory { number, .. } => tx.directories(project).find_by_number(*number)?.is_some(),
            Self::App { code_name, .. } => find_app(tx, project, code_name)?.is_some(),
            Self::Business { uid, .. } => find_business(tx, project, uid)?.is_some(),
            Self::Staff { person, .. } => tx.members(project).find_with_organization(&person.uid)?.is_some(),
            // One that was taken back stays so.
            Self::Token { hash, .. } => {
                let known = tx.business_tokens().find_by_hash(hash)?;
                known.is_some_and(|token| token.project_id == project)
            }
        })
    }

    /// Makes it.
    pub(super) fn make(&self, cx: &Cx, tx: &mut Tx<'_>, project: ProjectId) -> Result<(), PlatformError> {
        match self {
            Self::Directory { number, name } => {
                let new = NewDirectory { number: Some(*number), name: name.clone() };
                create_directory(cx, tx, project, &new)?;
            }
            Self::App { code_name, name, kind, secret_hash } => {
                let new = NewApp { code_name: code_name.clone(), name: name.clone(), kind: *kind };
                create_app_of_hash(cx, tx, project, &new, secret_hash)?;
            }
            Self::Business { uid, name, directory, owner } => {
                let (uid, name, directory) = (Some(uid.clone()), name.clone(), *directory);
                create_business(
                    cx,
                    tx,
                    project,
                    &NewBusiness { uid, name, directory, owner: owner.to_new() },
                )?;
            }
            Self::Staff { business, person } => {
                add_staff(cx, tx, project, business, &person.to_new())?;
            }
            Self::Token { label, hash, .. } => {
                let made = self.grant(tx, project).and_then(|grant| {
                    let new = NewToken { grant, label: label.clone(), expires_at: None };
                    create_token_of_hash(cx, tx, project, &new, hash)
                });
                made.map_err(|source| PlatformError::Token { label: label.clone(), source })?;
            }
        }
        Ok(())
    }

    /// What a token is for. Nothing else is for anything.
    fn grant(&self, tx: &mut Tx<'_>, project: ProjectId) -> Result<TokenGrant, SaveTokenError> {
        let mut grant = TokenGrant::default();
        let Self::Token { business, staff, directory, app, .. } = self else { return Ok(grant) };
        if let Some(uid) = business {
            let found = find_business(tx, project, uid)?.ok_or(SaveTokenError::Unknown)?;
            grant.customer_id = Some(found.business.customer_id);
        }
        if let Some(uid) = staff {
            let found = tx.members(project).find_with_organization(uid)?.ok_or(SaveTokenError::Unknown)?;
            grant.member_id = Some(found.0.id);
        }
        if let Some(number) = directory {
            let found = tx.directories(project).find_by_number(*number)?.ok_or(SaveTokenError::Unknown)?;
            grant.directory_id = Some(found.id);
        }
        if let Some(code_name) = app {
            grant.app_id = Some(find_app(tx, project, code_name)?.ok_or(SaveTokenError::Unknown)?.id);
        }
        Ok(grant)
    }
}

impl PersonEntry {
    fn to_new(&self) -> NewStaff {
        NewStaff { uid: Some(self.uid.clone()), email: self.email.clone(), full_name: self.name.clone() }
    }
}

impl fmt::Display for PlatformPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory { number, name } => write!(formatter, "+ directory {number} ({name})"),
            Self::App { code_name, name, .. } => write!(formatter, "+ app {code_name} ({name})"),
            Self::Business { uid, name, .. } => write!(formatter, "+ business {uid} ({name})"),
            Self::Staff { business, person } => {
                write!(formatter, "+ staff {} of business {business} ({})", person.uid, person.name)
            }
            Self::Token { label, .. } => write!(formatter, "+ token ({label})"),
        }
    }
}

fn read_directory(reader: &mut TableReader<'_, '_>) -> Option<PlatformPart> {
    let number = reader.required("number", read_number);
    let name = reader.required("name", TableReader::text);
    Some(PlatformPart::Directory { number: number?, name: name? })
}

fn read_number(reader: &mut TableReader<'_, '_>, key: &'static str) -> Option<u32> {
    let number = u32::try_from(reader.integer(key)?).ok();
    if number.is_none() {
        reader.complain(format!("`{key}` is not negative"));
    }
    number
}

fn read_app(reader: &mut TableReader<'_, '_>) -> Option<PlatformPart> {
    let code_name = reader.required("code_name", TableReader::text);
    let name = reader.required("name", TableReader::text);
    let kind = reader.word("kind", &APP_KINDS).unwrap_or(AppKind::Paid);
    let secret_hash = reader.required("secret_sha256", read_hash);
    Some(PlatformPart::App { code_name: code_name?, name: name?, kind, secret_hash: secret_hash? })
}

/// A business, and whoever else works there.
fn read_business(reader: &mut TableReader<'_, '_>) -> Option<Vec<PlatformPart>> {
    let uid = reader.required("uid", TableReader::text);
    let name = reader.required("name", TableReader::text);
    let directory = read_number(reader, "directory");
    let owner = reader.required("owner", |reader, key| reader.table(key, read_person));
    let staff = reader.tables("staff", read_person);
    let (uid, name, owner) = (uid?, name?, owner?);
    let mut parts = vec![PlatformPart::Business { uid: uid.clone(), name, directory, owner }];
    parts.extend(staff.into_iter().map(|person| PlatformPart::Staff { business: uid.clone(), person }));
    Some(parts)
}

fn read_person(reader: &mut TableReader<'_, '_>) -> Option<PersonEntry> {
    let uid = reader.required("uid", TableReader::text);
    let email = reader.required("email", |reader, key| reader.parsed(key, Email::parse));
    let name = reader.required("name", TableReader::text);
    Some(PersonEntry { uid: uid?, email: email?, name: name? })
}

fn read_token(reader: &mut TableReader<'_, '_>) -> Option<PlatformPart> {
    let label = reader.required("label", TableReader::text);
    let hash = reader.required("sha256", read_hash);
    let (business, staff) = (reader.text("business"), reader.text("staff"));
    let directory = read_number(reader, "directory");
    let app = reader.text("app");
    if staff.is_some() && business.is_none() {
        reader.complain("`staff` needs the `business` that they work for");
    }
    Some(PlatformPart::Token { label: label?, hash: hash?, business, staff, directory, app })
}

/// 64 hexadecimal digits, as `sha256sum` prints them.
fn read_hash(reader: &mut TableReader<'_, '_>, key: &'static str) -> Option<SecretHash> {
    reader.parsed(key, |text| {
        let bytes = hex::decode(text).ok().and_then(|bytes| SecretHash::try_from(bytes).ok());
        bytes.ok_or("must be a SHA-256 hash: 64 hexadecimal digits")
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog::parse_catalog;

    #[test]
    fn a_secret_in_clear_is_refused_and_everything_wrong_is_said_at_once() {
        let text = "[[token]]\nlabel = \"billing\"\nsha256 = \"a secret in clear\"\nstaff = \"ada\"\n\
                    [[app]]\ncode_name = \"till\"\nname = \"Till\"\n[[directory]]\nnumber = -1\nname = \"North\"\n";
        let mistakes = parse_catalog(text).unwrap_err().0;
        let found = mistakes.iter().map(|mistake| mistake.message.as_str()).collect::<Vec<_>>();
        for expected in [
            "`sha256` must be a SHA-256 hash: 64 hexadecimal digits",
            "`staff` needs the `business` that they work for",
            "`secret_sha256` is missing",
            "`number` is not negative",
        ] {
            assert!(found.contains(&expected), "{expected}: {found:?}");
        }
        assert!(found.iter().all(|message| !message.contains("in clear")), "{found:?}");
    }
}
