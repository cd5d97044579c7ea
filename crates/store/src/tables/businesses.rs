//! Customers that are businesses, each in a directory.

use perennial_domain::{Business, CustomerId, CustomerStatus};

use super::Businesses;
use super::business_holdings::ListedBusiness;
use super::table::{Joined, Table};
use crate::{Columns, FromRow, StoreError, ToValue, params};

const BUSINESSES: Table =
    Table::new("businesses", "customer_id, project_id, directory_id, owner_id, created_at");

/// What a business and its owner are called. Every join begins with the project and goes by a key.
macro_rules! names {
    () => {
        "JOIN customers ON customers.project_id = businesses.project_id \
             AND customers.id = businesses.customer_id \
         JOIN members ON members.project_id = businesses.project_id AND members.id = businesses.owner_id"
    };
}

/// A business with what it is called.
#[derive(Clone, Debug)]
pub struct BusinessView {
    /// The business.
    pub business: Business,
    /// The customer's external id.
    pub uid: String,
    /// The customer's name.
    pub name: Option<String>,
    /// Whether the customer may act.
    pub status: CustomerStatus,
    /// The number of its directory.
    pub directory: u32,
    /// The uid of its owner.
    pub owner_uid: String,
}

impl Businesses<'_> {
    /// Makes a customer a business, with all that they have bought before. A conflict of `businesses_pkey` says that they
    /// are one already.
    pub fn insert(&mut self, business: &Business) -> Result<(), StoreError> {
        let Business { customer_id, directory_id, owner_id, created_at, .. } = business;
        self.tx.execute(
            &BUSINESSES.insert(),
            params![customer_id, self.project, directory_id, owner_id, created_at],
        )?;
        self.tx.execute(
            "UPDATE subscriptions SET directory_id = $3 WHERE project_id = $1 AND customer_id = $2",
            params![self.project, customer_id, directory_id],
        )?;
        Ok(())
    }

    /// The customer as a business, if they are one.
    pub fn find(&mut self, customer: CustomerId) -> Result<Option<Business>, StoreError> {
        self.tx.optional(&BUSINESSES.select("customer_id = $2"), params![self.project, customer])
    }

    /// The business with this uid.
    pub fn view_by_uid(&mut self, uid: &str) -> Result<Option<BusinessView>, StoreError> {
        let sql = format!("{} AND customers.external_id = $2", view());
        self.tx.optional(&sql, params![self.project, uid])
    }

    /// The businesses with these uids, at least one of which is asked for.
    pub fn views_by_uid(&mut self, uids: &[&str]) -> Result<Vec<BusinessView>, StoreError> {
        let parameters = parameters_after_project(uids.len());
        let sql = format!("{} AND customers.external_id IN ({parameters})", view());
        let mut values = params![self.project].to_vec();
        values.extend(uids.iter().map(|uid| uid as &dyn ToValue));
        self.tx.list(&sql, &values)
    }

    /// The customer as a business, if they are one.
    pub fn view(&mut self, customer: CustomerId) -> Result<Option<BusinessView>, StoreError> {
        let sql = format!("{} AND businesses.customer_id = $2", view());
        self.tx.optional(&sql, params![self.project, customer])
    }

    /// What lists say of these businesses, at least one of which is asked for.
    pub fn listed(&mut self, customers: &[CustomerId]) -> Result<Vec<ListedBusiness>, StoreError> {
        // Few texts for all numbers, each planned once: some are asked for twice.
        let places = customers.len().next_power_of_two();
        let sql = format!(
            "SELECT businesses.customer_id, customers.external_id, members.external_id FROM businesses {} \
             WHERE businesses.project_id = $1 AND businesses.customer_id IN ({})",
            names!(),
            parameters_after_project(places)
        );
        let mut values = params![self.project].to_vec();
        values.extend(customers.iter().cycle().take(places).map(|customer| customer as &dyn ToValue));
        self.tx.list(&sql, &values)
    }

    /// The first businesses of the project, oldest first.
    pub fn list(&mut self, limit: u32) -> Result<Vec<BusinessView>, StoreError> {
        let sql = format!("{} ORDER BY businesses.created_at, businesses.customer_id LIMIT $2", view());
        self.tx.list(&sql, params![self.project, limit])
    }
}

fn parameters_after_project(number: usize) -> String {
    (2..number + 2).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

fn view() -> String {
    let columns = format!(
        "{}, customers.external_id, customers.full_name, customers.status, directories.number, members.external_id",
        BUSINESSES.qualified()
    );
    let joins = concat!(
        names!(),
        " JOIN directories ON directories.project_id = businesses.project_id \
             AND directories.id = businesses.directory_id"
    );
    let joined = Joined { columns, joins };
    format!("{} WHERE businesses.project_id = $1", BUSINESSES.select_joined("businesses", &joined))
}

impl FromRow for Business {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            customer_id: row.take()?,
            project_id: row.take()?,
            directory_id: row.take()?,
            owner_id: row.take()?,
            created_at: row.take()?,
        })
    }
}

impl FromRow for BusinessView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            business: Business::from_row(row)?,
            uid: row.take()?,
            name: row.take()?,
            status: row.take()?,
            directory: row.take()?,
            owner_uid: row.take()?,
        })
    }
}
