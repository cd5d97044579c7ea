//! The catalogue as code: a file says what is sold, `plan` shows what would change, `apply` makes it so.

mod apply;
mod business;
mod check;
mod file;
mod plan;
mod platform;
mod product;
mod reader;
mod telecom;
mod tell;

pub use self::business::BusinessEntry;
pub use apply::{Applied, ApplyCatalogError, apply_catalog};
pub use file::{CatalogFile, Mistake, Mistakes, PriceEntry, ProductEntry, parse_catalog};
pub use plan::{Change, plan_catalog};
pub use platform::{PersonEntry, PlatformError, PlatformFile, PlatformPart};
