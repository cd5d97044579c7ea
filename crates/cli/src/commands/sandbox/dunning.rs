//! How the sandbox deals with renewals that are not paid: what a merchant sets in Stripe's dashboard.

use clap::{Args, ValueEnum};
use stripe_sandbox::{Dunning, LastResort};

/// The retries, and what follows them.
#[derive(Clone, Debug, Args)]
pub(crate) struct DunningArguments {
    /// Days after the first try on which a renewal is charged again, in any order
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = clap::value_parser!(i64).range(1..=365))]
    #[arg(default_values_t = Dunning::default().retry_days)]
    retry_days: Vec<i64>,
    /// What becomes of a subscription once the last retry has failed
    #[arg(long, value_enum, default_value_t = End::Cancel)]
    last_resort: End,
}

/// [`LastResort`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum End {
    /// It ends
    Cancel,
    /// It goes on as `unpaid`: further invoices stay drafts
    Unpaid,
    /// It stays `past_due`, and further invoices are tried
    PastDue,
}

impl From<DunningArguments> for Dunning {
    fn from(DunningArguments { mut retry_days, last_resort }: DunningArguments) -> Self {
        retry_days.sort_unstable();
        retry_days.dedup();
        let last_resort = match last_resort {
            End::Cancel => LastResort::Cancel,
            End::Unpaid => LastResort::MarkUnpaid,
            End::PastDue => LastResort::LeavePastDue,
        };
        Self { retry_days, last_resort }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        dunning: DunningArguments,
    }

    fn read(arguments: &[&str]) -> Result<Dunning, clap::Error> {
        let words = std::iter::once("sandbox").chain(arguments.iter().copied());
        Line::try_parse_from(words).map(|line| line.dunning.into())
    }

    #[test]
    fn without_a_word_it_is_stripes_usual_schedule() {
        assert_eq!(read(&[]).unwrap(), Dunning::default());
    }

    #[test]
    fn days_and_the_last_resort_can_be_chosen() {
        let chosen = read(&["--retry-days", "9,2", "--last-resort", "past-due"]).unwrap();
        assert_eq!(chosen, Dunning { retry_days: vec![2, 9], last_resort: LastResort::LeavePastDue });
    }

    #[test]
    fn a_day_before_the_first_try_is_refused() {
        assert!(read(&["--retry-days", "0"]).is_err());
        assert!(read(&["--last-resort", "forgive"]).is_err());
    }
}
