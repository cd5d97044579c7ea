//! The subscriptions of businesses as the third door lists them: filtered, sorted, and by page number.
//!
//! A page's few rows are found by an index alone, and what belongs to them is joined then.

use jiff::Timestamp;
use perennial_domain::{
    BusinessFacts, CustomerId, DirectoryId, Money, PaymentType, PriceId, ProductId, ProjectId, PurchaseState,
    SubscriptionId, SubscriptionState, Term,
};

use super::Subscriptions;
use super::filter::Filter;
use super::subscriptions::SUBSCRIPTIONS;
use super::values::{Json, take_money};
use crate::{Columns, FromRow, StoreError, params};

/// A subscription of a business, as far as the third door shows it.
#[derive(Clone, Debug)]
pub struct BusinessSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Who has it.
    pub customer_id: CustomerId,
    /// What they are called there.
    pub business_uid: String,
    /// The staff member who bought it.
    pub buyer_uid: String,
    /// What they have.
    pub product_id: ProductId,
    /// What that is called.
    pub product_name: String,
    /// Its stock-keeping unit.
    pub sku: Option<String>,
    /// What it is to businesses.
    pub facts: Option<BusinessFacts>,
    /// What a period costs.
    pub amount: Money,
    /// What a payment covers.
    pub term: Term,
    /// Where it is in its life.
    pub state: SubscriptionState,
    /// When someone decided that it ends.
    pub canceled_at: Option<Timestamp>,
    /// When it will end, or ended.
    pub ended_at: Option<Timestamp>,
    /// When the running period is over.
    pub period_end: Option<Timestamp>,
    /// When it was bought.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it was given along with.
    pub bundled_from_id: Option<SubscriptionId>,
    /// Whether this server charges for it.
    pub is_charged_here: bool,
}

impl BusinessSubscription {
    /// How it stands at this time.
    pub fn purchase_state(&self, now: Timestamp) -> PurchaseState {
        PurchaseState::of(self.state, self.canceled_at, self.ended_at, now)
    }

    /// How it is paid.
    pub const fn payment_type(&self) -> PaymentType {
        if self.bundled_from_id.is_some() {
            PaymentType::Bundled
        } else {
            PaymentType::of(self.amount, self.term)
        }
    }
}

/// Which are wanted. A list that is given and empty matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BusinessFilter {
    /// Of the businesses of this directory.
    pub directory: Option<DirectoryId>,
    /// Of these businesses. The caller has made sure that they are in the directory.
    pub customers: Option<Vec<CustomerId>>,
    /// These.
    pub ids: Option<Vec<SubscriptionId>>,
    /// Of these products.
    pub products: Option<Vec<ProductId>>,
    /// At these prices.
    pub prices: Option<Vec<PriceId>>,
    /// In one of these states.
    pub states: Option<Vec<PurchaseState>>,
    /// Made or changed so, as SQL compares: `=`, `<`, `<=`, `>`, `>=`.
    pub times: Vec<(SortField, &'static str, Timestamp)>,
}

/// By what a list can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortField {
    /// When it was bought.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// The id, which is about the same as when it was bought.
    Id,
}

impl SortField {
    const fn column(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Id => "id",
        }
    }
}

/// One key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BusinessSort {
    /// By what.
    pub field: SortField,
    /// The smallest first.
    pub ascending: bool,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStart {
    /// After so many rows, which have to be passed one by one.
    After(u32),
    /// At this row or right behind it, which an index finds at once; for lists that are sorted by one time alone.
    Row {
        /// The time that the list is sorted by.
        at: Timestamp,
        /// The row.
        id: SubscriptionId,
        /// Whether the row itself is the first one.
        inclusive: bool,
    },
}

impl BusinessSubscription {
    /// A page that begins at this row or right behind it, if the list is sorted so that there can be one.
    pub fn as_start(&self, sort: &[BusinessSort], inclusive: bool) -> Option<PageStart> {
        let at = match sort {
            [BusinessSort { field: SortField::CreatedAt, .. }] => self.created_at,
            [BusinessSort { field: SortField::UpdatedAt, .. }] => self.updated_at,
            _ => return None,
        };
        Some(PageStart::Row { at, id: self.id, inclusive })
    }
}

