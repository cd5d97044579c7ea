//! How often somebody may try to log in: often enough for those who forget, and too seldom to guess.
//!
//! A try is counted before its password is compared, and a member's one after the other, so that a thousand at once are
//! no more than ten for each of them; a right password takes it back. Those of a network, at many addresses, are counted
//! side by side: with PostgreSQL some that come at the same moment may pass its limit. Refused tries are not counted:
//! whoever keeps trying gets in as soon as the first ones are old.

use std::net::{IpAddr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{LoginTryId, ProjectId};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::secrets::{SecretHash, Vault};

/// Tries that fail stand in the way of others for so long.
const MEMORY: SignedDuration = SignedDuration::from_mins(15);
/// For one address, whether it is a member's or not: the answer is the same, and nothing is learnt from it.
const OF_ACCOUNT: u32 = 10;
/// From one network. Many people may share one, so it takes more.
const OF_NETWORK: u32 = 100;

/// What the tries of one log-in are counted by.
#[derive(Clone, Debug)]
pub(super) struct Subjects(Vec<Subject>);

#[derive(Clone, Debug)]
struct Subject {
    /// Neither addresses nor networks are kept in the clear: they may be of people who are nobody's members.
    hash: SecretHash,
    most: u32,
}

impl Subjects {
    /// Those of a log-in by this [`Email::key`](perennial_domain::Email::key), from there.
    pub(super) fn of(vault: &Vault, email_key: &str, from: Option<IpAddr>) -> Self {
        let account = Subject { hash: vault.keyed_hash(&format!("log-in of {email_key}")), most: OF_ACCOUNT };
        let network = from.map(network).map(|network| Subject {
            hash: vault.keyed_hash(&format!("log-in from {network}")),
            most: OF_NETWORK,
        });
        Self(std::iter::once(account).chain(network).collect())
    }
}

/// Whether a try is let through.
pub(super) enum Counted {
    /// It is, under this id.
    Try(LoginTryId),
    /// Not before then.
    TooMany(Timestamp),
}

/// Counts a try, unless there were too many.
pub(super) fn count(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    Subjects(subjects): &Subjects,
) -> Result<Counted, StoreError> {
    let mut tries = tx.login_tries(project);
    for subject in subjects {
        let latest = tries.latest_of(&subject.hash, cx.now() - MEMORY, subject.most)?;
        let is_full = u32::try_from(latest.len()).is_ok_and(|count| count >= subject.most);
        if let Some(oldest) = latest.last().filter(|_| is_full) {
            return Ok(Counted::TooMany(*oldest + MEMORY));
        }
    }
    let id = cx.id();
    for subject in subjects {
        tries.insert(id, &subject.hash, cx.now())?;
    }
    Ok(Counted::Try(id))
}

/// What one subscriber of an internet provider has at the least: with IPv6 that is 64 bits of addresses (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_one_subscriber_has_are_one_network() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
        assert_ne!(of("203.0.113.9"), of("203.0.113.10"));
    }
}
