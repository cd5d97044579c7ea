//! A closure on its way to a thread that owns a connection, and its answer on the way back.

use std::{
    any::Any,
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use tokio::sync::oneshot;

use crate::{
    StoreError,
    once::run_once,
    tx::{Session, Tx},
};

/// What a closure may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// A read of one statement, which needs no transaction around it.
    ReadOnce,
    Write,
}

/// What the closure wants done with its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Commit,
    RollBack,
}

/// What a connection's thread is asked to do.
pub(crate) enum Message {
    Run(Box<dyn Task>),
    /// Finish: whatever was sent before this has been done when it is read.
    Stop,
}

/// A closure with its types hidden, so that different ones can wait in one queue.
pub(crate) trait Task: Send {
    fn access(&self) -> Access;

    /// Whether nobody waits for the answer any more, so that it need not be begun.
    fn is_abandoned(&self) -> bool;

    /// Runs the closure. A write may be run again when its transaction was lost; a panic in it is kept
    /// for the caller and counts as a wish to roll back.
    fn run(&mut self, session: &mut dyn Session) -> Verdict;

    /// Sends the answer: `Err` says why a closure that was content could not be committed.
    fn finish(self: Box<Self>, end: Result<(), StoreError>);
}

type Answer<T, E> = Result<Result<T, E>, Box<dyn Any + Send>>;

/// The caller's end of a task.
pub(crate) struct Waiting<T, E>(oneshot::Receiver<Answer<T, E>>);

impl<T, E: From<StoreError>> Waiting<T, E> {
    /// Waits for the answer; a panic in the closure goes on here.
    pub(crate) async fn answer(self) -> Result<T, E> {
        match self.0.await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(StoreError::closed().into()),
        }
    }
}

/// A closure that writes. `Fn`, since PostgreSQL may ask to run a transaction again.
pub(crate) fn write<T, E>(
    work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> (Box<dyn Task>, Waiting<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    task(Access::Write, move |tx| Some(work(tx)))
}

/// A closure that reads in one of the two ways, and is run once.
pub(crate) fn read<T, E>(
    access: Access,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> (Box<dyn Task>, Waiting<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let mut work = Some(work);
    task(access, move |tx| work.take().map(|work| work(tx)))
}

fn task<T, E, W>(access: Access, work: W) -> (Box<dyn Task>, Waiting<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    W: FnMut(&mut Tx<'_>) -> Option<Result<T, E>> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    (Box::new(Closure { access, work, answer: None, sender }), Waiting(receiver))
}

struct Closure<T, E, W> {
    access: Access,
    work: W,
    answer: Option<Answer<T, E>>,
    sender: oneshot::Sender<Answer<T, E>>,
}

impl<T, E, W> Task for Closure<T, E, W>
where
    T: Send,
    E: From<StoreError> + Send,
    W: FnMut(&mut Tx<'_>) -> Option<Result<T, E>> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn is_abandoned(&self) -> bool {
        self.sender.is_closed()
    }

    fn run(&mut self, session: &mut dyn Session) -> Verdict {
        let failed = Cell::new(false);
        // A closure that panics leaves nothing behind: its transaction is rolled back.
        let answer = catch_unwind(AssertUnwindSafe(|| match self.access {
            Access::ReadOnce => {
                run_once(session.engine(), &failed, &mut self.work, &mut |sql, params, each| {
                    session.query(sql, params, each)
                })
            }
            Access::Read | Access::Write => (self.work)(&mut Tx::new(session, &failed)),
        }));
        self.answer = match answer.transpose() {
            Some(Ok(Ok(_))) if failed.get() => Some(Ok(Err(StoreError::Aborted.into()))),
            answer => answer,
        };
        if matches!(self.answer, Some(Ok(Ok(_)))) { Verdict::Commit } else { Verdict::RollBack }
    }

    fn finish(self: Box<Self>, end: Result<(), StoreError>) {
        let answer = match (self.answer, end) {
            (None | Some(Ok(Ok(_))), Err(error)) => Ok(Err(error.into())),
            (Some(answer), _) => answer,
            (None, Ok(())) => Ok(Err(StoreError::closed().into())),
        };
        // The caller may have stopped waiting; then the answer is of no use to anybody.
        let _ = self.sender.send(answer);
    }
}