impl BusinessFilter {
    /// Whether nothing can match.
    fn is_void(&self) -> bool {
        fn given_none<T>(list: Option<&Vec<T>>) -> bool {
            list.is_some_and(Vec::is_empty)
        }
        given_none(self.customers.as_ref())
            || given_none(self.ids.as_ref())
            || given_none(self.products.as_ref())
            || given_none(self.prices.as_ref())
            || given_none(self.states.as_ref())
    }

    /// With customers the directory is left out: a planner that knows nothing of the tables yet would search all of it.
    fn conditions<'v>(&'v self, project: &'v ProjectId, now: &'v Timestamp) -> Filter<'v> {
        let mut filter = Filter::of_project(&SUBSCRIPTIONS, project)
            .one_of("customer_id", self.customers.as_deref().unwrap_or_default())
            .one_of("id", self.ids.as_deref().unwrap_or_default())
            .one_of("product_id", self.products.as_deref().unwrap_or_default())
            .one_of("price_id", self.prices.as_deref().unwrap_or_default());
        if self.customers.is_none() {
            filter = match &self.directory {
                Some(_) => filter.equals("directory_id", self.directory.as_ref()),
                None => filter.where_given("directory_id"),
            };
        }
        if let Some(states) = &self.states {
            filter = filter.meets(&in_states(states), now);
        }
        for (field, comparison, at) in &self.times {
            filter = filter.compares(field.column(), comparison, at);
        }
        filter
    }
}

/// The SQL of [`PurchaseState::of`]; `?` is the time.
fn in_states(states: &[PurchaseState]) -> String {
    const NOT_OVER: &str = "(subscriptions.ended_at IS NULL OR subscriptions.ended_at > ?)";
    let state = |state: &PurchaseState| match state {
        PurchaseState::Live | PurchaseState::Canceled => {
            let canceled = if *state == PurchaseState::Live { "IS NULL" } else { "IS NOT NULL" };
            format!(
                "(subscriptions.state IN ('pending', 'active', 'past_due') \
                 AND subscriptions.canceled_at {canceled} AND {NOT_OVER})"
            )
        }
        PurchaseState::Suspended => {
            format!("(subscriptions.state IN ('paused', 'restricted') AND {NOT_OVER})")
        }
        PurchaseState::Expired => "(subscriptions.state = 'ended' OR subscriptions.ended_at <= ?)".to_owned(),
    };
    format!("({})", states.iter().map(state).collect::<Vec<_>>().join(" OR "))
}

const COLUMNS: &str = "subscriptions.id, subscriptions.customer_id, customers.external_id, \
     COALESCE(buyers.external_id, owners.external_id), subscriptions.product_id, products.name, products.sku, \
     products.business_facts, prices.amount_minor, prices.currency, subscriptions.term, subscriptions.state, \
     subscriptions.canceled_at, subscriptions.ended_at, subscriptions.period_end, subscriptions.created_at, \
     subscriptions.updated_at, subscriptions.bundled_from_id, \
     subscriptions.stripe_subscription_id IS NOT NULL";

/// Every join begins with the project and goes by a key.
const JOINS: &str = "JOIN subscriptions ON subscriptions.project_id = $1 AND subscriptions.id = found.id \
     JOIN products ON products.project_id = $1 AND products.id = subscriptions.product_id \
     JOIN prices ON prices.project_id = $1 AND prices.id = subscriptions.price_id \
     JOIN customers ON customers.project_id = $1 AND customers.id = subscriptions.customer_id \
     JOIN businesses ON businesses.project_id = $1 AND businesses.customer_id = subscriptions.customer_id \
     JOIN members AS owners ON owners.project_id = $1 AND owners.id = businesses.owner_id \
     LEFT JOIN members AS buyers ON buyers.project_id = $1 AND buyers.id = subscriptions.buyer_id";

