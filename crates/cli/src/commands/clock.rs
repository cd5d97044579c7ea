//! `perennial clock …`: what time it is in a demo or a sandbox that runs, and moving it forward.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Deserialize;
use url::Url;

use crate::failure::{Explain, Failure};
use crate::output;
use crate::time_machine::control::{ClockBody, JourneyBody, PATH, RefusalBody};

/// Which clock, and what to do with it.
#[derive(Debug, Args)]
pub(crate) struct ClockArguments {
    #[command(subcommand)]
    command: ClockCommand,
    /// The folder of the demo whose clock it is
    #[arg(long, global = true, value_name = "FOLDER", default_value = ".perennial")]
    data_dir: PathBuf,
    /// The sandbox whose clock it is, if it is not the demo's
    #[arg(long, global = true, value_name = "URL")]
    sandbox: Option<Url>,
}

#[derive(Debug, Subcommand)]
enum ClockCommand {
    /// Shows the time
    Now,
    /// Moves the clock forward: 1month, 3 days, 1y 6mo
    Advance {
        /// By how much, calendar-true
        #[arg(required = true, num_args = 1..)]
        span: Vec<String>,
    },
    /// Moves the clock forward to a time: 2031-05-01, 2031-05-01T12:00:00Z
    Set {
        /// A date, or a time as RFC 3339 writes it
        time: String,
    },
}

/// The one fact of `demo.json` that matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DemoFacts {
    sandbox_base: Url,
}

/// Does it, and prints what the clock shows then.
pub(crate) async fn run(arguments: ClockArguments) -> Result<(), Failure> {
    let remote = RemoteClock::of(&arguments)?;
    let now = remote.now().await?;
    let now = match arguments.command {
        ClockCommand::Now => now,
        ClockCommand::Advance { span } => remote.travel_to(later(now, &span.join(" "))?).await?,
        ClockCommand::Set { time } => remote.travel_to(read_time(&time)?).await?,
    };
    output::data(now)
}

/// The time so much later. Months and years are those of the calendar (UTC).
fn later(now: Timestamp, span: &str) -> Result<Timestamp, Failure> {
    let misuse = |error: jiff::Error| {
        Failure::misuse(format!("{span:?}: {error}")).hint("such as 1month, 3 days, or 1y 6mo")
    };
    let parsed = span.parse::<Span>().map_err(misuse)?;
    if parsed.is_negative() {
        return Err(Failure::misuse("the clock only goes forward"));
    }
    now.to_zoned(TimeZone::UTC).checked_add(parsed).map(|later| later.timestamp()).map_err(misuse)
}

fn read_time(text: &str) -> Result<Timestamp, Failure> {
    if let Ok(date) = text.parse::<Date>()
        && let Ok(midnight) = date.to_zoned(TimeZone::UTC)
        && text.len() == "2031-05-01".len()
    {
        return Ok(midnight.timestamp());
    }
    text.parse::<Timestamp>().map_err(|error| {
        Failure::misuse(format!("{text:?}: {error}")).hint("such as 2031-05-01 or 2031-05-01T12:00:00Z")
    })
}

/// The clock of a program that runs.
struct RemoteClock {
    client: reqwest::Client,
    url: Url,
}

impl RemoteClock {
    fn of(arguments: &ClockArguments) -> Result<Self, Failure> {
        let base = match &arguments.sandbox {
            Some(base) => base.clone(),
            None => sandbox_of_demo(&arguments.data_dir)?,
        };
        // Another part of the program may have chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
        Ok(Self { client, url: base.join(PATH)? })
    }

    async fn now(&self) -> Result<Timestamp, Failure> {
        self.read(self.client.get(self.url.clone())).await
    }

    /// Answers when everything on the way has happened: a long journey takes its time.
    async fn travel_to(&self, to: Timestamp) -> Result<Timestamp, Failure> {
        self.read(self.client.post(self.url.clone()).json(&JourneyBody { to })).await
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Result<Timestamp, Failure> {
        let answer = request.send().await.map_err(|error| {
            let unreachable = error.is_connect();
            let failure = Failure::from(error.without_url());
            if unreachable { failure.hint("is the demo, or the sandbox, running") } else { failure }
        })?;
        if answer.status().is_success() {
            return Ok(answer.json::<ClockBody>().await.or_fail("the answer cannot be read")?.now);
        }
        let status = answer.status();
        match answer.json::<RefusalBody>().await {
            Ok(refusal) => Err(Failure::new(refusal.error)),
            Err(_) => Err(Failure::new(format!("there is no clock at {}: it answered {status}", self.url))
                .hint("a sandbox has one when it listens on a loopback address; `serve` has none")),
        }
    }
}

fn sandbox_of_demo(folder: &Path) -> Result<Url, Failure> {
    let path = folder.join("demo.json");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::new(format!("cannot read {}: {error}", path.display()))
            .hint("start the demo, or name its folder with --data-dir, or a sandbox with --sandbox")
    })?;
    let facts = serde_json::from_str::<DemoFacts>(&text).or_fail(&path.display().to_string())?;
    Ok(facts.sandbox_base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_month_of_the_calendar() {
        let january: Timestamp = "2031-01-31T10:00:00Z".parse().unwrap();
        let shown = |span| later(january, span).map(|later| later.to_string()).ok();
        assert_eq!(shown("1month").as_deref(), Some("2031-02-28T10:00:00Z"));
        assert_eq!(shown("3 days").as_deref(), Some("2031-02-03T10:00:00Z"));
        assert_eq!(shown("1y 6mo").as_deref(), Some("2032-07-31T10:00:00Z"));
        for text in ["", "soon", "-3 days", "3 days ago", "100000 years"] {
            assert_eq!(shown(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_is_a_date_or_has_its_zone() {
        let shown = |text| read_time(text).map(|time| time.to_string()).ok();
        assert_eq!(shown("2031-05-01").as_deref(), Some("2031-05-01T00:00:00Z"));
        assert_eq!(shown("2031-05-01T12:00:00+02:00").as_deref(), Some("2031-05-01T10:00:00Z"));
        assert_eq!(shown("2031-05-01T12:00:00"), None);
        assert_eq!(shown("tomorrow"), None);
    }
}
