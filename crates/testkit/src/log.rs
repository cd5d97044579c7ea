//! What is logged, down to the last detail, so that a test can look for what must not be in it.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::filter::LevelFilter;

/// All that this process has logged since the first test asked for it. Other threads' lines are in it as well: a test
/// looks for values that nobody else has.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The log of this process, from now on at the latest.
    pub fn of_this_process() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let lines = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(move || lines.clone())
                .finish();
            tracing::subscriber::set_global_default(subscriber).expect("nobody else listens");
            log
        })
        .clone()
    }

    /// Everything so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panics here")).into_owned()
    }

    /// Makes sure that this was logged, so that what follows is no idle claim, and that none of the secrets was.
    #[track_caller]
    pub fn says_without(&self, said: &str, secrets: &[&str]) {
        let text = self.text();
        assert!(text.contains(said), "{said:?} was not logged:\n{text}");
        for secret in secrets {
            assert!(secret.len() > 3, "{secret:?} is found everywhere");
            assert!(!text.contains(secret), "{secret:?} was logged:\n{text}");
        }
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
