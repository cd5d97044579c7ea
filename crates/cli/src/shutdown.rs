//! When to stop: at a signal, or when another part has stopped.

use std::time::Duration;

use tokio::sync::watch;

use crate::failure::{Explain, Failure};
use crate::output;

/// Terminals and wrappers may both pass on one Ctrl-C: what comes so soon after the first is the same.
const ECHO: Duration = Duration::from_secs(1);
/// What shells answer for a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Tells everyone who waits that it is time to stop. Clones wait for the same moment.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown {
    stopped: watch::Receiver<bool>,
}

/// Brings that moment about; dropping it does so too.
#[derive(Debug)]
pub(crate) struct Stopper {
    stop: watch::Sender<bool>,
}

impl Stopper {
    /// It is time.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl Shutdown {
    /// A moment that the holder of the stopper decides.
    pub(crate) fn manual() -> (Stopper, Self) {
        let (stop, stopped) = watch::channel(false);
        (Stopper { stop }, Self { stopped })
    }

    /// Ctrl-C or SIGTERM. Another one later ends the process at once, for those who cannot wait.
    pub(crate) fn on_signal() -> Result<Self, Failure> {
        let mut signals = Signals::listen().or_fail("signals cannot be heard")?;
        let (stopper, shutdown) = Self::manual();
        tokio::spawn(async move {
            signals.next().await;
            output::say("stopping, once what was begun is finished");
            stopper.stop();
            tokio::time::sleep(ECHO).await;
            if let Ok(mut later) = Signals::listen() {
                later.next().await;
                std::process::exit(INTERRUPTED);
            }
        });
        Ok(shutdown)
    }

    /// Completes when it is time.
    pub(crate) async fn requested(mut self) {
        // An error means that the stopper is gone, which is the same.
        let _ = self.stopped.wait_for(|stopped| *stopped).await;
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