/// What belongs to the subscriptions that a selection of ids finds.
fn view_of(found: &str) -> String {
    format!("SELECT {COLUMNS} FROM ({found}) AS found {JOINS}")
}

impl Subscriptions<'_> {
    /// One subscription of a business.
    pub fn business_view(&mut self, id: SubscriptionId) -> Result<Option<BusinessSubscription>, StoreError> {
        let found =
            "SELECT id FROM subscriptions WHERE project_id = $1 AND id = $2 AND directory_id IS NOT NULL";
        self.tx.optional(&view_of(found), params![self.project, id])
    }

    /// So many of the subscriptions that match, from `start` on.
    pub fn business_page(
        &mut self,
        filter: &BusinessFilter,
        sort: &[BusinessSort],
        limit: u32,
        start: PageStart,
        now: Timestamp,
    ) -> Result<Vec<BusinessSubscription>, StoreError> {
        if filter.is_void() {
            return Ok(Vec::new());
        }
        let conditions = filter.conditions(&self.project, &now);
        let order = order_by(sort);
        let parameters = conditions.next_parameters();
        let (from, skipping) = from_start(sort, start, &parameters);
        let found = format!(
            "SELECT id FROM subscriptions WHERE {}{from} {order} LIMIT {limit}{skipping}",
            conditions.text()
        );
        let sql = format!("{} {order}", view_of(&found));
        match start {
            PageStart::After(rows) => self.tx.list(&sql, &conditions.values_and(params![rows])),
            PageStart::Row { at, id, .. } => self.tx.list(&sql, &conditions.values_and(params![at, id])),
        }
    }

    /// How many match.
    pub fn business_count(&mut self, filter: &BusinessFilter, now: Timestamp) -> Result<i64, StoreError> {
        if filter.is_void() {
            return Ok(0);
        }
        let conditions = filter.conditions(&self.project, &now);
        let sql = format!("SELECT COUNT(*) FROM subscriptions WHERE {}", conditions.text());
        self.tx.one(&sql, &conditions.values_and(params![]))
    }
}

/// What the place of the first row adds to the conditions, and to the end of the statement.
fn from_start(sort: &[BusinessSort], start: PageStart, parameters: &[String; 2]) -> (String, String) {
    let [first, second] = parameters;
    match (start, sort.first()) {
        (PageStart::Row { inclusive, .. }, Some(key)) => {
            let comparison = match (key.ascending, inclusive) {
                (true, true) => ">=",
                (true, false) => ">",
                (false, true) => "<=",
                (false, false) => "<",
            };
            let column = key.field.column();
            let row = "subscriptions.id";
            (format!(" AND (subscriptions.{column}, {row}) {comparison} ({first}, {second})"), String::new())
        }
        _ => (String::new(), format!(" OFFSET {first}")),
    }
}

/// Ids are unique, so rows that are equal otherwise keep their order from page to page.
fn order_by(sort: &[BusinessSort]) -> String {
    let direction = |ascending: bool| if ascending { "ASC" } else { "DESC" };
    let mut keys = sort
        .iter()
        .map(|key| format!("subscriptions.{} {}", key.field.column(), direction(key.ascending)))
        .collect::<Vec<_>>();
    if sort.iter().all(|key| key.field != SortField::Id) {
        let last = sort.last().is_some_and(|key| key.ascending);
        keys.push(format!("subscriptions.id {}", direction(last)));
    }
    format!("ORDER BY {}", keys.join(", "))
}

impl FromRow for BusinessSubscription {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            customer_id: row.take()?,
            business_uid: row.take()?,
            buyer_uid: row.take()?,
            product_id: row.take()?,
            product_name: row.take()?,
            sku: row.take()?,
            facts: row.take::<Option<Json<_>>>()?.map(|facts| facts.0),
            amount: take_money(row)?,
            term: row.take::<Json<_>>()?.0,
            state: row.take()?,
            canceled_at: row.take()?,
            ended_at: row.take()?,
            period_end: row.take()?,
            created_at: row.take()?,
            updated_at: row.take()?,
            bundled_from_id: row.take()?,
            is_charged_here: row.take()?,
        })
    }
}
