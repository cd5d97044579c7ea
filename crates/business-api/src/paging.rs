//! Pages by number, and the order of lists (contract §7.1).

use axum::Json;
use perennial_core::store::tables::{BusinessSort, SortField};
use schemars::JsonSchema;
use serde::Serialize;

use crate::refusal::Refusal;

const USUAL_PER_PAGE: u32 = 25;
const MOST_PER_PAGE: u32 = 100;

/// The part of a list that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Paging {
    pub(crate) page: u32,
    pub(crate) per_page: u32,
    /// Fields with whether the smallest comes first.
    pub(crate) sort: Vec<(String, bool)>,
}

impl Paging {
    pub(crate) fn read(
        page: Option<&str>,
        per_page: Option<&str>,
        sort: Option<&str>,
    ) -> Result<Self, Refusal> {
        let page = page.map_or(Ok(1), |page| number("page", page))?;
        let per_page = per_page.map_or(Ok(USUAL_PER_PAGE), |per_page| number("per_page", per_page))?;
        let sort = sort.unwrap_or("updated_at:desc").split(',').map(read_key);
        Ok(Self { page, per_page: per_page.min(MOST_PER_PAGE), sort: sort.collect::<Result<_, _>>()? })
    }

    /// How many rows come before.
    pub(crate) fn rows_before(&self) -> u32 {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// The order of a list of subscriptions, which are found by their times.
    pub(crate) fn order(&self) -> Result<Vec<BusinessSort>, Refusal> {
        let key = |(field, ascending): &(String, bool)| {
            let field = match field.as_str() {
                "created_at" | "created" => SortField::CreatedAt,
                "updated_at" | "updated" => SortField::UpdatedAt,
                "uid" => SortField::Id,
                _ => return Err(unsortable(field)),
            };
            Ok(BusinessSort { field, ascending: *ascending })
        };
        self.sort.iter().map(key).collect()
    }

    /// This part of a list that is in memory.
    pub(crate) fn part<T>(&self, rows: Vec<T>) -> (Vec<T>, PagesBody) {
        let pages = PagesBody::new(self, i64::try_from(rows.len()).unwrap_or(i64::MAX));
        (rows.into_iter().skip(self.rows_before() as usize).take(self.per_page as usize).collect(), pages)
    }
}

pub(crate) fn unsortable(field: &str) -> Refusal {
    Refusal::bad_field("sort", format!("The list cannot be sorted by {field:?}."))
}

/// Where a page stands among all. Beside the list and not in it, as an early draft of the contract has it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Pages")]
pub(crate) struct PagesBody {
    page: u32,
    per_page: u32,
    /// How many match. From 10 000 on it says at least so many, and always more than were shown as long as more follow;
    /// of lists over many businesses it may be some seconds old.
    total: i64,
    total_pages: i64,
}

impl PagesBody {
    pub(crate) fn new(paging: &Paging, total: i64) -> Self {
        let per_page = i64::from(paging.per_page);
        let total_pages = (total + per_page - 1) / per_page;
        Self { page: paging.page, per_page: paging.per_page, total, total_pages }
    }
}

/// A page of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub(crate) struct Paged<T> {
    #[schemars(extend("const" = true))]
    success: bool,
    data: T,
    #[serde(flatten)]
    pages: PagesBody,
}

impl<T> Paged<T> {
    pub(crate) const fn of(data: T, pages: PagesBody) -> Json<Self> {
        Json(Self { success: true, data, pages })
    }
}

fn number(name: &'static str, text: &str) -> Result<u32, Refusal> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Refusal::bad_field(name, format!("`{name}` is a whole number from 1 on.")))
}

fn read_key(key: &str) -> Result<(String, bool), Refusal> {
    let (field, direction) = key.trim().split_once(':').unwrap_or((key.trim(), "asc"));
    match direction {
        "asc" => Ok((field.to_owned(), true)),
        "desc" => Ok((field.to_owned(), false)),
        _ => Err(Refusal::bad_field("sort", "A list is sorted by `field:asc` or `field:desc`.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_hundred_rows_at_the_most() {
        let paging = Paging::read(Some("3"), Some("1000"), None).unwrap();
        assert_eq!((paging.page, paging.per_page), (3, 100));
        assert_eq!(paging.sort, [("updated_at".to_owned(), false)]);
        for (page, per_page, sort) in
            [(Some("0"), None, None), (None, Some("-1"), None), (None, None, Some("uid:up"))]
        {
            assert!(Paging::read(page, per_page, sort).is_err());
        }
    }

    #[test]
    fn a_part_is_cut_from_the_whole() {
        let paging = Paging::read(Some("2"), Some("2"), None).unwrap();
        let (part, pages) = paging.part(vec![1, 2, 3]);
        assert_eq!((part, pages.total, pages.total_pages), (vec![3], 3, 2));
    }
}
