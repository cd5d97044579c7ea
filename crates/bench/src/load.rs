//! The load generator: a few connections that are kept alive, each asking again as soon as it is answered.
//!
//! It is small on purpose, because it runs beside the server on the same cores: one thread, requests that were
//! written out beforehand, and only as much HTTP as our servers answer with.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::{Failure, failure};

/// How many requests are under way at once: the issue's own number.
pub(crate) const CONNECTIONS: usize = 16;
/// What is asked before this much time has passed fills caches and is not counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// What to ask. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Requests {
    /// Whole requests, head and body.
    pub(crate) texts: Arc<[Vec<u8>]>,
    /// Whether to begin again after the last; if not, the measurement ends there.
    pub(crate) again: bool,
}

/// How a server did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// How many were answered in all, the warm-up included.
    pub(crate) answered: u32,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

struct Job {
    requests: Requests,
    next: AtomicUsize,
    answered: AtomicU32,
    counted_from: Instant,
    until: Instant,
}

impl Job {
    fn take(&self) -> Option<&[u8]> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let texts = &self.requests.texts;
        let index = if self.requests.again { index % texts.len() } else { index };
        texts.get(index).map(Vec::as_slice)
    }
}

/// Asks for `duration` after the warm-up. Anything but a 2xx ends it: a refused request costs nothing and proves nothing.
pub(crate) fn run(address: SocketAddr, requests: Requests, duration: Duration) -> Result<Measured, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let counted_from = Instant::now() + WARM_UP;
        let until = counted_from + duration;
        let job = Arc::new(Job {
            requests,
            next: AtomicUsize::new(0),
            answered: AtomicU32::new(0),
            counted_from,
            until,
        });
        let tasks = (0..CONNECTIONS).map(|_| tokio::spawn(converse(address, Arc::clone(&job))));
        let mut latencies = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            latencies.extend(task.await??);
        }
        measured(latencies, job.counted_from.elapsed(), job.answered.load(Ordering::Relaxed))
    })
}

/// Asks once, and answers the body.
pub(crate) fn ask_once(address: SocketAddr, request: &[u8]) -> Result<Vec<u8>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        let body = connection.exchange(request).await?;
        Ok(connection.buffer[connection.filled - body..connection.filled].to_vec())
    })
}

fn measured(mut latencies: Vec<Duration>, elapsed: Duration, answered: u32) -> Result<Measured, Failure> {
    latencies.sort_unstable();
    let at = |hundredths: usize| latencies.get(latencies.len() * hundredths / 100).copied();
    let (Some(median), Some(p99)) = (at(50), at(99)) else { return Err(failure("nothing was answered")) };
    #[expect(clippy::cast_precision_loss, reason = "a count of requests is far below 2^52")]
    let per_second = latencies.len() as f64 / elapsed.as_secs_f64();
    Ok(Measured { per_second, answered, median, p99 })
}

async fn converse(address: SocketAddr, job: Arc<Job>) -> Result<Vec<Duration>, Failure> {
    let mut connection = Connection::open(address).await?;
    let mut latencies = Vec::new();
    loop {
        let begun = Instant::now();
        if begun >= job.until {
            return Ok(latencies);
        }
        let Some(request) = job.take() else { return Ok(latencies) };
        connection.exchange(request).await?;
        job.answered.fetch_add(1, Ordering::Relaxed);
        if begun >= job.counted_from {
            latencies.push(begun.elapsed());
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024], filled: 0 })
    }

    /// Sends a request and reads its answer, whose body then ends at `filled`; answers the body's length.
    async fn exchange(&mut self, request: &[u8]) -> Result<usize, Failure> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[self.filled..]).await?;
            if read == 0 {
                return Err(failure("the server hung up, or its answer is too long"));
            }
            self.filled += read;
            let text = &self.buffer[..self.filled];
            if let Some(head) = Head::read(text)?
                && self.filled >= head.length + head.body
            {
                return Ok(head.body);
            }
        }
    }
}

/// What has to be known of an answer's head. Lengths are in bytes.
struct Head {
    length: usize,
    body: usize,
}

impl Head {
    /// Nothing, as long as the head is not complete.
    fn read(answer: &[u8]) -> Result<Option<Self>, Failure> {
        let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let head = str::from_utf8(&answer[..end])?;
        if !head.starts_with("HTTP/1.1 2") {
            return Err(failure(format!("refused: {}", String::from_utf8_lossy(answer))));
        }
        // Spelt in small letters by hyper, which is beneath both servers that are measured.
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let body = length.ok_or_else(|| failure("an answer without a length"))?.parse()?;
        Ok(Some(Self { length: end + 4, body }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        assert!(Head::read(&answer[..30]).unwrap().is_none());
        let head = Head::read(answer).unwrap().unwrap();
        assert_eq!((head.length, head.body), (answer.len() - 2, 2));
    }

    #[test]
    fn a_refusal_is_not_counted_as_an_answer() {
        assert!(Head::read(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").is_err());
    }

    #[test]
    fn percentiles_come_from_the_sorted_latencies() {
        let latencies = (1..=100).rev().map(Duration::from_millis).collect();
        let measured = measured(latencies, Duration::from_secs(2), 100).unwrap();
        assert_eq!((measured.median, measured.p99), (Duration::from_millis(51), Duration::from_millis(100)));
        assert!((measured.per_second - 50.0).abs() < 1e-9);
    }
}
