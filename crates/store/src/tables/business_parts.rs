//! A list of the third door as the parts of which it is made: each is one run of an index that is in the list's order
//! already, so that the database merges them and neither passes over other rows nor sorts.
//!
//! A state depends on the time, and an index cannot know the time: a row stands as it was left, and the few whose end has
//! come since are known by name.

use jiff::Timestamp;
use perennial_domain::{DirectoryId, ProductId, ProjectId, PurchaseState, SubscriptionId};

use super::business_listing::{BusinessFilter, in_states};
use crate::ToValue;

/// More parts than this are not worth merging: what they would tell apart is looked at row by row.
const MOST_PARTS: usize = 64;

/// How a list is found.
#[derive(Debug)]
pub(super) struct Plan {
    parts: Vec<Part>,
    /// Whose end has come without a word of any job: a list of expired ones holds them beside what its parts find.
    overdue: Vec<SubscriptionId>,
}

/// One run of an index; what it does not say of a row is told by the filter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    directory: Option<DirectoryId>,
    product: Option<ProductId>,
    standing: Option<Standing>,
    /// The rows that are known by name instead.
    is_overdue: bool,
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    left_as: PurchaseState,
    /// Whether one whose end has come is meant as well.
    or_over: bool,
}

impl BusinessFilter {
    /// Whether rows are found by whose they are, or by name: so few that they are sorted when they are found.
    pub(super) fn is_narrow(&self) -> bool {
        self.businesses.is_some() || self.ids.is_some()
    }

    /// The states in which a row can have been left whose end has come since, and that count as expired then.
    pub(super) fn overdue_states(&self) -> Vec<PurchaseState> {
        let Some(states) = self.states.as_ref().filter(|_| !self.is_narrow()) else { return Vec::new() };
        let is_other = |state: &PurchaseState| *state != PurchaseState::Expired && !states.contains(state);
        if !states.contains(&PurchaseState::Expired) {
            return Vec::new();
        }
        PurchaseState::ALL.iter().copied().filter(is_other).collect()
    }

    fn standings(&self) -> Vec<Option<Standing>> {
        let all = PurchaseState::ALL.iter().copied();
        match (&self.states, &self.products) {
            (None, None) => vec![None],
            (None, Some(_)) => all.map(|left_as| Some(Standing { left_as, or_over: true })).collect(),
            (Some(states), _) => {
                let or_over = states.contains(&PurchaseState::Expired);
                let wanted = all.filter(|state| states.contains(state));
                wanted.map(|left_as| Some(Standing { left_as, or_over })).collect()
            }
        }
    }
}

impl Plan {
    /// More than this are not named one by one: somebody has let the worker rest, and rows are looked at.
    pub(super) const MOST_OVERDUE: usize = 1_000;

    /// Of a list, beside which these are to be found.
    pub(super) fn of(filter: &BusinessFilter, overdue: Vec<SubscriptionId>) -> Self {
        match &filter.directories {
            Some(directories) if !filter.is_narrow() && overdue.len() <= Self::MOST_OVERDUE => {
                Self { parts: parts(filter, directories, !overdue.is_empty()), overdue }
            }
            _ => Self { parts: vec![Part::default()], overdue: Vec::new() },
        }
    }
}

fn parts(filter: &BusinessFilter, directories: &[DirectoryId], with_overdue: bool) -> Vec<Part> {
    let standings = filter.standings();
    let fits =
        |products: &&Vec<ProductId>| directories.len() * standings.len() * products.len() <= MOST_PARTS;
    let named = filter.products.as_ref().filter(fits);
    let products = named.map_or_else(|| vec![None], |named| named.iter().copied().map(Some).collect());
    let mut parts = Vec::new();
    for directory in directories {
        for product in &products {
            let part = Part { directory: Some(*directory), product: *product, ..Part::default() };
            parts.extend(standings.iter().map(|standing| Part { standing: *standing, ..part }));
        }
    }
    if with_overdue {
        parts.push(Part { is_overdue: true, ..Part::default() });
    }
    parts
}

/// Conditions and the values of their parameters.
pub(super) struct Conditions<'v> {
    pub(super) values: Vec<&'v dyn ToValue>,
    /// After `WHERE`, one for each part.
    texts: Vec<String>,
    now: &'v Timestamp,
    /// The parameter that says the time, once one does: PostgreSQL wants every parameter to be used.
    now_parameter: Option<String>,
}

