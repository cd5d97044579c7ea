//! The `WHERE` of a list whose filters are not known before it is asked for.

use std::fmt::Write;

use perennial_domain::ProjectId;

use super::table::Table;
use crate::ToValue;

/// Conditions on one table that must all hold, and the values of their parameters. Begins with the project.
///
/// Only filters that are given become conditions, so that the planner sees what it can use an index for.
pub(super) struct Filter<'v> {
    table: &'v Table,
    project: &'v ProjectId,
    text: String,
    values: Vec<&'v dyn ToValue>,
}

impl<'v> Filter<'v> {
    /// All rows of the project.
    pub(super) fn of_project(table: &'v Table, project: &'v ProjectId) -> Self {
        Self { table, project, text: format!("{}.project_id = $1", table.name()), values: vec![project] }
    }

    /// Those alone whose column holds the value; all when there is no value.
    pub(super) fn equals(mut self, column: &str, value: Option<&'v impl ToValue>) -> Self {
        if let Some(value) = value {
            let parameter = self.bind(value);
            self.and(column, format_args!("= {parameter}"));
        }
        self
    }

    /// Those alone whose column holds one of the values; all when the list is empty.
    pub(super) fn one_of(mut self, column: &str, values: &'v [impl ToValue]) -> Self {
        if !values.is_empty() {
            let parameters = values.iter().map(|value| self.bind(value)).collect::<Vec<_>>();
            self.and(column, format_args!("IN ({})", parameters.join(", ")));
        }
        self
    }

    /// Those alone whose column holds nothing.
    pub(super) fn where_null(mut self, column: &str) -> Self {
        self.and(column, format_args!("IS NULL"));
        self
    }

    /// Those alone whose column compares so with the value.
    pub(super) fn compares(mut self, column: &str, comparison: &str, value: &'v impl ToValue) -> Self {
        let parameter = self.bind(value);
        self.and(column, format_args!("{comparison} {parameter}"));
        self
    }

    /// Those alone that meet a condition, in which `?` stands for the value.
    pub(super) fn meets(mut self, condition: &str, value: &'v impl ToValue) -> Self {
        let parameter = self.bind(value);
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, " AND {}", condition.replace('?', &parameter));
        self
    }

    /// The table.
    pub(super) fn table(&self) -> &'v Table {
        self.table
    }

    /// The project.
    pub(super) fn project(&self) -> &'v ProjectId {
        self.project
    }

    /// What stands after `WHERE`.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The values of the parameters, and some more after them.
    pub(super) fn values_and<'w>(&self, more: &[&'w dyn ToValue]) -> Vec<&'w dyn ToValue>
    where
        'v: 'w,
    {
        self.values.iter().copied().chain(more.iter().copied()).collect()
    }

    /// The parameter that follows the filter's own.
    pub(super) fn next_parameter(&self) -> String {
        let [next, _] = self.next_parameters();
        next
    }

    /// The two parameters that follow the filter's own.
    pub(super) fn next_parameters(&self) -> [String; 2] {
        [1, 2].map(|offset| format!("${}", self.values.len() + offset))
    }

    fn bind(&mut self, value: &'v dyn ToValue) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn and(&mut self, column: &str, comparison: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, " AND {}.{column} {comparison}", self.table.name());
    }
}

#[cfg(test)]
mod tests {
    use perennial_domain::Id;
    use uuid::Uuid;

    use super::*;
    use crate::tables::sims::SIMS;

    #[test]
    fn only_given_filters_become_conditions() {
        let project = ProjectId::from_uuid(Uuid::nil());
        let (provider, states) = ("test".to_owned(), [1, 2]);
        let filter = Filter::of_project(&SIMS, &project)
            .equals("customer_id", None::<&i64>)
            .equals("provider", Some(&provider))
            .one_of("status", &states)
            .one_of("sim_type", &[] as &[i64]);
        assert_eq!(filter.text(), "sims.project_id = $1 AND sims.provider = $2 AND sims.status IN ($3, $4)");
        assert_eq!(filter.next_parameters(), ["$5", "$6"]);
    }
}
