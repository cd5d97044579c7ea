//! Logging in by a code that is sent to an e-mail address.

use jiff::{SignedDuration, Timestamp};

use crate::{ConnectSessionId, Email, LoginCodeId, LoginId, ProjectId};

/// One browser that opened a connect session of nobody in particular, and has to say who it is.
///
/// Any number of browsers may open the same link, be it a scanner that looks into mails; the first that proves an address
/// has the visit.
#[derive(Clone, Debug)]
pub struct Login {
    /// Our id.
    pub id: LoginId,
    /// Whose project.
    pub project_id: ProjectId,
    /// The session that it wants to enter.
    pub connect_session_id: ConnectSessionId,
    /// The address that was given last.
    pub email: Option<Email>,
    /// When the browser came.
    pub created_at: Timestamp,
    /// Until when it may prove an address.
    pub expires_at: Timestamp,
}

/// A code that one browser asked for. Its digits are not kept: they are made when the mail is sent, and only a keyed hash
/// of them stays.
#[derive(Clone, Debug)]
pub struct LoginCode {
    /// Our id.
    pub id: LoginCodeId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Which browser asked.
    pub login_id: LoginId,
    /// Where to send it.
    pub email: Email,
    /// The language of the mail, as a tag.
    pub locale: String,
    /// How often it was entered wrongly.
    pub tries: u32,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When its digits were made; `None` until it is sent.
    pub made_at: Option<Timestamp>,
    /// When it was entered rightly: a code works once.
    pub used_at: Option<Timestamp>,
}

/// How a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStanding {
    /// It can be entered.
    Open,
    /// It is too old, or was used.
    Expired,
    /// It was entered wrongly too often.
    TooManyTries,
}

impl LoginCode {
    /// How long a code works.
    pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
    /// How often it may be entered.
    pub const MAX_TRIES: u32 = 5;

    /// How it stands at this time.
    pub fn standing(&self, now: Timestamp) -> CodeStanding {
        let began_at = self.made_at.unwrap_or(self.requested_at);
        if self.used_at.is_some() || began_at + Self::LIFETIME <= now {
            CodeStanding::Expired
        } else if self.tries >= Self::MAX_TRIES {
            CodeStanding::TooManyTries
        } else {
            CodeStanding::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use uuid::Uuid;

    fn code() -> LoginCode {
        LoginCode {
            id: LoginCodeId::from_uuid(Uuid::from_u128(1)),
            project_id: ProjectId::from_uuid(Uuid::from_u128(2)),
            login_id: LoginId::from_uuid(Uuid::from_u128(3)),
            email: Email::parse("ada@example.com").unwrap(),
            locale: "en-US".to_owned(),
            tries: 0,
            requested_at: Timestamp::UNIX_EPOCH,
            made_at: None,
            used_at: None,
        }
    }

    fn minutes(count: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(count)
    }

    #[test]
    fn a_code_works_for_ten_minutes_from_when_it_was_made() {
        let made = LoginCode { made_at: Some(minutes(3)), ..code() };
        assert_eq!(code().standing(minutes(9)), CodeStanding::Open);
        assert_eq!(code().standing(minutes(10)), CodeStanding::Expired);
        assert_eq!(made.standing(minutes(12)), CodeStanding::Open);
        assert_eq!(made.standing(minutes(13)), CodeStanding::Expired);
    }

    #[test]
    fn a_code_works_once_and_takes_five_tries() {
        let used = LoginCode { used_at: Some(minutes(1)), ..code() };
        assert_eq!(used.standing(minutes(1)), CodeStanding::Expired);
        assert_eq!(LoginCode { tries: 4, ..code() }.standing(minutes(1)), CodeStanding::Open);
        assert_eq!(LoginCode { tries: 5, ..code() }.standing(minutes(1)), CodeStanding::TooManyTries);
    }
}
