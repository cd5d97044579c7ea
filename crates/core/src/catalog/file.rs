//! What a catalogue file says, once every mistake in it is mended.

use std::fmt;

use perennial_domain::{
    AddonFacts, Capability, ChangePolicy, Metadata, Money, PlanFacts, ProductKind, ProductStatus, Term,
};
use toml::de::DeTable;

use super::business::BusinessEntry;
use super::check::check;
use super::platform::{PlatformFile, read_platform};
use super::product::read_products;
use super::reader::{Lines, TableReader};

/// A catalogue without mistakes.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogFile {
    /// The products, in the order of the file.
    pub products: Vec<ProductEntry>,
    /// Who works on a platform of businesses.
    pub platform: PlatformFile,
}

/// One product of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductEntry {
    /// How the operator knows it again.
    pub key: String,
    /// Alone or on top.
    pub kind: ProductKind,
    /// What customers read.
    pub name: String,
    /// A sentence for customers.
    pub description: Option<String>,
    /// An absolute URL.
    pub image: Option<String>,
    /// Can it be bought.
    pub status: ProductStatus,
    /// At most one live subscription of each group.
    pub exclusive_group: Option<String>,
    /// When a change to it takes effect.
    pub changes: ChangePolicy,
    /// The stock-keeping unit.
    pub sku: Option<String>,
    /// What it lets its customer do.
    pub capabilities: Vec<Capability>,
    /// The facts of a mobile plan.
    pub plan_facts: Option<PlanFacts>,
    /// The facts of a mobile add-on; its plans are named beside, by key.
    pub addon_facts: Option<AddonFacts>,
    /// The keys of the plans that the add-on fits.
    pub addon_plans: Vec<String>,
    /// What makes it a purchasable of businesses.
    pub business: Option<BusinessEntry>,
    /// The operator's strings.
    pub metadata: Metadata,
    /// What it costs.
    pub prices: Vec<PriceEntry>,
    /// Where in the file.
    pub(super) line: usize,
}

/// One price of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceEntry {
    /// Its key under the product.
    pub key: String,
    /// What a period costs.
    pub amount: Money,
    /// What a payment covers.
    pub term: Term,
}

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// From one.
    pub line: usize,
    /// From one, in characters.
    pub column: usize,
    /// What, and how to mend it.
    pub message: String,
}

/// Everything wrong in the file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{}:{}: {}", mistake.line, mistake.column, mistake.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Reads a catalogue file, or reports everything that is wrong with it at once.
pub fn parse_catalog(text: &str) -> Result<CatalogFile, Mistakes> {
    let lines = Lines::of(text);
    let (document, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        let mistake = |error: &toml::de::Error| {
            lines.mistake(error.span().map_or(0, |span| span.start), error.message().to_owned())
        };
        return Err(sorted(syntax.iter().map(mistake).collect()));
    }
    let mut mistakes = Vec::new();
    let mut reader = TableReader::new(document.get_ref(), 0, &lines, &mut mistakes);
    let products = read_products(&mut reader);
    let platform = read_platform(&mut reader);
    reader.finish();
    check(&products, &mut mistakes);
    if mistakes.is_empty() { Ok(CatalogFile { products, platform }) } else { Err(sorted(mistakes)) }
}

fn sorted(mut mistakes: Vec<Mistake>) -> Mistakes {
    mistakes.sort();
    mistakes.dedup();
    Mistakes(mistakes)
}
