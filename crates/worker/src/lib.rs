//! Background work: claims tasks from the queue, runs them, and puts off or gives up what fails.
//!
//! What a task does is a use case of `core`; this crate decides only when, how often, and how many at once.

mod run;
mod runner;
mod sender;
mod slots;
mod sweeps;

pub use run::{TaskError, run};
pub use runner::{Worker, WorkerOptions};
pub use sender::Sender;