impl<'v> Conditions<'v> {
    /// Of the parts of this list.
    pub(super) fn of(
        filter: &'v BusinessFilter,
        project: &'v ProjectId,
        now: &'v Timestamp,
        plan: &'v Plan,
    ) -> Self {
        let mut all = Self { values: vec![project], texts: Vec::new(), now, now_parameter: None };
        let shared = all.shared(filter);
        for part in &plan.parts {
            let own = all.own(filter, part, &plan.overdue);
            all.texts.push(format!("project_id = $1 AND {own}{shared}"));
        }
        all
    }

    /// What every part has to meet as well.
    pub(super) fn and(&mut self, condition: &str) {
        for text in &mut self.texts {
            text.push_str(" AND ");
            text.push_str(condition);
        }
    }

    /// These columns of the rows of all parts.
    pub(super) fn union(&self, columns: &str) -> String {
        let select = |text: &String| format!("SELECT {columns} FROM subscriptions WHERE {text}");
        self.texts.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ")
    }

    /// The same, where each part is asked for its first rows alone: PostgreSQL sees that a part is in the list's order only
    /// if it is told to sort it, and that an index is worth it only if it is told how few rows are wanted.
    pub(super) fn union_of_first(&self, columns: &str, order: &str, most: u32) -> String {
        let [_, _, ..] = self.texts.as_slice() else { return self.union(columns) };
        let select = |text: &String| {
            format!(
                "SELECT {columns} FROM (SELECT {columns} FROM subscriptions WHERE {text} {order} LIMIT {most}) AS part"
            )
        };
        self.texts.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ")
    }

    fn now(&mut self) -> String {
        if let Some(known) = &self.now_parameter {
            return known.clone();
        }
        let parameter = self.bind(self.now);
        self.now_parameter = Some(parameter.clone());
        parameter
    }

    /// A parameter with this value.
    pub(super) fn bind(&mut self, value: &'v dyn ToValue) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn one_of<T: ToValue + 'v>(&mut self, column: &str, values: impl IntoIterator<Item = &'v T>) -> String {
        let parameters = values.into_iter().map(|value| self.bind(value)).collect::<Vec<_>>();
        format!("{column} IN ({})", parameters.join(", "))
    }

    /// What every part says.
    fn shared(&mut self, filter: &'v BusinessFilter) -> String {
        // The first is empty, so that each of the others begins with an AND.
        let mut all = vec![String::new()];
        if let Some(prices) = &filter.prices {
            all.push(self.one_of("price_id", prices));
        }
        for (field, comparison, at) in &filter.times {
            all.push(format!("{} {comparison} {}", field.column(), self.bind(at)));
        }
        all.join(" AND ")
    }

    fn own(&mut self, filter: &'v BusinessFilter, part: &'v Part, overdue: &'v [SubscriptionId]) -> String {
        let mut all = Vec::new();
        match (&part.directory, &filter.directories, &filter.businesses) {
            (Some(directory), _, _) => all.push(format!("directory_id = {}", self.bind(directory))),
            (None, _, Some(businesses)) => {
                let customers = businesses.iter().map(|business| &business.customer_id);
                all.push(self.one_of("customer_id", customers));
            }
            (None, Some(directories), None) => all.push(self.one_of("directory_id", directories)),
            (None, None, None) => all.push("directory_id IS NOT NULL".to_owned()),
        }
        if part.is_overdue {
            all.push(self.one_of("id", overdue));
        } else if let Some(ids) = &filter.ids {
            all.push(self.one_of("id", ids));
        }
        match (&part.product, &filter.products) {
            (Some(product), _) => all.push(format!("product_id = {}", self.bind(product))),
            (None, Some(products)) => all.push(self.one_of("product_id", products)),
            (None, None) => {}
        }
        match (part.standing, &filter.states) {
            (Some(standing), _) => all.push(self.left_so(standing)),
            (None, Some(states)) if !part.is_overdue => all.push(in_states(states, &self.now())),
            (None, _) => {}
        }
        all.join(" AND ")
    }

    fn left_so(&mut self, standing: Standing) -> String {
        let left = format!("standing = '{}'", standing.left_as);
        if standing.or_over || standing.left_as == PurchaseState::Expired {
            return left;
        }
        format!("{left} AND (ended_at IS NULL OR ended_at > {})", self.now())
    }
}
